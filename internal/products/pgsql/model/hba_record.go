package model

import (
	"fmt"
	"regexp"
	"strings"
)

// record lays one line out in columns.
func record(kind, db, user, addr, method string) string {
	return strings.TrimRight(fmt.Sprintf("%-8s %-18s %-18s %-18s %s", kind, db, user, addr, method), " ")
}

// plainHBAName is a name that means itself in pg_hba.conf without quotes.
var plainHBAName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_$.-]*$`)

// hbaNames writes a list of names with commas between, each as one token: pg_hba.conf ends a token at blanks and commas, begins a
// comment at #, and takes what is in double quotes for a name, in which two of them stand for one. A + in front, which makes a
// group of a role, stays outside. Words such as all and replication keep their meaning; a quoted one would be a name.
func hbaNames(list string) (string, error) {
	names := strings.Split(list, ",")
	for i, name := range names {
		name = strings.TrimSpace(name)
		if strings.ContainsAny(name, "\n\r\x00") {
			return "", fmt.Errorf("invalid name %q: must be one line", name)
		}
		group := ""
		if rest, ok := strings.CutPrefix(name, "+"); ok {
			group, name = "+", rest
		}
		if name == "" {
			return "", fmt.Errorf("invalid name %q: must not be empty", list)
		}
		if !plainHBAName.MatchString(name) {
			name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
		names[i] = group + name
	}
	return strings.Join(names, ","), nil
}

// hbaTokens reads a record as PostgreSQL does: the tokens of one line, comments left out.
func hbaTokens(line string) []string { return hbaTokensWith(line, ',') }

// hbaTokensWith is hbaTokens with another byte for the commas that are in quotes, and so part no names.
func hbaTokensWith(line string, comma byte) []string {
	var tokens []string
	var b strings.Builder
	inQuote, inToken := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '#' && !inQuote:
			i = len(line)
		case (c == ' ' || c == '\t') && !inQuote:
			if inToken && !strings.HasSuffix(b.String(), ",") { // a list goes on after a comma
				tokens = append(tokens, b.String())
				b.Reset()
				inToken = false
			}
		case c == '"' && inQuote && i+1 < len(line) && line[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			inQuote, inToken = !inQuote, true
		case c == ',' && inQuote:
			b.WriteByte(comma)
		default:
			b.WriteByte(c)
			inToken = true
		}
	}
	if inToken {
		tokens = append(tokens, b.String())
	}
	return tokens
}
