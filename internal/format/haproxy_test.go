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

// On a node that others know by an IPv6 address, all addresses are those of both kinds: * is IPv4 alone.
func TestWhereHAProxyListens(t *testing.T) {
	t.Parallel()
	for in, want := range map[[3]string]string{
		{"*", "5433", "10.0.0.1"}: "*:5433", {"10.0.0.9", "5433", "10.0.0.1"}: "10.0.0.9:5433", {"*", "5433", "lb-1"}: "*:5433",
		{"*", "5433", "2001:db8::10"}: "[::]:5433 v4v6", {"::", "5433", "2001:db8::10"}: "[::]:5433", {"2001:db8::9", "80", "10.0.0.1"}: "[2001:db8::9]:80",
	} {
		if got, err := HAProxyBind(in[0], in[1], in[2]); got != want || err != nil {
			t.Errorf("%v: %q %v, want %q", in, got, err, want)
		}
	}
	for _, in := range [][2]string{{"a b", "80"}, {"*", "80\nbind *:81"}, {"", "80"}} {
		if got, err := HAProxyBind(in[0], in[1], "10.0.0.1"); err == nil {
			t.Errorf("%v is taken: %q", in, got)
		}
	}
}
