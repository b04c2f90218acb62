package builtin

import (
	"net"
	"testing"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// wired is a node with interfaces.
type wired struct {
	*fake.Node
	all []node.Interface
}

type wires struct {
	node.Net
	all []node.Interface
}

func (w wired) Net() node.Net                         { return wires{w.Node.Net(), w.all} }
func (w wires) Interfaces() ([]node.Interface, error) { return w.all, nil }

// The facts of IPv6 are Ansible's: all addresses of an interface with their scopes, and the one by which others reach the node.
func TestFactsOfIPv6(t *testing.T) {
	t.Parallel()
	addresses := func(texts ...string) (all []net.IPNet) {
		for _, text := range texts {
			ip, network, err := net.ParseCIDR(text)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, net.IPNet{IP: ip, Mask: network.Mask})
		}
		return all
	}
	const zeros = "00000000000000000000000000000000"
	routes := zeros + " 00 " + zeros + " 00 " + zeros + " ffffffff 00000001 00000000 00200200       lo\n" +
		"20010db8000000000000000000000000 40 " + zeros + " 00 " + zeros + " 00000100 00000001 00000000 00000001     eth0\n" +
		zeros + " 00 " + zeros + " 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth1\n"
	f := wired{&fake.Node{Contents: map[string]string{"/proc/net/ipv6_route": routes}}, []node.Interface{
		{Name: "lo", Addrs: addresses("127.0.0.1/8", "::1/128")},
		{Name: "eth0", Addrs: addresses("10.0.0.1/24", "2001:db8::9/64")},
		{Name: "eth1", Addrs: addresses("fe80::2/64", "2001:db8:1::10/64", "2001:db8:1::11/64")},
	}}
	facts := value.NewDict()
	network(&module.Call{System: f}, facts)
	for name, want := range map[string]string{
		"all_ipv6_addresses": "['2001:db8::9', 'fe80::2', '2001:db8:1::10', '2001:db8:1::11']",
		"all_ipv4_addresses": "['10.0.0.1']",
		"default_ipv6":       "{'address': '2001:db8:1::10', 'prefix': '64', 'scope': 'global', 'interface': 'eth1'}",
	} {
		if got := value.Repr(facts.At(name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	lo, eth1 := facts.At("lo").(*value.Dict), facts.At("eth1").(*value.Dict)
	if got := value.Repr(lo.At("ipv6")); got != "[{'address': '::1', 'prefix': '128', 'scope': 'host'}]" {
		t.Errorf("lo: %s", got)
	}
	if got := value.Repr(eth1.At("ipv6").(*value.List).Items[0]); got != "{'address': 'fe80::2', 'prefix': '64', 'scope': 'link'}" {
		t.Errorf("eth1: %s", got)
	}
	facts = value.NewDict()
	network(&module.Call{System: wired{&fake.Node{}, f.all}}, facts)
	if got := value.Str(facts.At("default_ipv6").(*value.Dict).At("address")); got != "2001:db8::9" {
		t.Errorf("without a default route: %s", got)
	}
}
