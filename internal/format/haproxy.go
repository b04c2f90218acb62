package format

import (
	"regexp"
	"strings"
)

// plainHAProxy are the words of haproxy.cfg that mean themselves without quotes.
var plainHAProxy = regexp.MustCompile(`^[A-Za-z0-9_.:/,@*=+\[\]-]+$`)

// HAProxyLine checks a line of haproxy.cfg that the user writes as it is to stand there: it may not become two.
func HAProxyLine(s string) (string, error) {
	s = strings.TrimSpace(s)
	return s, line("line of haproxy.cfg", s)
}

// HAProxyWord writes one word of haproxy.cfg: in strong quotes, in which nothing but the quote itself means anything. Outside of
// them a blank ends a word, # begins a comment, and backslashes, double quotes and dollars are replaced (configuration manual,
// section 2.2).
func HAProxyWord(s string) (string, error) {
	if err := line("word of haproxy.cfg", s); err != nil {
		return "", err
	}
	if plainHAProxy.MatchString(s) {
		return s, nil
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'", nil
}
