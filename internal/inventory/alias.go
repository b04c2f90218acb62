package inventory

import (
	"slices"

	"pig/internal/diag"
	"pig/internal/value"
)

// ByAddress gives hosts the names that addressOf tells, "" to leave one as it is: members of Pigsty's clusters are known to each other
// by their addresses. The old name stays an alias, for patterns, host_vars and delegate_to. A host that is declared by its address too
// is the same machine: both become one.
func (inv *Inventory) ByAddress(addressOf func(h *Host) string) error {
	named := map[string][]*Host{} // hosts that want an address
	for _, h := range inv.Hosts() {
		if address := addressOf(h); address != "" && address != h.Name {
			named[address] = append(named[address], h)
		}
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	var errs diag.List
	for _, h := range slices.Clone(inv.order) {
		for address, hosts := range named {
			if !slices.Contains(hosts, h) {
				continue
			}
			if len(hosts) > 1 { // two names for what may be two machines behind one address
				errs.Add(diag.Errorf(h.Pos, "hosts %s and %s have the same ansible_host %s", hosts[0].Name, hosts[1].Name, address).
					WithHint("name each member by the address by which the other members reach the host"))
				delete(named, address)
				continue
			}
			errs.Add(inv.rename(h, address))
		}
	}
	clear(inv.merged)
	return errs.Err()
}

// rename gives a host the name address. The caller holds the lock.
func (inv *Inventory) rename(h *Host, address string) error {
	vars := h.vars.Clone()
	for _, s := range inv.dirs.ofHost(h) { // those of its old name
		vars.Update(s.vars)
	}
	h.vars = vars
	alias := h.Name
	same := inv.hosts[address]
	if same == nil {
		h.Name, h.Aliases = address, append(h.Aliases, alias)
		inv.hosts[address] = h
		return nil
	}
	for k, v := range h.vars.All() {
		if old, ok := same.vars.Get(k); ok && !value.Equal(old, v) {
			return diag.Errorf(h.vars.ValuePos(k), "hosts %s and %s are the same machine, and differ in %s", alias, address, value.KeyText(k)).
				WithHint("write the variable once")
		}
		same.vars.SetAt(k, v, h.vars.KeyPos(k), h.vars.ValuePos(k))
	}
	for _, g := range h.groups {
		at := slices.Index(g.hosts, h)
		if slices.Contains(g.hosts, same) {
			g.hosts = slices.Delete(g.hosts, at, at+1)
			continue
		}
		g.hosts[at] = same
		same.groups = append(same.groups, g)
	}
	same.Aliases = append(same.Aliases, alias)
	inv.hosts[alias] = same
	inv.order = slices.DeleteFunc(inv.order, func(x *Host) bool { return x == h })
	return nil
}
