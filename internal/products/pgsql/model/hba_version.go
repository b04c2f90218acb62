package model

import (
	"fmt"
	"slices"
	"strings"
)

// newer tells what of a sound record a major version does not know: the server keeps all of its former rules, or takes an expression for a
// name. 0 stands for a version that nobody knows yet.
func newer(line string, major int) error {
	tokens := hbaTokens(line)
	if len(tokens) == 0 || major == 0 {
		return nil
	}
	if slices.Contains(hbaInclude, tokens[0]) {
		if major < 16 {
			return fmt.Errorf("invalid rule %q: %[3]s requires PostgreSQL 16, not %[2]d", line, major, tokens[0])
		}
		return nil
	}
	databases, users := namesOf(line)
	for _, name := range append(databases, users...) {
		if major < 16 && strings.HasPrefix(name, "/") {
			return fmt.Errorf("invalid rule %q: regular expressions require PostgreSQL 16, not %d", line, major)
		}
	}
	if major < 18 && slices.Contains(tokens[3:], "oauth") {
		return fmt.Errorf("invalid rule %q: method oauth requires PostgreSQL 18, not %d", line, major)
	}
	return nil
}
