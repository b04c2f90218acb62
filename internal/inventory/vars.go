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
	d := value.NewDict()
	for _, s := range inv.steps(h) {
		if inv.mergeHashes {
			d = value.Merged(d, s.vars)
			continue
		}
		d.Update(s.vars)
	}
	return d
}

// step is one place that variables of a host come from: what kind of place, and of which group or host.
type step struct {
	kind, name string
	vars       *value.Dict
}

// steps are all places that variables of h come from, the later overriding the earlier.
func (inv *Inventory) steps(h *Host) []step {
	all := inv.groups[allGroup]
	groups := slices.DeleteFunc(h.allGroups(), func(g *Group) bool { return g == all })
	steps := []step{{"group", allGroup, all.vars}} // an implicit localhost has them too, being in no group
	for _, g := range groups {
		steps = append(steps, step{"group", g.Name, g.vars})
	}
	steps = append(steps, inv.dirs.ofGroups([]*Group{all})...)
	steps = append(steps, inv.dirs.ofGroups(groups)...)
	steps = append(steps, step{"host", h.Name, h.vars})
	return append(steps, inv.dirs.ofHost(h)...)
}

// Setting is one place of an inventory that sets a variable of a host.
type Setting struct {
	By    string // group pg-test, group_vars of pg-test, host 10.10.10.11, host_vars of 10.10.10.11
	Pos   diag.Pos
	Value value.Value
}

// Settings are the places that set a variable of h, the later overriding the earlier.
func (inv *Inventory) Settings(h *Host, name string) (all []Setting) {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	for _, s := range inv.steps(h) {
		if v, ok := s.vars.Get(name); ok {
			all = append(all, Setting{s.kind + " " + s.name, s.vars.KeyPos(name), v})
		}
	}
	return all
}

// Where tells what set a variable of h: the place in a source, group_vars or host_vars. It is unknown for what is not set.
func (inv *Inventory) Where(h *Host, name string) diag.Pos { return inv.Vars(h).KeyPos(name) }

// GroupVars are the merged variables of one group with its group_vars, without those of its parents.
func (inv *Inventory) GroupVars(g *Group) *value.Dict {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	d := g.vars.Clone()
	for _, s := range inv.dirs.ofGroups([]*Group{g}) {
		d.Update(s.vars)
	}
	return d
}

// HostVars are the variables of h itself with its host_vars, without those of its groups.
func (inv *Inventory) HostVars(h *Host) *value.Dict {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	d := h.vars.Clone()
	for _, s := range inv.dirs.ofHost(h) {
		d.Update(s.vars)
	}
	return d
}
