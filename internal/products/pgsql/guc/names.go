package guc

import (
	"fmt"
	"regexp"
	"strings"
)

// listed is one name of a list: quoted, with its quotes doubled, or anything without commas, quotes and blanks (SplitIdentifierString, PostgreSQL).
var listed = regexp.MustCompile(`^\s*(?:"(?:[^"]|"")+"|[^\s,"]+)\s*$`)

// names tells what is wrong with a list of names.
func names(text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	for _, item := range cutList(text) {
		if !listed.MatchString(item) {
			return fmt.Errorf("must be names separated by commas, in double quotes if they contain spaces or commas")
		}
	}
	return nil
}

// cutList cuts a list at its commas outside of quotes.
func cutList(text string) []string {
	var items []string
	start, quoted := 0, false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ',' && !quoted:
			items = append(items, text[start:i])
			start = i + 1
		}
	}
	return append(items, text[start:])
}

// The grammar of synchronous_standby_names (syncrep_scanner.l, syncrep_gram.y): a list of names, or FIRST 2 (list), ANY 2 (list), 2 (list).
var (
	standbyCount = regexp.MustCompile(`^(?i:(?:first|any)\s*)?\s*[0-9]+\s*\(([^()]*)\)$`)
	standby      = regexp.MustCompile(`^\s*(?:\*|"(?:[^"]|"")+"|[A-Za-z_\x{80}-\x{10ffff}][A-Za-z0-9_$\x{80}-\x{10ffff}]*|[0-9]+)\s*$`)
)

// standbys tells what is wrong with synchronous_standby_names. A name with a dash needs quotes, as pg-test-1 does.
func standbys(text string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	list := text
	if m := standbyCount.FindStringSubmatch(text); m != nil {
		list = m[1]
	}
	for _, item := range cutList(list) {
		if standby.MatchString(item) {
			continue
		}
		if bare := strings.TrimSpace(item); strings.Contains(bare, "-") && !strings.ContainsAny(bare, `"() `) {
			return fmt.Errorf("a name with a dash needs double quotes: %q", bare)
		}
		return fmt.Errorf("must be names separated by commas, or FIRST or ANY, a number and names in parentheses")
	}
	return nil
}
