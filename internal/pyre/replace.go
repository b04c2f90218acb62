package pyre

import (
	"fmt"
	"strconv"
	"strings"
)

// maxText bounds the length of a text that replacing makes.
const maxText = 1 << 26

// Replace is re.subn: it replaces the first count matches, all of them if it is 0, by a template with \1 and \g<name>.
func (r *Regexp) Replace(text, template string, count int) (result string, n int, err error) {
	limit := -1
	if count > 0 {
		limit = count
	}
	found, err := r.Find(text, limit)
	if err != nil {
		return "", 0, err
	}
	var b strings.Builder
	last := 0
	for _, m := range found {
		b.WriteString(text[last:m.spans[0]])
		if err := m.expand(&b, template); err != nil {
			return "", 0, err
		}
		last = m.spans[1]
		if b.Len() > maxText {
			return "", 0, fmt.Errorf("the text is longer than %d bytes", maxText)
		}
	}
	b.WriteString(text[last:])
	return b.String(), len(found), nil
}

// expand writes a template with the groups of m.
func (m *Match) expand(b *strings.Builder, t string) error {
	for i := 0; i < len(t); i++ {
		if t[i] != '\\' || i+1 == len(t) {
			if t[i] == '\\' {
				return fmt.Errorf("bad escape (end of pattern) at position %d", i)
			}
			b.WriteByte(t[i])
			continue
		}
		i++
		switch c := t[i]; {
		case c == 'g' && i+1 < len(t) && t[i+1] == '<':
			end := strings.IndexByte(t[i:], '>')
			if end < 0 {
				return fmt.Errorf("missing >, unterminated name at position %d", i)
			}
			if err := m.group(b, t[i+2:i+end]); err != nil {
				return err
			}
			i += end
		case c == '0':
			end := i + 1
			for end < len(t) && end < i+3 && t[end] >= '0' && t[end] <= '7' {
				end++
			}
			n, _ := strconv.ParseUint(t[i:end], 8, 16)
			b.WriteRune(rune(n))
			i = end - 1
		case c >= '1' && c <= '9':
			end := i + 1
			if end < len(t) && t[end] >= '0' && t[end] <= '9' {
				end++
			}
			if err := m.group(b, t[i:end]); err != nil {
				return err
			}
			i = end - 1
		case strings.IndexByte("abfnrtv\\", c) >= 0:
			b.WriteByte("\a\b\f\n\r\t\v\\"[strings.IndexByte("abfnrtv\\", c)])
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			return fmt.Errorf(`bad escape \%c at position %d`, c, i-1)
		default:
			b.WriteString(t[i-1 : i+1])
		}
	}
	return nil
}

func (m *Match) group(b *strings.Builder, name string) error {
	n, err := strconv.Atoi(name)
	if err != nil {
		if n = m.Named(name); n < 0 {
			return fmt.Errorf("unknown group name '%s'", name)
		}
	}
	if n < 0 || n > m.Groups() {
		return fmt.Errorf("invalid group reference %d", n)
	}
	text, _ := m.Group(n)
	b.WriteString(text)
	return nil
}

// Escape is re.escape.
func Escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 && strings.ContainsRune("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
