package inventory

import (
	"maps"
	"slices"

	"pig/internal/diag"
	"pig/internal/value"
)

// Clone makes an inventory of its own for one run, in which add_host and group_by may change what they like. Hosts and
// groups are new objects; variables are shared, being read only.
func (inv *Inventory) Clone() *Inventory {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	c := &Inventory{hosts: map[string]*Host{}, groups: map[string]*Group{}, merged: map[*Host]*value.Dict{}, dirs: inv.dirs, mergeHashes: inv.mergeHashes}
	hosts, groups := map[*Host]*Host{}, map[*Group]*Group{}
	for _, h := range inv.order {
		n := *h
		n.vars = h.vars.Clone()
		hosts[h], c.hosts[n.Name] = &n, &n
		for _, alias := range n.Aliases {
			c.hosts[alias] = &n
		}
		c.order = append(c.order, &n)
	}
	for _, g := range inv.inOrder {
		n := *g
		n.vars = g.vars.Clone()
		groups[g], c.groups[n.Name] = &n, &n
		c.inOrder = append(c.inOrder, &n)
	}
	for _, h := range c.order {
		h.groups = replaced(h.groups, groups)
	}
	for _, g := range c.inOrder {
		g.hosts = replaced(g.hosts, hosts)
		g.children, g.parents = replaced(g.children, groups), replaced(g.parents, groups)
	}
	return c
}

func replaced[T any](old []*T, by map[*T]*T) []*T {
	list := make([]*T, len(old))
	for i, o := range old {
		list[i] = by[o]
	}
	return list
}

// AddHost adds a host, or more variables and groups to one that is there, as the add_host action does. It tells whether
// anything changed.
func (inv *Inventory) AddHost(name string, groups []string, vars *value.Dict) (h *Host, changed bool, err error) {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	before := len(inv.order)
	h = inv.host(name, nil, diag.Pos{})
	changed = len(inv.order) > before
	if len(groups) == 0 && len(h.groups) == 0 {
		groups = []string{ungrouped}
	}
	for _, g := range groups {
		in := len(h.groups)
		group, err := inv.addGroup(g, nil)
		if err != nil {
			return nil, false, err
		}
		inv.host(name, group, diag.Pos{})
		changed = changed || len(h.groups) > in
	}
	if len(h.groups) > 1 && slices.Contains(h.groups, inv.groups[ungrouped]) {
		h.leave(inv.groups[ungrouped])
	}
	if vars != nil {
		for k, v := range vars.All() {
			if old, ok := h.vars.Get(k); ok && value.Equal(old, v) {
				continue
			}
			h.vars.Set(k, v)
			changed = true
		}
	}
	delete(inv.merged, h)
	return h, changed, nil
}

// AddGroup adds a group below the given parents, all if there are none, as the group_by action does.
func (inv *Inventory) AddGroup(name string, parents ...string) (*Group, error) {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	return inv.addGroup(name, parents)
}

func (inv *Inventory) addGroup(name string, parents []string) (*Group, error) {
	g := inv.group(name, diag.Pos{})
	if len(parents) == 0 && len(g.parents) == 0 && name != allGroup {
		parents = []string{allGroup}
	}
	for _, p := range parents {
		parent := inv.group(p, diag.Pos{})
		if p != allGroup && len(parent.parents) == 0 {
			if err := inv.groups[allGroup].adopt(parent); err != nil {
				return nil, err
			}
		}
		if err := parent.adopt(g); err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(inv.merged, func(h *Host, _ *value.Dict) bool { return slices.Contains(h.allGroups(), g) })
	return g, nil
}

// Refresh takes over what a source declares now: hosts, groups and variables. What is no longer declared stays until the run ends, so that
// nobody is lost in the middle of it. tell gets the variables of each host.
func (inv *Inventory) Refresh(fresh *Inventory, tell func(h *Host, vars *value.Dict)) error {
	for _, h := range fresh.Hosts() {
		groups := fresh.GroupNames(h)
		if len(groups) == 1 && groups[0] == ungrouped {
			groups = nil
		}
		if _, _, err := inv.AddHost(h.Name, groups, fresh.HostVars(h)); err != nil {
			return err
		}
	}
	for _, h := range inv.Hosts() {
		if fresh.Host(h.Name) != nil {
			tell(h, fresh.Vars(fresh.Host(h.Name)))
		}
	}
	return nil
}
