package playbook

import (
	"errors"
	"fmt"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// RoleUse is one mention of a role: its name, keywords and parameters.
type RoleUse struct {
	Keywords
	Name   string
	Params *value.Dict
	Pos    diag.Pos
	From   map[string]string // tasks_from, vars_from, defaults_from, handlers_from
	// Twice says that the role runs again even if it ran already with the same parameters.
	Twice bool
	// Once says that it does not run if it ran in the play already: allow_duplicates: false.
	Once       bool
	Dependency bool // of another role
	Unchecked  bool // its arguments are not checked: rolespec_validate: false
	Notify     []value.Value
	Beside     string // a directory of roles that is searched too: that of the role which asks
}

func readRoleUse(item value.Value, pos diag.Pos) (RoleUse, error) {
	use := RoleUse{Pos: pos, Params: value.NewDict()}
	d, ok := item.(*value.Dict)
	if !ok {
		name, ok := value.Plain(item)
		if !ok {
			return use, diag.Errorf(pos, "a role is a name or a mapping, and this is %s", describe(item))
		}
		use.Name = name
		return use, nil
	}
	own := map[string]bool{}
	for key, v := range d.All() {
		name := value.KeyText(key)
		switch {
		case name == "role" || name == "name":
			if name == "role" || !d.Has("role") {
				use.Name = value.Str(v)
			}
			own[name] = true
		case !isShared(name):
			use.Params.SetAt(name, v, d.KeyPos(key), d.ValuePos(key))
			own[name] = true
		}
	}
	if use.Name == "" {
		return use, diag.Errorf(pos, "a role needs a name: role: NAME")
	}
	var err error
	use.Keywords, err = readKeywords(d, own)
	return use, err
}

// useRole gives the blocks of a role and of those that it depends on, which come first. seen remembers what ran already.
func (l *Loader) useRole(use RoleUse, parent *Block, play *Play, seen map[string]bool) ([]*Block, error) {
	l.collections(use.Collections, use.Pos, playDir(play))
	role, err := l.role(use, play)
	if err != nil {
		return nil, err
	}
	vars := use.Vars
	if vars == nil {
		vars = value.NewDict()
	}
	meta, err := l.meta(role)
	if err != nil {
		return nil, err
	}
	own := role.Name + "\x00" + string(value.PlainJSON(use.Params)) + string(value.PlainJSON(vars))
	id := own + fmt.Sprint(use.When, use.Tags)
	if seen != nil && !role.Duplicate && !use.Twice {
		if seen[id] {
			return nil, nil
		}
		seen[id] = true
	}
	if (use.Once || use.Dependency && !role.Duplicate && seen == nil) && play.ran(own) { // its variables are the play's all the same
		play.Roles = append(play.Roles, role)
		return []*Block{{Keywords: use.Keywords, Pos: use.Pos, Name: role.Name, Parent: parent, Role: role, Params: use.Params}}, nil
	}
	play.runs(own)
	block := &Block{Keywords: use.Keywords, Notify: use.Notify, Pos: use.Pos, Name: role.Name, Parent: parent, Role: role, Params: use.Params}
	var blocks []*Block
	deps, err := l.dependencies(role, meta, block, play, seen)
	if err != nil {
		return nil, err
	}
	blocks = append(blocks, deps...)
	if err := l.fill(role, meta, block, play, use); err != nil {
		return nil, err
	}
	if play != nil {
		play.Roles = append(play.Roles, role)
	}
	return append(blocks, block), nil
}

// role finds and reads the parts of a role that are not tasks.
func (l *Loader) role(use RoleUse, play *Play) (*Role, error) {
	dir, err := l.findRole(use, play)
	if err != nil {
		var places *notFound
		d := diag.Errorf(use.Pos, "role %q not found", use.Name)
		if errors.As(err, &places) {
			d = d.WithDetail("looked in %s", strings.Join(places.places, ", "))
		}
		return nil, d
	}
	role := &Role{Name: roleName(use.Name), Dir: dir, Params: use.Params, Pos: use.Pos}
	if role.Defaults, err = l.roleVars(dir, "defaults", from(use.From, "defaults_from")); err != nil {
		return nil, err
	}
	role.Vars, err = l.roleVars(dir, "vars", from(use.From, "vars_from"))
	return role, err
}

func from(m map[string]string, key string) string {
	if s := m[key]; s != "" {
		return s
	}
	return "main"
}

type notFound struct{ places []string }

func (n *notFound) Error() string { return "not found" }

func (l *Loader) FindRole(name string, play *Play) (string, error) {
	var dirs []string
	if play != nil {
		dirs = append(dirs, Join(play.Dir, "roles"))
	}
	dirs = append(dirs, l.RolesPath...)
	if play != nil {
		dirs = append(dirs, play.Dir)
	}
	for _, full := range append([]string{name}, amongCollections(name, play)...) {
		if p, ok := l.inCollection(full, "roles", playDir(play)); ok {
			return p, nil
		}
	}
	var places []string
	for _, d := range dirs {
		p := Join(d, name)
		if l.Files.IsDir(p) {
			return p, nil
		}
		places = append(places, p)
	}
	return "", &notFound{places}
}

// part finds roles/x/<kind>/<name>.yml in any of its spellings; "" if there is none.
func (l *Loader) part(dir, kind, name string) string {
	base := Join(dir, kind, name)
	for _, ext := range []string{".yml", ".yaml", ".json", ""} {
		if p := base + ext; l.Files.Exists(p) && !l.Files.IsDir(p) {
			return p
		}
	}
	return ""
}

func (l *Loader) roleVars(dir, kind, name string) (*value.Dict, error) {
	if all := Join(dir, kind, name); name == "main" && l.Files.IsDir(all) {
		return l.varsBelow(all)
	}
	path := l.part(dir, kind, name)
	if path == "" {
		if name != "main" {
			return nil, fmt.Errorf("role %s has no %s/%s", dir, kind, name)
		}
		return value.NewDict(), nil
	}
	return l.LoadVars(path)
}

// varsBelow reads all files of variables below a directory, in order.
func (l *Loader) varsBelow(dir string) (*value.Dict, error) {
	names, err := l.Files.Walk(dir)
	if err != nil {
		return nil, err
	}
	all := value.NewDict()
	for _, n := range names {
		base := n[strings.LastIndexByte(n, '/')+1:]
		if ext := base[max(0, strings.LastIndexByte(base, '.')):]; strings.HasPrefix(base, ".") || ext != ".yml" && ext != ".yaml" && ext != ".json" {
			continue
		}
		d, err := l.LoadVars(Join(dir, n))
		if err != nil {
			return nil, err
		}
		all.Update(d)
	}
	return all, nil
}

// fill reads the role's tasks into block, and its handlers.
func (l *Loader) fill(role *Role, meta *value.Dict, block *Block, play *Play, use RoleUse) error {
	var err error
	if block.Body, err = l.validated(role, meta, block, play, use); err != nil {
		return err
	}
	handlers := "main"
	if s := use.From["handlers_from"]; s != "" {
		handlers = strings.TrimSuffix(s, ".yml")
	}
	if path := l.part(role.Dir, "handlers", handlers); path != "" {
		nodes, err := l.LoadTasks(path, &Block{Keywords: handlerKeywords(block.Keywords), Parent: block.Parent, Role: role, Params: block.Params}, role, play, true)
		if err != nil {
			return err
		}
		role.Handlers = tasksOf(nodes)
	}
	return nil
}

// handlerKeywords are those of a role's use without its condition and tags: whether a handler runs is its notifier's matter.
func handlerKeywords(k Keywords) Keywords {
	k.When, k.Tags = nil, nil
	return k
}

// meta reads meta/main of a role.
func (l *Loader) meta(role *Role) (*value.Dict, error) {
	path := l.part(role.Dir, "meta", "main")
	if path == "" {
		return value.NewDict(), nil
	}
	meta, err := l.LoadVars(path)
	if err != nil {
		return nil, err
	}
	for _, c := range listOf(meta.At("collections")) {
		role.Collections = append(role.Collections, value.Str(c))
	}
	role.Duplicate, err = flagOf(meta.At("allow_duplicates"), meta.ValuePos("allow_duplicates"), "allow_duplicates")
	return meta, err
}

// ran tells whether a role was used in the play before, and runs notes that it is.
func (p *Play) ran(id string) bool { return p != nil && p.used[id] }

func (p *Play) runs(id string) {
	if p == nil {
		return
	}
	if p.used == nil {
		p.used = map[string]bool{}
	}
	p.used[id] = true
}

func (l *Loader) dependencies(role *Role, meta *value.Dict, block *Block, play *Play, seen map[string]bool) ([]*Block, error) {
	list, _ := meta.At("dependencies").(*value.List)
	if list == nil {
		return nil, nil
	}
	var blocks []*Block
	for i, item := range list.Items {
		use, err := readRoleUse(item, list.Pos(i))
		if err != nil {
			return nil, err
		}
		use.Beside, use.Dependency = Dir(role.Dir), true
		if !strings.Contains(use.Name, ".") { // a role of a collection has others of it beside itself
			use.Name = siblingName(role.Name, use.Name, l, use.Beside)
		}
		use.Tags = append(use.Tags, block.Tags...)
		use.When = append(append([]Expr(nil), block.When...), use.When...)
		more, err := l.useRole(use, block.Parent, play, seen)
		if err != nil {
			return nil, err
		}
		if n := len(more); n > 0 {
			role.Depends = append(role.Depends, more[n-1].Role)
		}
		blocks = append(blocks, more...)
	}
	return blocks, nil
}
