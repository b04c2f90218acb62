package resolve

import (
	"net/netip"
	"strings"

	"pig/internal/params"
	"pig/internal/value"
)

// trusted are the networks that a node trusts: those of node_firewall_intranet, and nodes of this environment outside of them, as on
// public addresses. Without these, members would not reach each other.
func (r *nodeResolver) trusted(vars lookup) []string {
	networks := vars.texts("node_firewall_intranet")
	key := strings.Join(networks, " ")
	if all, ok := r.networks[key]; ok { // nearly all nodes say the same
		return all
	}
	var known []netip.Prefix
	for _, n := range networks {
		if p, err := netip.ParsePrefix(n); err == nil {
			known = append(known, p)
		}
	}
	for _, n := range r.env.Nodes {
		address := params.AddressOf(n.Name, n.vars.get("ansible_host"))
		if !address.IsValid() || within(known, address) {
			continue
		}
		p := netip.PrefixFrom(address, address.BitLen())
		known, networks = append(known, p), append(networks, p.String())
	}
	r.networks[key] = networks
	return networks
}

// trustNodes gives each node the networks that it trusts, where those are more than the inventory says.
func (r *nodeResolver) trustNodes() {
	for _, n := range r.env.Nodes {
		all := r.trusted(n.vars)
		NodeOf(r.env, n.Name).Trusts = all
		if len(all) > len(n.vars.texts("node_firewall_intranet")) {
			n.resolved.Set("node_firewall_intranet", value.Strings(all))
		}
	}
}

func within(networks []netip.Prefix, a netip.Addr) bool {
	for _, p := range networks {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
