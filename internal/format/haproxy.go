package format

import (
	"net/netip"
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

// HAProxyBind writes where a service listens. * is all IPv4 addresses to HAProxy: on a node that others know by an IPv6 address it is :: with
// v4v6, which is both.
func HAProxyBind(ip, port, node string) (string, error) {
	both := ""
	if a, err := netip.ParseAddr(node); err == nil && a.Is6() && ip == "*" {
		ip, both = "::", " v4v6"
	}
	at, err := WithPort(ip, port)
	return at + both, err
}
