package engine

import (
	"pig/internal/diag"
	"pig/internal/module"
	"pig/internal/playbook"
	"pig/internal/value"
)

// Unknown tells which tasks have an action that neither pig nor a directory of modules knows.
func Unknown(tasks []*playbook.Task) diag.List {
	var errs diag.List
	for _, t := range tasks {
		if !t.OnDisk {
			errs.Add(t.Missing)
		}
	}
	return errs
}

// Misnamed tells which arguments of tasks nobody obeys and which are missing, as far as the text of the tasks shows it.
func Misnamed(tasks []*playbook.Task, modules map[string]module.Module) diag.List {
	var errs diag.List
	acts := actions()
	for _, t := range tasks {
		if t.Missing != nil {
			continue
		}
		if act := acts[t.Action]; act.args != nil {
			errs.Add(act.accepts(t.Action, literal(t.Args)))
			continue
		}
		if mod, ok := modules[t.Action]; ok {
			found := mod.Spec.Misnamed(t.Action, literal(t.Args), t.Pos, t.ArgsText == nil && t.Args.Len() == literal(t.Args).Len() && !defaulted(t))
			if len(found) > 0 {
				errs.Add(found)
			}
		}
	}
	return errs
}

// literal leaves out arguments whose names are templates.
func literal(args *value.Dict) *value.Dict {
	named := args.Clone()
	for k := range args.All() {
		if isTemplate(k) {
			named.Delete(k)
		}
	}
	return named
}

// defaulted tells whether module_defaults may complete the arguments of a task.
func defaulted(t *playbook.Task) bool {
	for _, b := range t.Chain() {
		if len(b.ModuleDefaults) > 0 {
			return true
		}
	}
	return len(t.ModuleDefaults) > 0
}

// named is the task with the action that a template names.
func (r *run) named(t *playbook.Task, s *scope) (*playbook.Task, error) {
	if !isTemplate(t.Action) {
		return t, nil
	}
	var name string
	var err error
	if s.Heard(func() { name, err = s.text(t.Action, t.Pos) }); err != nil {
		return nil, err
	}
	c := *t
	c.Action = playbook.Bare(name)
	_, local := r.e.actions[c.Action]
	if _, known := r.e.Modules[c.Action]; !known && !local {
		return nil, diag.Errorf(t.Pos, "module or action %q not found", name)
	}
	return &c, nil
}
