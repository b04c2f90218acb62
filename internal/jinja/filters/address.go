package filters

import (
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func addressFilters() plugin.Table {
	t := plugin.Table{}
	for name, version := range map[string]int{"ipaddr": 0, "ipv4": 4, "ipv6": 6} {
		t.Add(name, "query version", 0, func(c *plugin.Call) (value.Value, error) {
			if v, err := c.Int(1, int64(version)); err == nil && v != 0 {
				return overAddresses(c.In, c.Val(0, ""), int(v))
			}
			return overAddresses(c.In, c.Val(0, ""), version)
		})
	}
	t.Add("ipwrap", "query", 0, func(c *plugin.Call) (value.Value, error) { return wrapAddresses(c.In), nil })
	textFilter(t, "ipsubnet", "query index", subnetFilter)
	textFilter(t, "ipmath", "amount", func(s string, c *plugin.Call) (value.Value, error) {
		n, err := c.Int(0, 0)
		if err != nil {
			return nil, err
		}
		a, ok := parseAddress(s)
		if !ok {
			return nil, fmt.Errorf("you must pass a valid IP address")
		}
		moved, ok := a.offset(a.ip, n)
		if !ok {
			return nil, fmt.Errorf("the address is outside of what there is")
		}
		return moved.String(), nil
	})
	return t
}

// address is an IP address with the network that it was written with, if any.
type address struct {
	ip   netip.Addr
	bits int  // of the prefix; the full length for a plain address
	net  bool // it was written with a prefix
}

func parseAddress(s string) (address, bool) {
	s = strings.TrimSpace(s)
	if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" {
		return address{ip: ip, bits: ip.BitLen()}, true
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return address{ip: p.Addr(), bits: p.Bits(), net: true}, true
	}
	host, mask, ok := strings.Cut(s, "/")
	if !ok {
		return address{}, false
	}
	ip, err1 := netip.ParseAddr(host)
	m, err2 := netip.ParseAddr(mask)
	if err1 != nil || err2 != nil || ip.BitLen() != m.BitLen() {
		return address{}, false
	}
	for bits := range ip.BitLen() + 1 {
		if (address{ip: ip, bits: bits}).mask() == m {
			return address{ip: ip, bits: bits, net: true}, true
		}
	}
	return address{}, false
}

func (a address) prefix() netip.Prefix      { return netip.PrefixFrom(a.ip, a.bits) }
func (a address) network() netip.Addr       { return a.prefix().Masked().Addr() }
func (a address) with(ip netip.Addr) string { return ip.String() + "/" + strconv.Itoa(a.bits) }

func (a address) mask() netip.Addr {
	ones := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(a.bits)), big.NewInt(1))
	return a.fromInt(ones.Lsh(ones, uint(a.ip.BitLen()-a.bits)))
}

func (a address) fromInt(i *big.Int) netip.Addr {
	b := make([]byte, a.ip.BitLen()/8)
	ip, _ := netip.AddrFromSlice(i.FillBytes(b))
	return ip
}

func toInt(ip netip.Addr) *big.Int { return new(big.Int).SetBytes(ip.AsSlice()) }

func (a address) size() *big.Int { return new(big.Int).Lsh(big.NewInt(1), uint(a.ip.BitLen()-a.bits)) }

func (a address) broadcast() netip.Addr {
	i := new(big.Int).Add(toInt(a.network()), a.size())
	return a.fromInt(i.Sub(i, big.NewInt(1)))
}

// offset is the address n after base; ok is false if there is none.
func (a address) offset(base netip.Addr, n int64) (netip.Addr, bool) {
	i := new(big.Int).Add(toInt(base), big.NewInt(n))
	if i.Sign() < 0 || i.BitLen() > a.ip.BitLen() {
		return netip.Addr{}, false
	}
	return a.fromInt(i), true
}

// nth is address n of the network, counted from its end if negative.
func (a address) nth(n int64) (netip.Addr, bool) {
	base := a.network()
	if n < 0 {
		base, n = a.broadcast(), n+1
	}
	ip, ok := a.offset(base, n)
	return ip, ok && a.prefix().Contains(ip)
}

