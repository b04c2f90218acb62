package lint

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/playbook"
	"pig/internal/value"
)

func nameRules() []Rule {
	return []Rule{
		{ID: "unknown-module", Says: "The module or action does not exist here.", Fails: true, task: unknownModule},
		{ID: "unknown-argument", Says: "The module does not take the argument.", Fails: true, task: unknownArgument},
		{ID: "unknown-keyword", Says: "A play, block or task has no such keyword.", Fails: true, play: unknownPlayKeyword, task: unknownKeyword},
	}
}

func unknownModule(l *Linter, _ *File, t *task, say say) {
	if t.block || t.action == "" || t.action == "include" || l.known(t.action) || jinja.IsTemplate(t.action) {
		return
	}
	names := append([]string(nil), l.Actions...)
	for n := range l.Modules {
		names = append(names, n)
	}
	slices.Sort(names)
	d := say(t.at(), "module or action %q not found", t.action)
	if near := diag.Close(t.action, names); near != "" {
		d.Hint = "did you mean " + near + "?"
	}
}

func unknownArgument(l *Linter, _ *File, t *task, say say) {
	m, ok := l.Modules[t.action]
	if !ok || t.block || slices.Contains(l.Actions, t.action) || m.Spec.Open {
		return
	}
	var names []string
	for _, a := range m.Spec.Args {
		names = append(append(names, a.Name), a.Aliases...)
	}
	for k := range t.args.All() {
		name := value.KeyText(k)
		own := name == "module" && (t.key == "action" || t.key == "local_action")
		if slices.Contains(names, name) || own || m.Spec.Free != "" && slices.Contains([]string{"_raw_params", "free_form", "warn"}, name) {
			continue
		}
		say(t.args.KeyPos(k), "module %s has no argument %q", t.action, name).Hint = diag.DidYouMean(name, names)
	}
}

func unknownPlayKeyword(_ *Linter, _ *File, d *value.Dict, say say) {
	for k := range d.All() {
		name := value.KeyText(k)
		if !playbook.PlayKeyword(name) && !strings.HasSuffix(name, "import_playbook") {
			say(d.KeyPos(k), "a play has no keyword %q", name)
		}
	}
}

func unknownKeyword(_ *Linter, _ *File, t *task, say say) {
	if t.block {
		for k := range t.All() {
			if name := value.KeyText(k); !playbook.BlockKeyword(name) {
				say(t.KeyPos(k), "a block has no keyword %q", name)
			}
		}
		return
	}
	for _, name := range t.keys {
		if name != t.key {
			say(t.KeyPos(name), "a task has no keyword %q", name)
		}
	}
}
