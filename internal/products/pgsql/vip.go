package pgsql

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"pig/internal/diag"
	"pig/internal/product"
	"pig/internal/products/node"
)

// pgVIP is the virtual address that the variables declare, without its mask, "" if there is none.
func pgVIP(vars product.Vars) (address string, mask int) {
	text := vars.Text("pg_vip_address")
	if !vars.Bool("pg_vip_enabled") || strings.HasPrefix(text, "127.0.0.") {
		return "", 0
	}
	address, bits, ok := strings.Cut(text, "/")
	mask, err := strconv.Atoi(bits)
	if !ok || err != nil {
		mask = 24
	}
	return address, mask
}

func (r *resolver) pgVIP(c *Cluster, vars product.Vars) {
	address, mask := pgVIP(vars)
	if address == "" {
		return
	}
	c.VIP = &VIP{Address: address, Mask: mask, Interface: vars.Text("pg_vip_interface")}
	if c.VIP.Interface == "auto" {
		c.VIP.Interface = ""
	}
	c.VIP.Router = r.routerID(c, address)
	r.reachable(c, vars)
}

// reachable warns of an address in whose network no member is: nobody outside would find it.
func (r *resolver) reachable(c *Cluster, vars product.Vars) {
	address, err := netip.ParseAddr(c.VIP.Address)
	if err != nil {
		return
	}
	network, err := address.Prefix(c.VIP.Mask)
	if err != nil || network.IsSingleIP() {
		return
	}
	for _, m := range c.Addresses() {
		if a, err := netip.ParseAddr(m); err != nil || network.Contains(a) {
			return
		}
	}
	r.Errorf(vars.Pos("pg_vip_address"), "virtual address %s of %s: no member is in its network %s", c.VIP.Address, c.Name, network).
		WithHint("write the address and the mask of the members' network, as in 10.10.10.2/24").Severity = diag.Warning
}

// routerID is the last part of the address, moved on past the numbers that the members have for addresses of their nodes: one
// interface cannot have the same number twice.
func (r *resolver) routerID(c *Cluster, address string) int {
	const most = 255
	id := 0
	if a, err := netip.ParseAddr(address); err == nil {
		id = int(a.AsSlice()[a.BitLen()/8-1])
	}
	taken := func(id int) bool {
		return id == 0 || slices.ContainsFunc(c.Members, func(m *Member) bool {
			vip := node.Of(r.Env, m.Name).VIP
			return vip != nil && vip.RouterID == id
		})
	}
	for range most {
		if !taken(id) {
			break
		}
		id = (id + 1) % (most + 1)
	}
	return id
}

func (r *resolver) pgDNS(c *Cluster, vars product.Vars) {
	c.DNS.Name = c.Name + vars.Text("pg_dns_suffix")
	vip, primary := "", ""
	if c.VIP != nil {
		vip = c.VIP.Address
	}
	if p := c.Primary(); p != nil {
		primary = p.Name
	}
	switch target := vars.Text("pg_dns_target"); target {
	case "auto", "":
		c.DNS.Address = vip
		if vip == "" {
			c.DNS.Address = primary
		}
	case "vip":
		c.DNS.Address = vip
	case "primary":
		c.DNS.Address = primary
	case "none":
	default:
		if _, err := netip.ParseAddr(target); err != nil {
			r.Errorf(vars.Pos("pg_dns_target"), "pg_dns_target must be auto, primary, vip, none or an address, not %s", target)
			return
		}
		c.DNS.Address = target
	}
}