// overAddresses applies a query to an address, or to each of a list, where what does not match is left out.
func overAddresses(v, query value.Value, version int) (value.Value, error) {
	if l, ok := v.(*value.List); ok {
		out := value.NewList()
		for _, item := range l.Items {
			r, err := overAddresses(item, query, version)
			if err != nil {
				return nil, err
			}
			if r != false && r != nil {
				out.Append(r)
			}
		}
		return out, nil
	}
	switch x := v.(type) {
	case nil, bool:
		return false, nil
	case int64:
		if x < 0 || x > 1<<32-1 || version == 6 {
			return false, nil
		}
		v = address{ip: netip.AddrFrom4([4]byte{})}.fromInt(big.NewInt(x)).String()
	}
	a, ok := parseAddress(python.Str(v))
	if !ok || version == 4 && !a.ip.Is4() || version == 6 && !a.ip.Is6() {
		return false, nil
	}
	if n, ok := query.(int64); ok {
		return a.index(n), nil
	}
	text := python.Str(query)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return a.index(n), nil
	}
	return a.query(text, v)
}

func (a address) index(n int64) value.Value {
	ip, ok := a.nth(n)
	if !ok {
		return false
	}
	return a.with(ip)
}

// query answers a named query; false if the address has no such thing.
func (a address) query(name string, original value.Value) (value.Value, error) {
	host := !a.net || a.ip != a.network() || a.bits == a.ip.BitLen()
	only := func(cond bool) value.Value {
		if cond {
			return original
		}
		return false
	}
	switch name {
	case "":
		return original, nil
	case "bool":
		return true, nil
	case "address", "ip":
		if a.net && a.ip == a.network() && a.ip.BitLen()-a.bits > 1 {
			return false, nil
		}
		return a.ip.String(), nil
	case "host", "host/prefix", "hostnet", "address/prefix", "ip/prefix", "ip_netmask", "gateway", "gw", "router":
		if !host && name != "address/prefix" {
			return false, nil
		}
		return a.with(a.ip), nil
	case "network", "network_id":
		return a.network().String(), nil
	case "network/prefix", "subnet":
		return a.with(a.network()), nil
	case "net":
		return only(a.net && a.ip == a.network()), nil
	case "prefix":
		return int64(a.bits), nil
	case "netmask":
		return a.mask().String(), nil
	case "hostmask", "wildcard":
		i := new(big.Int).Sub(a.size(), big.NewInt(1))
		return a.fromInt(i).String(), nil
	case "network_netmask":
		return a.network().String() + " " + a.mask().String(), nil
	case "network_wildcard":
		i := new(big.Int).Sub(a.size(), big.NewInt(1))
		return a.network().String() + " " + a.fromInt(i).String(), nil
	case "broadcast":
		if a.ip.BitLen()-a.bits < 2 {
			return false, nil
		}
		return a.broadcast().String(), nil
	case "size":
		return value.Int(a.size()), nil
	case "cidr":
		return a.with(a.ip), nil
	case "int":
		return value.Int(toInt(a.ip)), nil
	case "version":
		if a.ip.Is4() {
			return int64(4), nil
		}
		return int64(6), nil
	case "type":
		if host {
			return "address", nil
		}
		return "network", nil
	}
	return a.queryMore(name, original, only)
}

