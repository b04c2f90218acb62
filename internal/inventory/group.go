package inventory

import (
	"fmt"
	"slices"

	"pig/internal/diag"
	"pig/internal/value"
)

// group finds or makes a group.
func (inv *Inventory) group(name string, pos diag.Pos) *Group {
	g := inv.groups[name]
	if g == nil {
		g = &Group{Name: name, Pos: pos, vars: value.NewDict(), priority: 1}
		inv.groups[name] = g
		inv.inOrder = append(inv.inOrder, g)
	}
	return g
}

// host finds or makes a host and puts it into g.
func (inv *Inventory) host(name string, g *Group, pos diag.Pos) *Host {
	h := inv.hosts[name]
	if h == nil {
		h = &Host{Name: name, Pos: pos, vars: value.NewDict()}
		inv.hosts[name] = h
		inv.order = append(inv.order, h)
	}
	if g != nil && !slices.Contains(h.groups, g) {
		h.groups = append(h.groups, g)
		g.hosts = append(g.hosts, h)
	}
	return h
}

// adopt makes child a child of g. A circle is an error.
func (g *Group) adopt(child *Group) error {
	if slices.Contains(g.children, child) {
		return nil
	}
	if g == child || slices.Contains(child.descendants(), g) {
		return fmt.Errorf("adding group %s as child to %s creates a recursive dependency loop", child.Name, g.Name)
	}
	g.children = append(g.children, child)
	child.parents = append(child.parents, g)
	child.sink(g.depth + 1)
	return nil
}

// sink puts g at least that deep, and its children below it.
func (g *Group) sink(depth int) {
	if g.depth >= depth {
		return
	}
	g.depth = depth
	for _, c := range g.children {
		c.sink(depth + 1)
	}
}

// walk goes through g and all that next leads to, level by level, each once.
func (g *Group) walk(next func(*Group) []*Group) []*Group {
	found := []*Group{g}
	seen := map[*Group]bool{g: true}
	for i := 0; i < len(found); i++ {
		for _, n := range next(found[i]) {
			if !seen[n] {
				seen[n] = true
				found = append(found, n)
			}
		}
	}
	return found
}

// descendants are g and all groups below it, level by level.
func (g *Group) descendants() []*Group {
	return g.walk(func(g *Group) []*Group { return g.children })
}

// ancestors are g and all groups above it.
func (g *Group) ancestors() []*Group {
	return g.walk(func(g *Group) []*Group { return g.parents })
}

// allHosts are the hosts of g and its descendants.
func (g *Group) allHosts() []*Host {
	hosts := []*Host{}
	seen := map[*Host]bool{}
	for _, d := range g.descendants() {
		for _, h := range d.hosts {
			if !seen[h] {
				seen[h] = true
				hosts = append(hosts, h)
			}
		}
	}
	return hosts
}

// allGroups are the groups that h is in, directly or not, in the order in which their variables override each other:
// by depth, priority and name.
func (h *Host) allGroups() []*Group {
	found := []*Group{}
	seen := map[*Group]bool{}
	for _, own := range h.groups {
		for _, g := range own.ancestors() {
			if !seen[g] {
				seen[g] = true
				found = append(found, g)
			}
		}
	}
	slices.SortFunc(found, byPrecedence)
	return found
}

func byPrecedence(a, b *Group) int {
	switch {
	case a.depth != b.depth:
		return a.depth - b.depth
	case a.priority != b.priority:
		return a.priority - b.priority
	case a.Name < b.Name:
		return -1
	case a.Name > b.Name:
		return 1
	}
	return 0
}

// setVar sets a variable of g. ansible_group_priority is none: it orders groups of one depth.
func (g *Group) setVar(key, val value.Value, keyPos, valPos diag.Pos) error {
	if key != "ansible_group_priority" {
		g.vars.SetAt(key, val, keyPos, valPos)
		return nil
	}
	switch n := val.(type) {
	case int64:
		g.priority = int(n)
		return nil
	case string:
		if _, err := fmt.Sscanf(n, "%d", &g.priority); err == nil {
			return nil
		}
	}
	return diag.Errorf(valPos, "ansible_group_priority must be a number, not %s", value.Repr(val))
}

// reconcile puts every group below all and every lone host into ungrouped, once all sources are read.
func (inv *Inventory) reconcile(diags *diag.List) {
	all, lone := inv.groups[allGroup], inv.groups[ungrouped]
	for _, g := range inv.inOrder {
		if g != all && len(g.parents) == 0 {
			diags.Add(all.adopt(g))
		}
	}
	for _, h := range inv.order {
		grouped := slices.ContainsFunc(h.groups, func(g *Group) bool { return g != all && g != lone })
		switch in := slices.Contains(h.groups, lone); {
		case in && grouped:
			h.leave(lone)
		case !in && !grouped:
			inv.host(h.Name, lone, h.Pos)
		}
		if g := inv.groups[h.Name]; g != nil {
			*diags = append(*diags, diag.Warnf(h.Pos, "%s is both a host and a group", h.Name).WithHint("rename one of them: a pattern cannot distinguish them"))
		}
	}
}

func (h *Host) leave(g *Group) {
	h.groups = slices.DeleteFunc(h.groups, func(o *Group) bool { return o == g })
	g.hosts = slices.DeleteFunc(g.hosts, func(o *Host) bool { return o == h })
}
