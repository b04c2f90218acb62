package params

import (
	"net/netip"
	"slices"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/value"
)

// AddressOf is how others reach a host: its name, or ansible_host where the name is no address; invalid if neither is one.
func AddressOf(name string, ansibleHost value.Value) netip.Addr {
	address, err := netip.ParseAddr(name)
	if err != nil {
		text, _ := value.Plain(ansibleHost)
		address, _ = netip.ParseAddr(text)
	}
	return address
}

// Addresses tells by which address the members of clusters are known to each other, where the inventory names a host otherwise and
// ansible_host is its address. A loopback address is a tunnel of the operator's: it is no address for others.
func Addresses(inv *inventory.Inventory) func(h *inventory.Host) string {
	return func(h *inventory.Host) string {
		if _, err := netip.ParseAddr(h.Name); err == nil || !isMember(inv, h) {
			return ""
		}
		address := AddressOf(h.Name, inv.Vars(h).At("ansible_host"))
		if !address.IsValid() || unfit(address) != "" {
			return ""
		}
		return address.String()
	}
}

// isMember tells whether a host is one that others find by its name: a member of any product.
func isMember(inv *inventory.Inventory, h *inventory.Host) bool {
	return slices.ContainsFunc(Load().Memberships, func(m Membership) bool { return m.has(inv, h) })
}

// has tells whether a host is a member by this.
func (m Membership) has(inv *inventory.Inventory, h *inventory.Host) bool {
	return m.Cluster != "" && inv.Vars(h).Has(m.Cluster) || m.Group != "" && slices.Contains(inv.GroupNames(h), m.Group)
}

// IsMember tells whether a host is a member of a module, such as PGSQL; a module without memberships is on every host.
func (v *Validator) IsMember(h *inventory.Host, module string) bool {
	for _, m := range v.catalog.Memberships {
		if m.Module == module {
			return m.has(v.Inv, h)
		}
	}
	return true
}

// addressed tells members whose names are no addresses that a configuration can hold. Members find each other by the names of their
// hosts: in the settings of Patroni, etcd, HAProxy, MinIO and Redis, in certificates and in rules.
func (v *Validator) addressed(h *inventory.Host, what string) {
	address, err := netip.ParseAddr(h.Name)
	switch why := unfit(address); {
	case err != nil:
		d := diag.Errorf(h.Pos, "invalid host name %q of a member of %s: must be the address by which the other members reach the host", h.Name, what)
		if host := AddressOf(h.Name, v.Inv.Vars(h).At("ansible_host")); host.IsValid() {
			d.WithHint("write %s in place of %s, and nodename: %s for the name", host, h.Name, h.Name)
		}
		v.Add(d)
	case address.Is4() && address.IsLoopback() && len(v.Inv.Hosts()) == 1: // it means the one host that there is
	case why != "":
		v.Add(diag.Errorf(h.Pos, "invalid host name %q of a member of %s: %s", h.Name, what, why).
			WithHint("name the host by an address that the other members can reach; ansible_host may differ"))
	case address.Is4():
	case address.String() != h.Name:
		v.Add(diag.Errorf(h.Pos, "invalid host name %q of a member of %s: programs write this address in another form, so pig could not find it in their output", h.Name, what).
			WithHint("write %s", address))
	}
}

// unfit tells why an address is none by which others know a host, "" if it is one.
func unfit(a netip.Addr) string {
	switch {
	case a.IsLoopback():
		return "a loopback address means every host itself"
	case a.IsUnspecified():
		return "an unspecified address means all addresses of a host"
	case a.Zone() != "" || a.Is6() && a.IsLinkLocalUnicast():
		return "a link-local address is valid on one interface only"
	case a.Is4In6():
		return "want the IPv4 address itself, not the form of IPv6"
	case a.IsMulticast():
		return "a multicast address never belongs to one host"
	}
	return ""
}
