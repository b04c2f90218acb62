package lint

import (
	"regexp"
	"strings"

	"pig/internal/diag"
)

// noqaForm is a comment that lets findings of its line pass: all of them, or those of the rules that it names.
var noqaForm = regexp.MustCompile(`#\s*noqa\b(?::?\s*([a-z][a-z0-9, -]*))?`)

// noticed drops the findings that a comment at their line lets pass.
func (f *File) noticed(found diag.List) diag.List {
	var left diag.List
	for _, d := range found {
		if !f.passes(d) {
			left = append(left, d)
		}
	}
	return left
}

func (f *File) passes(d *diag.Diagnostic) bool {
	if d.Pos.Line < 1 || d.Pos.Line > len(f.lines) {
		return false
	}
	m := noqaForm.FindStringSubmatch(f.lines[d.Pos.Line-1])
	if m == nil {
		return false
	}
	if strings.TrimSpace(m[1]) == "" {
		return true
	}
	for id := range strings.FieldsFuncSeq(m[1], func(r rune) bool { return r == ',' || r == ' ' }) {
		if id == d.Rule() {
			return true
		}
	}
	return false
}
