package node

import (
	"net/netip"
	"strings"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// trusted are the networks that a node trusts: those of node_firewall_intranet, and nodes of this environment outside of them, as on
// public addresses. Without these, members would not reach each other.
func (r *resolver) trusted(vars product.Vars) []string {
	networks := vars.Texts("node_firewall_intranet")
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
	for _, n := range r.Env.Hosts {
		address := params.AddressOf(n.Name, n.Vars.Get("ansible_host"))
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
func (r *resolver) trustNodes() {
	for _, n := range r.Env.Hosts {
		all := r.trusted(n.Vars)
		Of(r.Env, n.Name).Trusts = all
		if len(all) > len(n.Vars.Texts("node_firewall_intranet")) {
			n.Resolved.Set("node_firewall_intranet", value.Strings(all))
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
