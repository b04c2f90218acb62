package builtin

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"pig/internal/value"
)

// ansibleJSON is a mapping or list as Ansible's copy writes it into a file: what both wrote is the same file. Secrets are in the clear.
func ansibleJSON(v value.Value) []byte {
	var b strings.Builder
	inText, escaped := false, false
	for _, r := range string(value.PlainJSON(v)) {
		switch {
		case r > 0x7e:
			for _, half := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, half)
			}
		case !inText && (r == ',' || r == ':'):
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
		inText = inText != (r == '"' && !escaped)
		escaped = inText && r == '\\' && !escaped
	}
	return []byte(b.String())
}
