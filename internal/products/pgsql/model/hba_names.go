package model

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
)

// namesOf are the names of databases and of users in a record, which has both.
func namesOf(line string) (databases, users []string) {
	const comma = 0 // no name has one
	t := hbaTokensWith(line, comma)
	split := func(list string) []string {
		names := strings.Split(list, ",")
		for i := range names {
			names[i] = strings.ReplaceAll(names[i], string(rune(comma)), ",")
		}
		return names
	}
	return split(t[1]), split(t[2])
}

// checkRecordNames tells names that stand for an expression that PostgreSQL cannot read: one keeps the whole file from loading.
func checkRecordNames(line string) error {
	databases, users := namesOf(line)
	for _, name := range append(databases, users...) {
		if pattern, ok := strings.CutPrefix(name, "/"); ok && brokenPattern(pattern) {
			return fmt.Errorf("invalid regular expression %q", name)
		}
	}
	return nil
}

// brokenPattern tells a regular expression that is none in any dialect. What only PostgreSQL's has is left to PostgreSQL.
func brokenPattern(pattern string) bool {
	if strings.HasPrefix(pattern, "***") || strings.HasPrefix(pattern, "(?") {
		return false // chooses another dialect
	}
	_, err := syntax.Parse(pattern, syntax.Perl)
	var wrong *syntax.Error
	return errors.As(err, &wrong) && slices.Contains([]syntax.ErrorCode{
		syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrUnexpectedParen, syntax.ErrTrailingBackslash, syntax.ErrMissingRepeatArgument,
	}, wrong.Code)
}

// checkPoolNames tells names with which pgbouncer skips a line, or that it takes for the name of one user (parse_names in hba.c): what the
// line should refuse would get in.
func checkPoolNames(line string) error {
	databases, users := namesOf(line)
	for _, name := range append(databases, users...) {
		switch {
		case strings.HasPrefix(name, "+"):
			return fmt.Errorf("pgbouncer ignores the rule: it does not know the members of role %s", name[1:])
		case strings.HasPrefix(name, "/"):
			return fmt.Errorf("pgbouncer does not support regular expressions: %s would match no user", name)
		case name == "samerole" || name == "samegroup":
			return fmt.Errorf("pgbouncer ignores the rule: it does not support %s", name)
		}
	}
	return nil
}
