package engine

import (
	"path/filepath"
	"strings"

	"pig/internal/inventory"
	"pig/internal/jinja"
	"pig/internal/playbook"
	"pig/internal/value"
)

// magic are the variables that Ansible itself sets.
type magic struct {
	pr *playRun
	h  *host
	t  *playbook.Task
}

func magicNames() []string {
	return []string{
		"inventory_hostname", "inventory_hostname_short", "inventory_file", "inventory_dir", "groups", "group_names", "hostvars",
		"ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch", "play_hosts", "ansible_play_name", "ansible_check_mode",
		"ansible_diff_mode", "ansible_forks", "ansible_verbosity", "ansible_run_tags", "ansible_skip_tags", "ansible_limit",
		"ansible_version", "ansible_facts", "playbook_dir", "omit", "ansible_config_file", "ansible_playbook_python",
		"role_name", "role_path", "ansible_role_name", "ansible_search_path", "ansible_collection_name", "ansible_parent_role_names",
		"ansible_parent_role_paths", "role_names", "ansible_play_role_names", "ansible_dependent_role_names", "ansible_role_names",
	}
}

func (m *magic) lookup(name string) (value.Value, bool) {
	e, h := m.pr.e, m.h
	switch name {
	case "hostvars":
		return hostVars{m.pr}, true
	case "ansible_play_hosts":
		return m.alive(m.pr.all), true
	case "ansible_play_hosts_all":
		return value.Strings(m.pr.all), true
	case "ansible_play_batch", "play_hosts":
		names := make([]string, len(m.pr.runs))
		for i, r := range m.pr.runs {
			names[i] = r.Name
		}
		return m.alive(names), true
	case "environment":
		return value.NewList(), true
	case "ansible_facts":
		h.mu.RLock()
		defer h.mu.RUnlock()
		return h.facts.Clone(), true
	case "omit":
		return jinja.Omit, true
	case "vars":
		return m.pr.scope(h, m.t, nil).Vars(), true
	}
	if v, ok := OfInventory(e.Inventory, h.Host, name); ok {
		return v, true
	}
	if v, ok := m.ofRun(name); ok {
		return v, true
	}
	return m.ofRole(name)
}

// OfInventory are the magic variables of a host that follow from the inventory alone.
func OfInventory(inv *inventory.Inventory, h *inventory.Host, name string) (value.Value, bool) {
	switch name {
	case "inventory_hostname":
		return h.Name, true
	case "inventory_hostname_short":
		return shortName(h.Name), true
	case "inventory_file":
		if strings.Contains(h.File, ",") { // a list of hosts
			return h.File, true
		}
		return absolute(h.File), true
	case "inventory_dir":
		if strings.Contains(h.File, ",") {
			return nil, true
		}
		return playbook.Dir(absolute(h.File)), true
	case "groups":
		return groups{inv}, true
	case "group_names":
		return value.Strings(inv.GroupNames(h)), true
	}
	return nil, false
}

func (m *magic) ofRun(name string) (value.Value, bool) {
	o := m.pr.e.opt
	switch name {
	case "ansible_play_name":
		return m.pr.e.playName(m.pr.play), true
	case "ansible_check_mode":
		return o.Plan, true
	case "ansible_diff_mode":
		return o.Diff, true
	case "ansible_forks":
		return int64(o.Forks), true
	case "ansible_verbosity":
		return int64(o.Verbosity), true
	case "ansible_run_tags":
		if len(o.Tags) == 0 {
			return value.NewList("all"), true
		}
		return value.Strings(o.Tags), true
	case "ansible_skip_tags":
		return value.Strings(o.SkipTags), true
	case "ansible_limit":
		return o.Limit, o.Limit != ""
	case "ansible_version":
		return value.DictOf("full", ansibleVersion, "major", int64(2), "minor", int64(19), "revision", int64(11), "string", ansibleVersion), true
	case "playbook_dir":
		return absoluteDir(m.pr.play.Dir), true
	case "ansible_config_file":
		if o.Config == "" {
			return nil, true
		}
		return o.Config, true
	case "ansible_playbook_python":
		return "/usr/bin/python3", true
	}
	return nil, false
}

// alive are those of names that still take part.
func (m *magic) alive(names []string) *value.List {
	l := value.NewList()
	for _, n := range names {
		if !m.pr.e.fates.dead(n) {
			l.Append(n)
		}
	}
	return l
}

func absolute(path string) string {
	if p, err := filepath.Abs(path); err == nil && path != "" {
		return p
	}
	return path
}

func shortName(name string) string {
	for i := range len(name) {
		if name[i] == '.' {
			return name[:i]
		}
	}
	return name
}

// groups is the magic variable groups: the hosts of each group, listed when they are asked for.
type groups struct{ inventory *inventory.Inventory }

// Item implements jinja.Mapping.
func (v groups) Item(key value.Value) (value.Value, bool, error) {
	name, ok := value.Plain(key)
	if !ok {
		return nil, false, nil
	}
	g := v.inventory.Group(name)
	if g == nil {
		return nil, false, nil
	}
	return value.Strings(hostNames(v.inventory.HostsOf(g))), true, nil
}

// Keys implements jinja.Mapping.
func (v groups) Keys() []value.Value {
	all := v.inventory.Groups()
	keys := make([]value.Value, len(all))
	for i, g := range all {
		keys[i] = g.Name
	}
	return keys
}

// hostVars is the magic variable hostvars: every host's variables, rendered when asked for.
type hostVars struct{ pr *playRun }

// Item implements jinja.Mapping.
func (v hostVars) Item(key value.Value) (value.Value, bool, error) {
	name, ok := value.Plain(key)
	if !ok {
		return nil, false, nil
	}
	h := v.pr.e.host(name)
	if h == nil {
		return nil, false, nil
	}
	return v.pr.scope(h, nil, nil).Vars(), true, nil
}

// Keys implements jinja.Mapping.
func (v hostVars) Keys() []value.Value {
	hosts := v.pr.e.Inventory.Hosts()
	keys := make([]value.Value, len(hosts))
	for i, h := range hosts {
		keys[i] = h.Name
	}
	return keys
}

// ansibleVersion is the version of ansible-core whose language this is.
const ansibleVersion = "2.19.11"
