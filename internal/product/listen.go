package product

import (
	"net/netip"
	"slices"
	"strings"

	"pig/internal/value"
)

// Listens sees to it that members with IPv6 addresses listen where others look for them: the defaults are IPv4 only. cluster names the
// parameter of the cluster, param the one with the addresses, all is how the program says all addresses, IPv4 and IPv6.
func (r *Resolver) Listens(cluster, param, all string, emptyIsOwn bool) {
	for _, n := range r.Env.Hosts {
		address, err := netip.ParseAddr(n.Name)
		if err == nil && address.Is6() && n.Vars.Text(cluster) != "" {
			r.listensAt(n, address, param, all, emptyIsOwn)
		}
	}
}

func (r *Resolver) listensAt(n *Host, address netip.Addr, param, all string, emptyIsOwn bool) {
	if n.Vars.Own(param) == nil {
		n.Resolved.Set(param, all)
		return
	}
	text := n.Vars.Text(param)
	if said, ok := n.Resolved.Get(param); ok {
		text = value.Str(said)
	}
	if strings.Contains(text, ":") { // Patroni takes blanks out of lists with IPv6 addresses, and is compared with what is declared
		words := strings.Split(text, ",")
		for i := range words {
			words[i] = strings.TrimSpace(words[i])
		}
		text = strings.Join(words, ",")
		n.Resolved.Set(param, text)
	}
	known := func(a string) bool {
		at, err := netip.ParseAddr(strings.TrimSpace(a))
		return strings.TrimSpace(a) == "*" || err == nil && (at == address || at == netip.IPv6Unspecified())
	}
	if text == "" && emptyIsOwn || slices.ContainsFunc(strings.Split(text, ","), known) {
		return
	}
	r.Errorf(n.Vars.Pos(param), "invalid %s %q: %s would not listen on its own address, at which others look for it", param, text, n.Name).
		WithHint("write %q for all addresses", all)
}
