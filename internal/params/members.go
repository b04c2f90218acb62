package params

import (
	"net/netip"

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

// addressed tells members whose names are no addresses that a configuration can hold. Members find each other by the names of their
// hosts: in the settings of Patroni, etcd, HAProxy, MinIO and Redis, in certificates and in rules.
func (v *validator) addressed(h *inventory.Host, what string) {
	address, err := netip.ParseAddr(h.Name)
	switch {
	case err != nil:
		d := diag.Errorf(h.Pos, "invalid host name %q of a member of %s: must be the address by which the other members reach the host", h.Name, what)
		if host := AddressOf(h.Name, v.inv.Vars(h).At("ansible_host")); host.IsValid() {
			d.WithHint("write %s in place of %s, and nodename: %s for the name", host, h.Name, h.Name)
		}
		v.add(d)
	case address.Is6():
		v.add(diag.Errorf(h.Pos, "invalid host name %q of a member of %s: IPv6 addresses cannot be used for members", h.Name, what).
			WithHint("name the host by an IPv4 address of its own; ansible_host may be an IPv6 address"))
	}
}
