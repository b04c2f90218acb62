package format

import (
	"strings"
	"testing"
)

// haproxyWord reads one word as HAProxy's parse_line does.
func haproxyWord(s string) string {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == '\'' && c != '\'':
			b.WriteByte(c)
		case c == '\'' && quote != '"', c == '"':
			if quote == 0 {
				quote = c
			} else {
				quote = 0
			}
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case quote == 0 && (c == ' ' || c == '\t' || c == '#'):
			return "ended: " + b.String()
		case c == '$' && quote == '"':
			return "a variable"
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func TestHAProxyWord(t *testing.T) {
	t.Parallel()
	roundTrip(t, HAProxyWord, haproxyWord, isLine)
}
