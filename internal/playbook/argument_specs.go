package playbook

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// argumentSpecs are the specifications of a role's arguments by the name of the tasks that take them: of meta/argument_specs, or of
// meta, which is that of meta/main, where there is no such file.
func (l *Loader) argumentSpecs(role *Role, meta *value.Dict) (*value.Dict, error) {
	if path := l.part(role.Dir, "meta", "argument_specs"); path != "" {
		var err error
		if meta, err = l.LoadVars(path); err != nil {
			return nil, err
		}
	}
	specs, _ := meta.At("argument_specs").(*value.Dict)
	return specs, nil
}

// validation is the task that checks the arguments of a role before its other tasks, as Ansible puts it there; nil if its role has no
// specification for the tasks of that name.
func (l *Loader) validation(role *Role, meta *value.Dict, name string, block *Block) (*Task, error) {
	specs, err := l.argumentSpecs(role, meta)
	if specs == nil || err != nil {
		return nil, err
	}
	spec, _ := specs.At(name).(*value.Dict)
	if spec == nil {
		return nil, nil
	}
	options, _ := spec.At("options").(*value.Dict)
	if options == nil {
		options = value.NewDict()
	}
	pos := specs.KeyPos(name)
	given := value.NewDict()
	if role.Params != nil {
		given = role.Params
	}
	title := "Validating arguments against arg spec '" + name + "'"
	if short := spec.At("short_description"); short != nil {
		title += " - " + value.Str(short)
	}
	args := value.NewDict()
	args.SetAt("argument_spec", options, spec.KeyPos("options"), spec.ValuePos("options"))
	args.SetAt("provided_arguments", given, role.Pos, role.Pos)
	args.Set("validate_args_context", value.DictOf("type", "role", "name", role.Name, "argument_spec_name", name, "path", "{{ role_path }}"))
	return &Task{
		Keywords: Keywords{Tags: []string{"always"}}, Pos: pos, Name: title, Parent: block, Role: role, Args: args,
		Action: validates, Called: "ansible.builtin." + validates, File: pos.File,
	}, nil
}

// validates is the action that checks the arguments of a role.
const validates = "validate_argument_spec"

// validated reads a role's tasks, with the check of its arguments before them.
func (l *Loader) validated(role *Role, meta *value.Dict, block *Block, play *Play, use RoleUse) ([]Node, error) {
	tasks := from(use.From, "tasks_from")
	var nodes []Node
	if !use.Unchecked {
		t, err := l.validation(role, meta, tasks, block) // of tasks that are named with their suffix there is none
		if err != nil {
			return nil, err
		}
		if t != nil {
			nodes = append(nodes, t)
		}
	}
	name := strings.TrimSuffix(strings.TrimSuffix(tasks, ".yml"), ".yaml")
	path := l.part(role.Dir, "tasks", name)
	if path == "" {
		if name != "main" {
			return nil, diag.Errorf(role.Pos, "role %s has no tasks/%s", role.Name, name)
		}
		return nodes, nil
	}
	own, err := l.LoadTasks(path, block, role, play, false)
	return append(nodes, own...), err
}
