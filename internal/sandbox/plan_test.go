//go:build linux

package sandbox

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func nodesAt(addrs ...string) []Node {
	var out []Node
	for _, a := range addrs {
		out = append(out, Node{Name: a, Addr: netip.MustParseAddr(a)})
	}
	return out
}

func TestNamesFitTheKernel(t *testing.T) {
	a := netip.MustParseAddr("192.168.100.200")
	if got := linkName(a); got != "nc0a864c8" || len(got) > 15 {
		t.Errorf("link name %q", got)
	}
	if got := macAddr(a); got != "02:70:c0:a8:64:c8" {
		t.Errorf("address %q", got)
	}
	longest := nodeNS(strings.Repeat("a", 20), machineName(a))
	if longest != "pig."+strings.Repeat("a", 20)+".ip-192-168-100-200" || len(longest) > 64 {
		t.Errorf("machine name %q", longest)
	}
	if one, two := machineID("a", "m"), machineID("b", "m"); len(one) != 32 || one == two {
		t.Errorf("machine ids %q, %q", one, two)
	}
}

// A sandbox must never take what belongs to another one for its own.
func TestNamespacesOfDifferentSandboxesDiffer(t *testing.T) {
	other := nodeNS("a-b", machineName(netip.MustParseAddr("10.0.0.1")))
	if strings.HasPrefix(other, controlNS("a")+".") || other == controlNS("a") {
		t.Errorf("%q looks like a part of sandbox a", other)
	}
}

func TestControlAddrs(t *testing.T) {
	tests := []struct {
		name  string
		nodes []Node
		taken []string
		want  string
	}{
		{"first", nodesAt("10.10.10.10", "10.10.10.11"), nil, "[10.10.10.1/24]"},
		{"first is a node", nodesAt("10.10.10.1"), nil, "[10.10.10.254/24]"},
		{"highest is a virtual address", nodesAt("10.10.10.1"), []string{"10.10.10.254"}, "[10.10.10.253/24]"},
		{"two networks", nodesAt("10.10.10.10", "10.10.11.10", "10.10.10.12"), nil, "[10.10.10.1/24 10.10.11.1/24]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var taken []netip.Addr
			for _, a := range tt.taken {
				taken = append(taken, netip.MustParseAddr(a))
			}
			got, err := controlAddrs(tt.nodes, taken)
			if err != nil || fmt.Sprint(got) != tt.want {
				t.Errorf("got %v, %v; want %s", got, err, tt.want)
			}
			if g := gateway(got, tt.nodes[0].Addr); g != got[0].Addr() {
				t.Errorf("gateway %s", g)
			}
		})
	}
}

func TestControlAddrsOfAFullNetwork(t *testing.T) {
	var nodes []Node
	for i := 1; i < 255; i++ {
		nodes = append(nodes, nodesAt(fmt.Sprintf("10.10.10.%d", i))...)
	}
	if _, err := controlAddrs(nodes, nil); err == nil {
		t.Error("want an error")
	}
}

func TestValidate(t *testing.T) {
	good := func() Config {
		return Config{Nodes: []Node{{Name: "pg-meta-1", Addr: netip.MustParseAddr("10.10.10.10"), Disks: []string{"/data1"}}}}
	}
	if err := good().withDefaults().validate(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"name", func(c *Config) { c.Name = "A.b" }, "sandbox name"},
		{"system", func(c *Config) { c.OS = "el9" }, `system "el9": want one of debian13, debian12`},
		{"admin", func(c *Config) { c.AdminUser = "root" }, "admin user"},
		{"no nodes", func(c *Config) { c.Nodes = nil }, "no nodes"},
		{"twice", func(c *Config) { c.Nodes = append(c.Nodes, c.Nodes[0]) }, "listed twice"},
		{"same address", func(c *Config) { c.Nodes = append(c.Nodes, Node{Name: "b", Addr: c.Nodes[0].Addr}) }, "is also used by another node"},
		{"no address", func(c *Config) { c.Nodes[0].Addr = netip.Addr{} }, "want an IPv4 address"},
		{"IPv6", func(c *Config) { c.Nodes[0].Addr = netip.MustParseAddr("fd00::1") }, "want an IPv4 address"},
		{"loopback", func(c *Config) { c.Nodes[0].Addr = netip.MustParseAddr("127.0.0.1") }, "not an address that"},
		{"broadcast", func(c *Config) { c.Nodes[0].Addr = netip.MustParseAddr("10.0.0.255") }, "first or last"},
		{"disk", func(c *Config) { c.Nodes[0].Disks = []string{"/data/../etc"} }, "want an absolute path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := good()
			tt.change(&c)
			if err := c.withDefaults().validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v; want it to say %q", err, tt.want)
			}
		})
	}
}
