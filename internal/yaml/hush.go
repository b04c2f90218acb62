package yaml

import (
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"pig/internal/diag"
	"pig/internal/secret"
)

var (
	keyed   = regexp.MustCompile(`([A-Za-z0-9_.-]+)["']?\s*:(?:\s+|$)`)
	keyOnly = regexp.MustCompile(`([A-Za-z0-9_.-]+)["']?\s*:\s*(?:#.*)?$`)
)

// hush takes the value of a secret out of a fault: a password that begins with a character that YAML has a use for (* & ! % @)
// would be quoted as the alias, the tag or the token that it is not.
func hush(d *diag.Diagnostic, text []byte, all bool) {
	if all {
		d.Confidential = true
		if !strings.HasPrefix(d.Summary, duplicatedUnsaid) {
			tellNothing(d)
		}
		return
	}
	if strings.HasPrefix(d.Summary, duplicated) && besideSecret(lineAt(text, d.Pos.Line), d.Pos.Col) {
		return
	}
	rest := secretOn(text, d.Pos)
	if rest == "" || strings.HasPrefix(rest, "!vault") {
		return
	}
	for _, said := range []string{d.Summary, d.Detail, d.Hint} {
		for word := range strings.FieldsFuncSeq(said, notWordy) {
			for part := range strings.FieldsFuncSeq(rest, notWordy) {
				if word == part || len(part) > 3 && strings.Contains(word, part) {
					tellNothing(d)
					return
				}
			}
		}
	}
}

// besideSecret tells whether what stands at a column of a line is a key of the mapping that the line's secrets are in, and so no part of a
// secret: before the first, or after a comma on its level.
func besideSecret(line string, col int) bool {
	at := len(string([]rune(line)[:min(max(col-1, 0), len([]rune(line)))]))
	if m := keyed.FindStringIndex(line[at:]); m == nil || m[0] > 1 {
		return false
	}
	for _, m := range keyed.FindAllStringSubmatchIndex(line, -1) {
		key := line[m[2]:m[3]]
		if !secret.Named(key[strings.LastIndexByte(key, '.')+1:]) {
			continue
		}
		return at <= m[2] || m[1] < at && apart(line[m[1]:at])
	}
	return false
}

// apart tells whether the last thing before the end of a piece of a flow mapping is a comma on the level where it began, outside of quotes.
func apart(piece string) bool {
	depth, quote, comma := 0, rune(0), false
	for _, c := range piece {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			comma = comma || depth == 0
		}
	}
	return comma && depth == 0 && (quote == 0 || strings.HasSuffix(piece, string(quote)))
}

// needsQuotes is for values that must not be told.
const needsQuotes = `one that has ": " or " #" in it, or begins with one of * & ! % @ [ {, cannot stand without`

func tellNothing(d *diag.Diagnostic) {
	d.Summary, d.Detail, d.Cause = "invalid YAML in the value of a secret", "", nil
	d.Hint = "write the value in single quotes, with each ' inside doubled: " + needsQuotes
}

func notWordy(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func blank(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#'
}

// secretOn is what follows the key of a secret on the line of a place, or on the line after such a key: "" if nothing does.
func secretOn(text []byte, at diag.Pos) string {
	named := func(key string) bool {
		return filepath.Base(at.File) == "secrets.yml" || secret.Named(key[strings.LastIndexByte(key, '.')+1:])
	}
	line := lineAt(text, at.Line)
	for _, m := range keyed.FindAllStringSubmatchIndex(line, -1) {
		if named(line[m[2]:m[3]]) {
			return strings.TrimSpace(line[m[1]:])
		}
	}
	above := at.Line - 1
	for above > 1 && blank(lineAt(text, above)) {
		above--
	}
	if m := keyOnly.FindStringSubmatch(lineAt(text, above)); m != nil && named(m[1]) {
		return strings.TrimSpace(line)
	}
	return ""
}
