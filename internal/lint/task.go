package lint

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// task is a task or a block as it is written.
type task struct {
	*value.Dict
	handler bool
	block   bool
	keys    []string // that are no keywords: one of them is the action
	key     string   // the action as it is written, "" if none is known
	action  string   // without its collection
	args    *value.Dict
	free    string // arguments as one text
}

func (l *Linter) known(name string) bool {
	bare := playbook.Bare(name)
	_, ok := l.Modules[bare]
	return ok || slices.Contains(l.Actions, bare)
}

func (l *Linter) newTask(d *value.Dict, handler bool) *task {
	t := &task{Dict: d, handler: handler, block: d.Has("block"), args: value.NewDict()}
	if t.block {
		return t
	}
	for k := range d.All() {
		if name := value.KeyText(k); !playbook.TaskKeyword(name) {
			t.keys = append(t.keys, name)
		}
	}
	n := slices.IndexFunc(t.keys, l.known)
	switch {
	case n >= 0:
		t.key = t.keys[n]
	case len(t.keys) > 0:
		t.key = t.keys[0]
	case d.Has("local_action"):
		t.key = "local_action"
	case d.Has("action"):
		t.key = "action"
	}
	t.action = playbook.Bare(t.key)
	l.read(t)
	return t
}

// read takes the arguments, however they are written.
func (l *Linter) read(t *task) {
	switch v := t.At(t.key).(type) {
	case *value.Dict:
		t.args = v
		if name, ok := v.At("module").(string); ok && (t.key == "action" || t.key == "local_action") {
			t.action = playbook.Bare(name)
		}
		t.free, _ = v.At("cmd").(string)
	case string:
		if t.key == "action" || t.key == "local_action" {
			name, rest, _ := strings.Cut(strings.TrimSpace(v), " ")
			t.action, v = playbook.Bare(name), rest
		}
		pairs, rest, err := playbook.ParsePairs(v, l.FreeForm(t.action))
		if err != nil {
			return
		}
		t.args, t.free = value.NewDict(), rest
		for _, p := range pairs {
			t.args.SetAt(p[0], p[1], t.ValuePos(t.key), t.ValuePos(t.key))
		}
	}
	if more, ok := t.At("args").(*value.Dict); ok {
		t.args = t.args.Clone()
		t.args.Update(more)
	}
}

// is tells whether the action is one of some.
func (t *task) is(names ...string) bool { return !t.block && slices.Contains(names, t.action) }

// at is the place of the action.
func (t *task) at() diag.Pos { return t.KeyPos(t.key) }

// text is an argument as it is written.
func (t *task) text(name string) string {
	v := t.args.At(name)
	if v == nil {
		return ""
	}
	return value.Str(v)
}
