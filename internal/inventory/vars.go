package inventory

import (
	"slices"

	"pig/internal/diag"
	"pig/internal/value"
)

// Vars are the merged variables of h, with the places that they were read from. Callers must not change them, nor what is
// in them: hosts of one group share their values. In Ansible's order, the later overriding the earlier:
//
//	all.vars, then vars of groups by depth, priority and name (both in the sources themselves)
//	group_vars/all beside the sources, then beside the playbook
//	group_vars of the groups, in the same order, beside the sources, then beside the playbook
//	variables of the host in the sources
//	host_vars beside the sources, then beside the playbook
func (inv *Inventory) Vars(h *Host) *value.Dict {
	inv.mu.RLock()
	d := inv.merged[h]
	inv.mu.RUnlock()
	if d != nil {
		return d
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	if d := inv.merged[h]; d != nil {
		return d
	}
	d = inv.merge(h)
	inv.merged[h] = d
	return d
}

func (inv *Inventory) merge(h *Host) *value.Dict {
	all := inv.groups[allGroup]
	groups := slices.DeleteFunc(h.allGroups(), func(g *Group) bool { return g == all })
	d := all.vars.Clone() // an implicit localhost has them too, being in no group
	for _, g := range groups {
		d.Update(g.vars)
	}
	inv.dirs.mergeGroups(d, []*Group{all})
	inv.dirs.mergeGroups(d, groups)
	d.Update(h.vars)
	inv.dirs.mergeHost(d, h)
	return d
}

// Where tells what set a variable of h: the place in a source, group_vars or host_vars. It is unknown for what is not set.
func (inv *Inventory) Where(h *Host, name string) diag.Pos { return inv.Vars(h).KeyPos(name) }

// GroupVars are the merged variables of one group with its group_vars, without those of its parents.
func (inv *Inventory) GroupVars(g *Group) *value.Dict {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	d := g.vars.Clone()
	inv.dirs.mergeGroups(d, []*Group{g})
	return d
}

// HostVars are the variables of h itself with its host_vars, without those of its groups.
func (inv *Inventory) HostVars(h *Host) *value.Dict {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	d := h.vars.Clone()
	inv.dirs.mergeHost(d, h)
	return d
}
