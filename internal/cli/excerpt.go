package cli

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"pig/internal/cmdb"
	"pig/internal/diag"
	"pig/internal/params"
)

// readExcerpt reads the line that is shown below a mistake. The file may be one that cannot be read as YAML, or the key one that is
// misspelt: nobody knows its secrets then. Of a file of passwords only keys are shown.
func readExcerpt(p diag.Pos) (diag.Excerpt, error) {
	text, err := os.ReadFile(p.File)
	if err != nil {
		return diag.Excerpt{}, err
	}
	return excerptOf(p, text)
}

func excerptOf(p diag.Pos, text []byte) (diag.Excerpt, error) {
	lines := strings.Split(string(text), "\n")
	if p.Line < 1 || p.Line > len(lines) {
		return diag.Excerpt{}, errors.New("line not found")
	}
	line := strings.TrimRight(lines[p.Line-1], "\r")
	outer := len(line) - len(strings.TrimLeft(line, " \t"))
	switch {
	case outer == len(line):
		return diag.Excerpt{Line: line, Col: p.Col}, nil
	case filepath.Base(p.File) == "secrets.yml":
		if l := readLine(line); l.key != "" {
			outer = l.value
		}
		return veil(line, p.Col, []span{{outer, len(line)}}), nil
	case isYAML(p.File, string(text)) && !readable(lines, p.Line-1):
		return veil(line, p.Col, []span{{outer, len(line)}}), nil
	}
	return veil(line, p.Col, secretSpans(line)), nil
}

// excerpts reads lines in which also masks what it knows to be secret. Lines of tables are those of the text that they were read as.
func (a *app) excerpts(mask func(string) string) diag.Source {
	return func(p diag.Pos) (diag.Excerpt, error) {
		read := readExcerpt
		if strings.HasPrefix(p.File, cmdb.Place) {
			read = func(p diag.Pos) (diag.Excerpt, error) { return excerptOf(p, []byte(a.tables)) }
		}
		e, err := read(p)
		if err != nil || mask == nil {
			return e, err
		}
		return veiled(e, mask), nil
	}
}

var (
	// begun is how a line of YAML begins: blanks, the dashes of items, brackets, a key.
	begun = regexp.MustCompile(`^(\s*)((?:-\s+)*)[\[{,\s]*(?:["']?([^\s"'{}\[\],#&*!|>%@][^"'{}#]*?)["']?\s*:(?:\s+|$))?`)
	// open is the end of a line whose value is below it.
	open = regexp.MustCompile(`([A-Za-z0-9_.-]+)["']?\s*:\s*(?:[!&]\S+\s*)*([|>][-+0-9]*)?\s*(?:#.*)?$`)
	// sectioned is a line that YAML has and no other format that is read here.
	sectioned = regexp.MustCompile(`(?m)^(?:---|["']?[A-Za-z0-9_.-]+["']?:(?:\s|$))`)
)

// isYAML tells whether a file is read as YAML. Templates are what they make.
func isYAML(file, text string) bool {
	if slices.Contains(strings.Split(filepath.ToSlash(file), "/"), "templates") {
		return false
	}
	return slices.Contains([]string{".yml", ".yaml", ".json"}, filepath.Ext(file)) || sectioned.MatchString(text)
}

// yamlLine is what a line of YAML begins with.
type yamlLine struct {
	depth int    // of its first dash, or of what it begins with
	item  bool   // it begins with a dash
	inner int    // the depth behind the dashes
	key   string // "" if it begins with none
	value int    // where the value begins
}

func readLine(line string) yamlLine {
	m := begun.FindStringSubmatchIndex(line)
	l := yamlLine{depth: m[3], item: m[5] > m[4], inner: m[5], value: m[1]}
	if m[6] >= 0 {
		l.key = line[m[6]:m[7]]
	}
	return l
}

// readable tells whether a line of YAML begins with a key, an item or a comment, or is of a text of several lines, and is in the
// value of no key that sounds like a secret. A bare word may be the value of a key that is at the wrong depth.
func readable(lines []string, i int) bool {
	l, text := readLine(lines[i]), strings.TrimSpace(lines[i])
	bound, item := l.depth, l.item
	first, literal := true, false
	for above := i - 1; above >= 0 && (bound > 0 || item || first); above-- {
		line := strings.TrimRight(lines[above], "\r")
		if t := strings.TrimSpace(line); t == "" || t[0] == '#' {
			continue
		}
		opens := open.FindStringSubmatch(line)
		if first && opens != nil && soundsSecret(opens[1]) && params.Lookup(l.key) == nil {
			return false
		}
		a := readLine(line)
		parent := a.key != "" && (a.inner < bound || item && !a.item && a.inner == bound)
		if parent && soundsSecret(a.key) {
			return false
		}
		if parent && !literal && opens != nil {
			literal = opens[2] != "" && bound == l.depth
		}
		first = false
		switch {
		case parent, a.item && a.depth < bound:
			bound, item = a.depth, a.item
		}
	}
	return l.key != "" || l.item || literal || text[0] == '#' || strings.Trim(text, "[]{},-.") == ""
}
