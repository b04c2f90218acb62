package engine

import (
	"slices"
	"strings"

	"pig/internal/playbook"
	"pig/internal/value"
)

// ofRole are the magic variables about roles and about where files are searched.
func (m *magic) ofRole(name string) (value.Value, bool) {
	switch name {
	case "role_names", "ansible_play_role_names":
		return value.Strings(roleNames(m.pr.play.Listed)), true
	case "ansible_dependent_role_names":
		return value.Strings(roleNames(dependencies(m.pr.play.Listed))), true
	case "ansible_role_names":
		return value.Strings(roleNames(append(slices.Clone(m.pr.play.Listed), dependencies(m.pr.play.Listed)...))), true
	case "ansible_search_path":
		return value.Strings(m.searchPath()), m.t != nil
	}
	if m.t == nil || m.t.Role == nil {
		return nil, false
	}
	switch name {
	case "role_name":
		return m.t.Role.Name[strings.LastIndexByte(m.t.Role.Name, '.')+1:], true
	case "ansible_role_name":
		return m.t.Role.Name, true
	case "role_path":
		return absoluteDir(m.t.Role.Dir), true
	case "ansible_collection_name":
		return collectionOf(m.t.Role.Name), true
	case "ansible_parent_role_names", "ansible_parent_role_paths":
		return m.parents(name == "ansible_parent_role_paths")
	}
	return nil, false
}

// parents are the roles that include the task's role, the nearest first.
func (m *magic) parents(paths bool) (value.Value, bool) {
	var found []string
	last := m.t.Role
	for _, b := range m.t.Chain() {
		if b.Role == nil || b.Role == last {
			continue
		}
		last = b.Role
		if paths {
			found = append(found, absoluteDir(last.Dir))
			continue
		}
		found = append(found, last.Name)
	}
	return value.Strings(found), found != nil
}

// searchPath is where a task finds its files: in its role and those that include it, beside itself, beside the playbook.
func (m *magic) searchPath() []string {
	var dirs []string
	add := func(dir string) {
		if dir = absoluteDir(dir); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	if m.t == nil {
		return nil
	}
	if m.t.Role != nil {
		add(m.t.Role.Dir)
		for _, b := range m.t.Chain() {
			if b.Role != nil {
				add(b.Role.Dir)
			}
		}
	}
	if m.t.File != "" {
		add(playbook.Dir(m.t.File))
	}
	add(m.pr.play.Dir)
	return dirs
}

func roleNames(roles []*playbook.Role) []string {
	names := []string{}
	for _, r := range roles {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

func dependencies(roles []*playbook.Role) (all []*playbook.Role) {
	for _, r := range roles {
		for _, d := range r.Depends {
			all = append(append(all, d), dependencies([]*playbook.Role{d})...)
		}
	}
	return all
}

// collectionOf is the collection in a role's name; a role of none has none.
func collectionOf(role string) value.Value {
	if parts := strings.Split(role, "."); len(parts) > 2 {
		return parts[0] + "." + parts[1]
	}
	return nil
}

// absoluteDir is the absolute path of a directory; what pig carries keeps its name.
func absoluteDir(dir string) string {
	if strings.HasPrefix(dir, playbook.Embedded) {
		return dir
	}
	if dir == "" {
		dir = "."
	}
	return absolute(dir)
}

// reached are variables about the way to a host that a task sees where nobody has set them.
func (pr *playRun) reached(h *host, t *playbook.Task) *value.Dict {
	addr, ok := h.inv.Get("ansible_host")
	if !ok {
		addr = h.Name
	}
	d := value.DictOf("ansible_host", addr, "ansible_ssh_host", addr)
	kind := "ssh"
	if h.Implicit {
		kind = "local"
	}
	if text, ok := value.Plain((&run{playRun: pr}).closest(t, func(k *playbook.Keywords) value.Value { return k.Connection })); ok && !isTemplate(text) {
		kind = text
	}
	d.Set("ansible_connection", kind)
	return d
}

// reachDelegate makes the variables about the way those of the host that a task is delegated to.
func (r *run) reachDelegate(t *playbook.Task, s *scope) {
	if s.vars.reach == nil || r.closest(t, func(k *playbook.Keywords) value.Value { return k.DelegateTo }) == nil {
		return
	}
	name, _, err := (&call{run: r, task: t, scope: s}).target()
	if err != nil || name == r.Name {
		return
	}
	h := r.e.host(name)
	if h == nil {
		h = r.e.stranger(name)
	}
	s.vars.reach.Update(r.playRun.reached(h, &playbook.Task{}))
	s.vars.local.Set("ansible_delegated_vars", value.DictOf(name, value.DictOf("ansible_host", s.vars.reach.At("ansible_host"), "inventory_hostname", name)))
	s.Forget()
}
