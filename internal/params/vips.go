package params

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/inventory"
)

// vip is a virtual address and who moves it about.
type vip struct {
	address netip.Addr
	text    string // as written, with a mask
	param   string // that declares it
	owner   string // a cluster: "pg_cluster pg-a", "node_cluster lb"
	host    *inventory.Host
	router  string // vip_vrid, "" where pig chooses
	pos     diag.Pos
	turn    int // of the product that claims it
}

// ClaimVIP takes down the virtual address that hosts share by their parameters: param has it, enabled turns it on. router is the number of
// its VRRP group, "" where pig chooses.
func (v *Validator) ClaimVIP(param, enabled, owner, router string, hosts ...*inventory.Host) {
	a, ok := v.vip(hosts[0], param, enabled)
	if !ok {
		return
	}
	if wrong := a.unfit(); wrong != "" {
		v.Add(diag.Errorf(a.pos, "invalid %s %s: %s", param, a.text, wrong).WithHint("choose a free address of the network of the nodes, such as 10.10.10.2/24"))
		return
	}
	a.owner, a.router, a.turn = owner, router, v.turn
	v.vipClaims = append(v.vipClaims, a)
	v.family(a, hosts...)
}

// vips tells virtual addresses that a node has, that two clusters want, and VRRP groups that would take each other for one. Masks do
// not matter: an address answers once.
func (v *Validator) vips() {
	nodes := map[netip.Addr]string{}
	for _, h := range v.Inv.Hosts() {
		nodes[AddressOf(h.Name, v.Inv.Vars(h).At("ansible_host"))] = h.Name
	}
	var all []vip
	slices.SortStableFunc(v.vipClaims, func(a, b vip) int { return b.turn - a.turn }) // a clash is told where a node's address stands
	for _, a := range v.vipClaims {
		all = v.placed(all, a, nodes)
	}
}

// vip reads the address of a host.
func (v *Validator) vip(h *inventory.Host, param, enabled string) (vip, bool) {
	vars := v.Inv.Vars(h)
	text, ok := vars.At(param).(string)
	if !ok || !ToBool(vars.At(enabled)) || IsTemplate(text) {
		return vip{}, false
	}
	ip, _, _ := strings.Cut(text, "/")
	address, err := netip.ParseAddr(ip)
	if err == nil && address.IsLoopback() && vars.Has(param) { // a loopback address stands for none
		v.Add(diag.Warnf(v.Where(h, param), "%s %s is not a usable virtual address, but %s is true", param, text, enabled).WithHint("choose a free address, or set %s: false", enabled))
	}
	if err != nil || address.IsLoopback() {
		return vip{}, false
	}
	return vip{address: address, text: text, param: param, host: h, pos: v.Where(h, param)}, true
}

// unfit tells why an address cannot be that of a server, "" if it can. Networks of one or two addresses have none of their own.
func (a vip) unfit() string {
	if a.address.IsUnspecified() || a.address.IsMulticast() {
		return "no server has such an address"
	}
	network, err := netip.ParsePrefix(a.text)
	if err != nil || !a.address.Is4() || network.Bits() > 30 {
		return ""
	}
	hosts := uint32(1)<<(32-network.Bits()) - 1
	four := a.address.As4()
	switch binary.BigEndian.Uint32(four[:]) & hosts {
	case 0:
		return "the address of the network " + network.Masked().String() + " itself"
	case hosts:
		return "the broadcast address of the network " + network.Masked().String()
	}
	return ""
}

// family tells virtual addresses that VRRP cannot move: keepalived tells the peers of an address by addresses of the same family, and pig
// writes VRRP for IPv4.
func (v *Validator) family(a vip, nodes ...*inventory.Host) {
	if a.address.Is6() {
		v.Add(diag.Errorf(a.pos, "invalid %s %s: an IPv6 address cannot be a virtual address", a.param, a.address).WithHint("choose an IPv4 address, or list all members in the clients"))
		return
	}
	for _, h := range nodes {
		if AddressOf(h.Name, v.Inv.Vars(h).At("ansible_host")).Is6() {
			v.Add(diag.Errorf(a.pos, "invalid %s %s: node %s has an IPv6 address, and its virtual address would have to be of the same family", a.param, a.address, h.Name).
				WithHint("declare the host by an IPv4 address, or list all members in the clients"))
		}
	}
}

// placed puts one more address among those that are there, and tells what it clashes with; nodes are the hosts by their addresses. Nodes of
// one owner share theirs.
func (v *Validator) placed(all []vip, a vip, nodes map[netip.Addr]string) []vip {
	for _, b := range all {
		if a.owner == b.owner && a.address == b.address {
			return all
		}
	}
	if node, taken := nodes[a.address]; taken {
		v.Add(diag.Errorf(a.pos, "%s %s is the address of node %s", a.param, a.address, node).WithHint("choose a free address"))
	}
	for _, b := range all {
		switch {
		case a.address == b.address:
			v.Add(diag.Errorf(a.pos, "%s %s of %s is also the %s of %s, at %s", a.param, a.address, a.owner, b.param, b.owner, b.pos).
				WithHint("choose a different virtual address for each cluster"))
		case a.router != "" && a.router == b.router && near(a.address, b.address):
			v.Add(diag.Errorf(v.Where(a.host, "vip_vrid"), "vip_vrid %s of %s is also used by %s: in the same network both would form one VRRP group",
				a.router, a.owner, b.owner).WithHint("choose another number from 1 to 254"))
		}
	}
	return append(all, a)
}

// near tells whether two addresses can be taken to be in one network.
func near(a, b netip.Addr) bool {
	bits := 24
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	return err == nil && p.Contains(b)
}
