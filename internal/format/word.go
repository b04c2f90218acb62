package format

import (
	"regexp"
	"slices"
	"strings"
)

// These check what has no quotes in any format that it goes into. A parameter may be a template: what it gives is seen only here.

var (
	plainWord    = regexp.MustCompile(`^[A-Za-z0-9_.:/@+*-]+$`)
	plainAccount = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,31}$`)
)

// Word checks a word that means itself everywhere: a port, an address, a label, a path without blanks.
func Word(s string) (string, error) {
	if !plainWord.MatchString(s) {
		return "", invalid("word", "only letters, digits, _, ., :, /, @, +, * and -")
	}
	return s, nil
}

// Account checks the name of an account where nothing can be quoted, as in sudoers, which also takes groups, aliases and ALL there.
func Account(s string) (string, error) {
	if !plainAccount.MatchString(s) || s == "ALL" {
		return "", invalid("name of an account", "only letters, digits, _ and -, at most 32, not ALL")
	}
	return s, nil
}

// Line checks a text that goes up to the end of a line, or is a line of the file's own language.
func Line(s string) (string, error) {
	s = strings.TrimRight(s, "\n")
	return s, line("line", s)
}

// ChronySource checks a line of chrony.conf(5) that names where the time comes from, and is no other directive.
func ChronySource(s string) (string, error) {
	const what = "source of time"
	s = strings.TrimSpace(s)
	if err := line(what, s); err != nil {
		return "", err
	}
	if words := strings.Fields(s); len(words) < 2 || !slices.Contains([]string{"server", "pool", "peer", "refclock"}, words[0]) {
		return "", invalid(what, "must begin with server, pool, peer or refclock")
	}
	return s, nil
}
