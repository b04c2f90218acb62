package format

import (
	"fmt"
	"strings"
)

// SystemdWord writes one argument of ExecStart= and its like (systemd.syntax(7), systemd.service(5)): quoted, with C-style
// escapes, % and $ doubled against specifiers and variables.
func SystemdWord(s string) (string, error) {
	return systemdQuoted("argument of a systemd unit", s, argumentEscapes)
}

// SystemdAssignment writes one word where variables are not replaced: NAME=value of Environment=, an entry of ReadWritePaths=.
func SystemdAssignment(s string) (string, error) {
	return systemdQuoted("value of a systemd unit", s, specifierEscapes)
}

func systemdQuoted(what, s string, double *strings.Replacer) (string, error) {
	if err := text(what, s); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range double.Replace(s) {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f: // a newline would end the line inside of the quotes too
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String(), nil
}

// SystemdText writes a value that systemd takes as it stands but for specifiers: Description=, User=, a single path.
func SystemdText(s string) (string, error) {
	const what = "value of a systemd unit"
	if err := line(what, s); err != nil {
		return "", err
	}
	switch {
	case strings.Trim(s, " \t") != s:
		return "", invalid(what, "must not begin or end with a blank")
	case strings.HasSuffix(s, `\`):
		return "", invalid(what, `must not end with "\"`)
	}
	return strings.ReplaceAll(s, "%", "%%"), nil
}

var argumentEscapes = strings.NewReplacer("%", "%%", "$", "$$")

var specifierEscapes = strings.NewReplacer("%", "%%")