func (a address) queryMore(name string, original value.Value, only func(bool) value.Value) (value.Value, error) {
	switch name {
	case "first_usable", "last_usable", "range_usable":
		if a.ip.BitLen()-a.bits < 2 {
			return false, nil
		}
		first, _ := a.nth(1)
		last, _ := a.nth(-2)
		switch name {
		case "first_usable":
			return first.String(), nil
		case "last_usable":
			return last.String(), nil
		}
		return first.String() + "-" + last.String(), nil
	case "next_usable", "previous_usable":
		step := int64(1)
		if name[0] == 'p' {
			step = -1
		}
		ip, ok := a.offset(a.ip, step)
		if !ok || !a.prefix().Contains(ip) || ip == a.network() || ip == a.broadcast() {
			return false, nil
		}
		return ip.String(), nil
	case "private":
		return only(a.ip.IsPrivate() || a.ip.IsLoopback() || a.ip.IsLinkLocalUnicast()), nil
	case "public":
		return only(!a.ip.IsPrivate() && !a.ip.IsLoopback() && !a.ip.IsLinkLocalUnicast() && !a.ip.IsMulticast() && !a.ip.IsUnspecified()), nil
	case "loopback", "lo":
		return only(a.ip.IsLoopback()), nil
	case "link-local":
		return only(a.ip.IsLinkLocalUnicast()), nil
	case "multicast":
		return only(a.ip.IsMulticast()), nil
	case "unicast":
		return only(!a.ip.IsMulticast()), nil
	case "ipv4", "v4":
		return only(a.ip.Is4()), nil
	case "ipv6", "v6":
		return only(a.ip.Is6()), nil
	case "revdns":
		return a.reverse(), nil
	case "wrap":
		return wrapAddresses(original), nil
	}
	if outer, ok := parseAddress(name); ok {
		return only(outer.prefix().Contains(a.ip) && a.bits >= outer.bits), nil
	}
	return nil, fmt.Errorf("unknown filter type: %s", name)
}

func (a address) reverse() string {
	var parts []string
	raw := a.ip.AsSlice()
	for i := len(raw) - 1; i >= 0; i-- {
		if a.ip.Is4() {
			parts = append(parts, strconv.Itoa(int(raw[i])))
		} else {
			parts = append(parts, string("0123456789abcdef"[raw[i]&15]), string("0123456789abcdef"[raw[i]>>4]))
		}
	}
	if a.ip.Is4() {
		return strings.Join(parts, ".") + ".in-addr.arpa."
	}
	return strings.Join(parts, ".") + ".ip6.arpa."
}

// wrapAddresses puts IPv6 addresses into brackets.
func wrapAddresses(v value.Value) value.Value {
	if l, ok := v.(*value.List); ok {
		out := value.NewList()
		for _, item := range l.Items {
			out.Append(wrapAddresses(item))
		}
		return out
	}
	text, ok := value.Plain(v)
	if !ok {
		return v
	}
	a, ok := parseAddress(text)
	if !ok || !a.ip.Is6() {
		return text
	}
	if a.net {
		return "[" + a.ip.String() + "]/" + strconv.Itoa(a.bits)
	}
	return "[" + a.ip.String() + "]"
}

// subnetFilter is network | ipsubnet(prefix, index): how many subnets, or one of them.
func subnetFilter(s string, c *plugin.Call) (value.Value, error) {
	a, ok := parseAddress(s)
	if !ok {
		return false, nil
	}
	query, err := c.Int(0, -1)
	if err != nil {
		return nil, err
	}
	switch {
	case query < 0:
		return a.with(a.network()), nil
	case query > int64(a.ip.BitLen()):
		return nil, fmt.Errorf("the requested subnet size of %d is invalid", query)
	case !c.Has(1):
		if query >= int64(a.bits) && a.net && a.ip == a.network() {
			return value.Int(new(big.Int).Lsh(big.NewInt(1), uint(query)-uint(a.bits))), nil
		}
		sub := address{ip: a.ip, bits: int(query)}
		return sub.with(sub.network()), nil
	}
	n, err := c.Int(1, 0)
	if err != nil {
		return nil, err
	}
	if query < int64(a.bits) {
		return nil, fmt.Errorf("the requested subnet is larger than the network")
	}
	count := new(big.Int).Lsh(big.NewInt(1), uint(query)-uint(a.bits))
	i := big.NewInt(n)
	if n < 0 {
		i.Add(i, count)
	}
	if i.Sign() < 0 || i.Cmp(count) >= 0 {
		return nil, fmt.Errorf("subnet %d not found: the network has fewer subnets", n)
	}
	step := new(big.Int).Lsh(big.NewInt(1), uint(int64(a.ip.BitLen())-query))
	base := new(big.Int).Add(toInt(a.network()), step.Mul(step, i))
	return a.fromInt(base).String() + "/" + strconv.FormatInt(query, 10), nil
}
