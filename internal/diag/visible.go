package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible gives text of somebody else's, such as a node's, with what would steer a terminal made visible: control characters
// other than line feed and tab, those that change the direction of writing or cannot be seen, and what is no UTF-8.
func Visible(text string) string {
	if plain(text) || !strings.ContainsFunc(text, hidden) && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for i, c := range text {
		switch {
		case c == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case !hidden(c):
			b.WriteRune(c)
		case c < 0x100:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			fmt.Fprintf(&b, `\u%04x`, c)
		}
	}
	return b.String()
}

// plain tells at once that a text is of visible ASCII characters, as most are.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < 0x20 && c != '\n' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}

func hidden(c rune) bool {
	switch {
	case c == '\n' || c == '\t':
		return false
	case c < 0x20, c >= 0x7f && c < 0xa0:
		return true
	case c == 0x2028 || c == 0x2029: // line and paragraph separators
		return true
	}
	// Cf: directions of writing, joiners, marks without width, tags.
	return unicode.Is(unicode.Cf, c)
}

// OneLine is Visible for what must not begin a line of its own.
func OneLine(text string) string { return lineBreaks.Replace(Visible(text)) }

var lineBreaks = strings.NewReplacer("\n", `\n`, "\t", `\t`)
