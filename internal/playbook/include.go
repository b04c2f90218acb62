package playbook

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// Include reads what include_tasks or include_role asks for, with arguments that are rendered already. Of the include's own
// keywords what it brings gets only vars, and what apply: says; local are the variables of this turn of its loop, and heard tells
// whether a node had a say in them.
func (l *Loader) Include(t *Task, args, local *value.Dict, heard bool, play *Play) ([]*Block, error) {
	parent := &Block{Pos: t.Pos, Name: t.Name, Parent: t.Parent, Role: t.Role, Params: t.Vars, Given: local, Heard: heard}
	apply, ok := t.Args.At("apply").(*value.Dict) // its templates are rendered where its keywords are used, and only there
	if !ok {
		apply, ok = args.At("apply").(*value.Dict)
	}
	if ok {
		k, err := ReadKeywords(apply)
		if err != nil {
			return nil, err
		}
		parent.Keywords = k
	}
	if t.Action == "include_role" {
		rendered := *t
		rendered.Args, rendered.Keywords = args, Keywords{}
		use, err := RoleOf(&rendered)
		if err != nil {
			return nil, err
		}
		return l.useRole(use, parent, play, nil)
	}
	name := includedFile(args)
	if name == "" {
		return nil, diag.Errorf(t.Pos, "include_tasks needs a file")
	}
	r := &taskReader{l: l, file: t.File, role: t.Role, play: play, handlers: t.Handler}
	path, err := r.findTasks(name, t.Pos)
	if err != nil {
		return nil, err
	}
	parent.Body, err = l.LoadTasks(path, parent, t.Role, play, t.Handler)
	return []*Block{parent}, err
}

func includedFile(args *value.Dict) string {
	for _, k := range []string{"file", "_raw_params"} {
		if v := args.At(k); v != nil {
			if name := strings.TrimSpace(value.Str(v)); name != "" {
				return name
			}
		}
	}
	return ""
}
