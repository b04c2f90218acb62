package format

import (
	"regexp"
	"strings"
)

// plainKeepalived are the words of keepalived.conf that mean themselves without quotes.
var plainKeepalived = regexp.MustCompile(`^[A-Za-z0-9_./:-]+$`)

// KeepalivedWord writes one word of keepalived.conf: in double quotes, in which a blank, "!", "#" and braces mean nothing, and a
// backslash escapes. "$" and "~" begin definitions and sequences, "@" a condition: those are replaced before quotes are looked at.
func KeepalivedWord(s string) (string, error) {
	const what = "word of keepalived.conf"
	if err := line(what, s); err != nil {
		return "", err
	}
	switch {
	case plainKeepalived.MatchString(s):
		return s, nil
	case s == "" || strings.ContainsAny(s, "\t\"\\$~@"):
		return "", invalid(what, "must not be empty or contain a tab, \", \\, $, ~ or @")
	}
	return `"` + s + `"`, nil
}
