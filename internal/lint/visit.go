package lint

import (
	"pig/internal/diag"
	"pig/internal/value"
)

// visit shows a file to all rules. What a rule says is kept by rule, so that findings at one place stand in the order of the rules.
type visit struct {
	l     *Linter
	f     *File
	rules []Rule
	says  []say
	found []diag.List
}

func newVisit(l *Linter, f *File) *visit {
	v := &visit{l: l, f: f, rules: Rules()}
	v.found = make([]diag.List, len(v.rules))
	for i, r := range v.rules {
		v.says = append(v.says, func(pos diag.Pos, format string, args ...any) *diag.Diagnostic {
			d := diag.Warnf(pos, format, args...).WithRule(r.ID)
			if r.Fails {
				d.Severity = diag.Error
			}
			if pos.File == "" {
				d.Pos.File = f.name
			}
			v.found[i] = append(v.found[i], d)
			return d
		})
	}
	return v
}

// items shows the plays and tasks of the file.
func (v *visit) items() {
	top, ok := v.f.top.(*value.List)
	if !ok {
		return
	}
	for _, item := range top.Items {
		d, ok := item.(*value.Dict)
		switch {
		case !ok:
		case isPlay(d):
			v.play(d)
		default:
			v.task(d, false)
		}
	}
}

func isPlay(d *value.Dict) bool {
	return d.Has("hosts") || d.Has("import_playbook") || d.Has("ansible.builtin.import_playbook")
}

func (v *visit) play(d *value.Dict) {
	for i, r := range v.rules {
		if r.play != nil {
			r.play(v.l, v.f, d, v.says[i])
		}
	}
	for _, part := range []string{"pre_tasks", "tasks", "post_tasks", "handlers"} {
		v.tasks(d.At(part), part == "handlers")
	}
}

func (v *visit) tasks(list value.Value, handlers bool) {
	if list, ok := list.(*value.List); ok {
		for _, item := range list.Items {
			if d, ok := item.(*value.Dict); ok {
				v.task(d, handlers)
			}
		}
	}
}

// task shows a task, or a block and what is in it.
func (v *visit) task(d *value.Dict, handler bool) {
	t := v.l.newTask(d, handler)
	for i, r := range v.rules {
		if r.task != nil {
			r.task(v.l, v.f, t, v.says[i])
		}
	}
	for _, part := range []string{"block", "rescue", "always"} {
		v.tasks(d.At(part), handler)
	}
}

// texts shows all texts of a value, with the key that each stands under.
func (v *visit) texts(of value.Value, key string, pos diag.Pos) {
	switch of := of.(type) {
	case string:
		for i, r := range v.rules {
			if r.text != nil {
				r.text(v.l, v.f, key, of, pos, v.says[i])
			}
		}
	case *value.List:
		for i, item := range of.Items {
			v.texts(item, key, of.Pos(i))
		}
	case *value.Dict:
		for k, item := range of.All() {
			v.texts(item, value.KeyText(k), of.ValuePos(k))
		}
	}
}
