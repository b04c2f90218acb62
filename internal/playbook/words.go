package playbook

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// splitArgs splits at blanks and line breaks that are outside of quotes and of templates. A quote may begin within a word, as in -d' '. A word
// keeps the further white space that follows it, so that text can be put together again; a backslash that ends a line is left out with the
// line break.
func splitArgs(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	quote := byte(0)
	var depth braces
	begun, blanks := false, 0
	flush := func() {
		if begun && word.String() != `\` {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	trail := func(c string) {
		if len(words) > 0 {
			words[len(words)-1] += c
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		apart := quote == 0 && depth.none()
		switch {
		case apart && c == ' ':
			flush()
			blanks++
			continue
		case apart && c == '\n':
			goesOn := word.String() == `\`
			flush()
			trail(strings.Repeat(" ", blanks))
			blanks = 0
			if !goesOn {
				trail("\n")
			}
			continue
		}
		if !begun {
			trail(strings.Repeat(" ", max(blanks-1, 0)))
			begun, blanks = true, 0
		}
		switch {
		case (c == '"' || c == '\'') && (i == 0 || s[i-1] != '\\'):
			switch quote {
			case 0:
				quote = c
			case c:
				quote = 0
			}
		case depth.see(s[i:min(i+2, len(s))]):
			word.WriteByte(c)
			i++
			c = s[i]
		}
		word.WriteByte(c)
	}
	if quote != 0 {
		return nil, errors.New("a quote is not closed")
	}
	if !depth.none() {
		return nil, errors.New("a template is not closed")
	}
	flush()
	trail(strings.Repeat(" ", blanks))
	return words, nil
}

// braces counts the templates, statements and comments that are open.
type braces [3]int

// see tells whether two characters are a brace.
func (b *braces) see(two string) bool {
	for i, pair := range [3][2]string{{"{{", "}}"}, {"{%", "%}"}, {"{#", "#}"}} {
		switch two {
		case pair[0]:
			b[i]++
			return true
		case pair[1]:
			b[i] = max(b[i]-1, 0)
			return true
		}
	}
	return false
}

func (b *braces) none() bool { return *b == braces{} }

var escapes = regexp.MustCompile(`\\U[0-9a-fA-F]{8}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[\\'"abfnrtv]`)

// unescape reads the escapes of Python's texts.
func unescape(s string) string {
	return escapes.ReplaceAllStringFunc(s, func(e string) string {
		if len(e) > 2 {
			n, err := strconv.ParseUint(e[2:], 16, 32)
			if err != nil {
				return e
			}
			return string(rune(n))
		}
		if i := strings.IndexByte("abfnrtv", e[1]); i >= 0 {
			return "\a\b\f\n\r\t\v"[i : i+1]
		}
		return e[1:]
	})
}
