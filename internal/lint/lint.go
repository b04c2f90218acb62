// Package lint finds what would fail or surprise in playbooks and roles, before anything runs. It reads files and nothing else.
package lint

import (
	"path"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/module"
	"pig/internal/value"
)

// Rule is one kind of thing that is found.
type Rule struct {
	ID   string
	Says string // what is wrong with it, as a sentence
	// Fails says that it would fail; else it surprises.
	Fails bool
	play  func(l *Linter, f *File, d *value.Dict, say say)
	task  func(l *Linter, f *File, t *task, say say)
	text  func(l *Linter, f *File, key, text string, pos diag.Pos, say say)
}

// say reports a finding of a rule.
type say func(pos diag.Pos, format string, args ...any) *diag.Diagnostic

// Rules are all rules, a group after the other.
func Rules() []Rule {
	return slices.Concat(nameRules(), templateRules(), commandRules(), fileRules(), formRules(), secretRules())
}

// Linter knows what playbooks may use.
type Linter struct {
	Modules   map[string]module.Module
	Actions   []string // what the controller itself does
	FreeForm  func(action string) bool
	Templates *jinja.Engine
	// Made are names that tasks and variables elsewhere make; see gather.
	Made map[string]bool
}

// Check tells what is to be found in a file.
func (l *Linter) Check(f *File) diag.List {
	if f.broken != nil {
		return f.noticed(diag.List{f.broken})
	}
	v := newVisit(l, f)
	v.texts(f.top, "", diag.Pos{File: f.name, Line: 1, Col: 1})
	if !strings.HasPrefix(path.Base(f.name), "requirements.") { // a list of what ansible-galaxy installs
		v.items()
	}
	found := slices.Concat(v.found...)
	found.Sort()
	return f.noticed(found)
}

// Gather notes the names that a file makes, so that they are known in others.
func (l *Linter) Gather(f *File) {
	if l.Made == nil {
		l.Made = map[string]bool{}
	}
	for name, constant := range f.made {
		l.Made[name] = l.Made[name] || constant
	}
}

// makes tells whether some file makes a name, and whether it is no condition by itself.
func (l *Linter) makes(f *File, name string) (made, constant bool) {
	here, in := f.made[name]
	there, out := l.Made[name]
	return in || out, here || there
}
