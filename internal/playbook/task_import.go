package playbook

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// maxImports bounds how deeply files import each other.
const maxImports = 64

func (r *taskReader) importTasks(t *Task) ([]Node, error) {
	if r.depth >= maxImports {
		return nil, diag.Errorf(t.Pos, "imports nest too deeply: does a file import itself?")
	}
	if err := onlyArgs(t, "_raw_params", "file"); err != nil {
		return nil, err
	}
	pos := t.Args.ValuePos("_raw_params")
	file := t.Args.At("_raw_params")
	if file == nil {
		file, pos = t.Args.At("file"), t.Args.ValuePos("file")
	}
	if file == nil {
		return nil, diag.Errorf(t.Pos, "import_tasks needs a file")
	}
	name, err := r.l.static(file, r.known(t), pos)
	if err != nil {
		return nil, err
	}
	path, err := r.findTasks(name, pos)
	if err != nil {
		return nil, err
	}
	b := &Block{Keywords: t.Keywords, Notify: t.Notify, Pos: t.Pos, Name: t.Name, Parent: t.Parent, Role: r.role}
	v, err := r.l.parse(path)
	if err != nil {
		return nil, diag.At(pos, err)
	}
	sub := *r
	sub.file, sub.depth = path, r.depth+1
	b.Body, err = sub.list(v, diag.Pos{File: path, Line: 1}, b)
	return []Node{b}, err
}

// known are the variables of the play, the role, the blocks and the task, which names of imports may use.
func (r *taskReader) known(t *Task) *value.Dict {
	all := value.NewDict()
	add := func(d *value.Dict) {
		if d != nil {
			all.Update(d)
		}
	}
	if r.role != nil {
		add(r.role.Defaults)
	}
	if r.play != nil {
		add(r.play.Vars)
	}
	if r.role != nil {
		add(r.role.Vars)
		add(value.DictOf("role_path", r.role.Dir, "role_name", r.role.Name))
	}
	chain := t.Chain()
	for i := len(chain) - 1; i >= 0; i-- {
		add(chain[i].Vars)
	}
	add(t.Vars)
	if r.role != nil {
		add(r.role.Params)
	}
	if r.play != nil {
		all.Set("playbook_dir", r.play.Dir)
	}
	return all
}

func (r *taskReader) findTasks(name string, pos diag.Pos) (string, error) {
	role, dir := "", ""
	if r.role != nil {
		role = r.role.Dir
	}
	if r.play != nil {
		dir = r.play.Dir
	}
	path, places, err := r.l.Files.Search("tasks", name, role, Dir(r.file), dir)
	if err != nil {
		return "", diag.Errorf(pos, "file %q not found", name).WithDetail("looked for %s", strings.Join(places, ", "))
	}
	return path, nil
}

func (r *taskReader) importRole(t *Task) ([]Node, error) {
	use, err := RoleOf(t)
	if err != nil {
		return nil, err
	}
	if use.Name, err = r.l.static(use.Name, r.known(t), t.Pos); err != nil {
		return nil, err
	}
	blocks, err := r.l.useRole(use, t.Parent, r.play, nil)
	nodes := make([]Node, len(blocks))
	for i, b := range blocks {
		nodes[i] = b
	}
	return nodes, err
}

// RoleOf reads what import_role or include_role says, with the task's keywords. Its arguments must be rendered already
// where they may hold templates.
func RoleOf(t *Task) (RoleUse, error) {
	use := RoleUse{Keywords: t.Keywords, Notify: t.Notify, Pos: t.Pos, Params: value.NewDict(), From: map[string]string{}, Twice: true}
	for k, v := range t.Args.All() {
		switch name := value.KeyText(k); name {
		case "name", "role", "_raw_params":
			use.Name = value.Str(v)
		case "tasks_from", "vars_from", "defaults_from", "handlers_from":
			use.From[name] = value.Str(v)
		case "apply", "public", "allow_duplicates", "rolespec_validate":
			if err := useOption(t, name, v); err != nil {
				return use, err
			}
			use.Once = use.Once || name == "allow_duplicates" && !truthOf(v)
			use.Unchecked = use.Unchecked || name == "rolespec_validate" && !truthOf(v)
		default:
			return use, diag.Errorf(t.Args.KeyPos(k), "%s has no argument %q", t.Action, name)
		}
	}
	if use.Name == "" {
		return use, diag.Errorf(t.Pos, "%s needs name: ROLE", t.Action)
	}
	return use, nil
}
