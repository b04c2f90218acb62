// Package lint finds what would fail or surprise in playbooks and roles, before anything runs. It reads files and nothing else.
package lint

import (
	"errors"
	"path"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/module"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Rule is one kind of thing that is found.
type Rule struct {
	ID   string
	Says string // what is wrong with it, as a sentence
	// Fails says that it would fail; else it surprises.
	Fails bool
	play  func(l *Linter, f *file, d *value.Dict, say say)
	task  func(l *Linter, f *file, t *task, say say)
	text  func(l *Linter, f *file, key, text string, pos diag.Pos, say say)
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

// file is one file that is looked at.
type file struct {
	lines []string
	made  map[string]bool
}

// Check tells what is to be found in a text.
func (l *Linter) Check(name string, text []byte) diag.List {
	f := &file{lines: strings.Split(string(text), "\n"), made: map[string]bool{}}
	v, _, err := yaml.Parse(text, name, yaml.Options{Closed: true})
	if err != nil {
		var d *diag.Diagnostic
		if !errors.As(err, &d) {
			d = diag.Errorf(diag.Pos{File: name, Line: 1}, "%s", err.Error())
		}
		return f.noticed(diag.List{d.WithRule("yaml-syntax")})
	}
	gather(v, f.made)
	var found diag.List
	for _, r := range Rules() {
		say := func(pos diag.Pos, format string, args ...any) *diag.Diagnostic {
			d := diag.Warnf(pos, format, args...).WithRule(r.ID)
			if r.Fails {
				d.Severity = diag.Error
			}
			if pos.File == "" {
				d.Pos.File = name
			}
			found = append(found, d)
			return d
		}
		if r.text != nil {
			texts(v, "", diag.Pos{File: name, Line: 1, Col: 1}, func(key, text string, pos diag.Pos) { r.text(l, f, key, text, pos, say) })
		}
		if !strings.HasPrefix(path.Base(name), "requirements.") { // a list of what ansible-galaxy installs
			l.visit(f, v, r, say)
		}
	}
	found.Sort()
	return f.noticed(found)
}

// visit shows a rule the plays and tasks of a file.
func (l *Linter) visit(f *file, v value.Value, r Rule, say say) {
	top, ok := v.(*value.List)
	if !ok {
		return
	}
	for _, item := range top.Items {
		d, ok := item.(*value.Dict)
		if !ok {
			continue
		}
		if !isPlay(d) {
			l.node(f, d, false, r, say)
			continue
		}
		if r.play != nil {
			r.play(l, f, d, say)
		}
		for _, part := range []string{"pre_tasks", "tasks", "post_tasks", "handlers"} {
			l.nodes(f, d.At(part), part == "handlers", r, say)
		}
	}
}

func isPlay(d *value.Dict) bool {
	return d.Has("hosts") || d.Has("import_playbook") || d.Has("ansible.builtin.import_playbook")
}

func (l *Linter) nodes(f *file, v value.Value, handlers bool, r Rule, say say) {
	if list, ok := v.(*value.List); ok {
		for _, item := range list.Items {
			if d, ok := item.(*value.Dict); ok {
				l.node(f, d, handlers, r, say)
			}
		}
	}
}

func (l *Linter) node(f *file, d *value.Dict, handlers bool, r Rule, say say) {
	if r.task != nil {
		r.task(l, f, l.newTask(d, handlers), say)
	}
	for _, part := range []string{"block", "rescue", "always"} {
		l.nodes(f, d.At(part), handlers, r, say)
	}
}

// texts shows all texts of a file with the key that each stands under.
func texts(v value.Value, key string, pos diag.Pos, show func(key, text string, pos diag.Pos)) {
	switch v := v.(type) {
	case string:
		show(key, v, pos)
	case *value.List:
		for i, item := range v.Items {
			texts(item, key, v.Pos(i), show)
		}
	case *value.Dict:
		for k, item := range v.All() {
			texts(item, value.KeyText(k), v.ValuePos(k), show)
		}
	}
}

// gather notes the names that a file makes: what tasks register and set, variables, loop variables. True is one that is some constant other
// than true and false, or the result of a task: it is no condition by itself.
func gather(v value.Value, made map[string]bool) {
	note := func(name string, constant bool) { made[name] = made[name] || constant }
	switch v := v.(type) {
	case *value.List:
		for _, item := range v.Items {
			gather(item, made)
		}
	case *value.Dict:
		for k, item := range v.All() {
			key := value.KeyText(k)
			text, plain := item.(string)
			_, boolean := item.(bool)
			note(key, item != nil && !boolean && !(plain && jinja.IsTemplate(text)))
			switch {
			case plain && key == "register":
				note(text, true)
			case plain && (key == "loop_var" || key == "index_var" || key == "name"):
				note(text, false)
			}
			gather(item, made)
		}
	}
}

// Gather notes the names that a file makes, so that they are known in others.
func (l *Linter) Gather(name string, text []byte) {
	if l.Made == nil {
		l.Made = map[string]bool{}
	}
	if v, _, err := yaml.Parse(text, name, yaml.Options{Closed: true}); err == nil {
		gather(v, l.Made)
	}
}

// makes tells whether some file makes a name, and whether it is no condition by itself.
func (l *Linter) makes(f *file, name string) (made, constant bool) {
	here, in := f.made[name]
	there, out := l.Made[name]
	return in || out, here || there
}
