package products

import (
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/product"
)

// An IPv6 address of a member is taken in the form in which programs write it, if others can reach it and no virtual address needs another.
func TestMembersWithIPv6Addresses(t *testing.T) {
	t.Parallel()
	pg := func(host, vars string) string {
		return `pg-a: { hosts: { "` + host + `": { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a` + vars + " } }\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"an address":               {pg("2001:db8::10", ""), ""},
		"a unique local address":   {pg("fd00:1::10", ""), ""},
		"in another form":          {pg("2001:DB8::10", ""), "programs write this address in another form"},
		"with zeros":               {pg("2001:db8:0::10", ""), "programs write this address in another form"},
		"link-local":               {pg("fe80::1", ""), "a link-local address is valid on one interface only"},
		"with a zone":              {pg("fe80::1%eth0", ""), "a link-local address is valid on one interface only"},
		"the loopback":             {pg("::1", ""), "a loopback address means every host itself"},
		"all addresses":            {pg("::", ""), "means all addresses of a host"},
		"an IPv4 address in it":    {pg("::ffff:10.0.0.1", ""), "want the IPv4 address itself"},
		"a multicast address":      {pg("ff02::1", ""), "a multicast address"},
		"a virtual IPv4 address":   {pg("2001:db8::10", ", pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24"), "i.yml:1:117: invalid pg_vip_address 10.0.0.9: node 2001:db8::10 has an IPv6 address"},
		"a virtual IPv6 address":   {pg("10.0.0.1", ", pg_vip_enabled: true, pg_vip_address: '2001:db8::9/64'"), "i.yml:1:113: invalid pg_vip_address 2001:db8::9: an IPv6 address cannot be a virtual address"},
		"a second member":          {`pg-a: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary }, "2001:db8::11": { pg_seq: 2, pg_role: replica } }, vars: { pg_cluster: pg-a, pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24 } }`, "node 2001:db8::11 has an IPv6 address"},
		"a node's virtual address": {`lb: { hosts: { "2001:db8::20": { vip_role: master } }, vars: { node_cluster: lb, vip_enabled: true, vip_address: 10.0.0.9, vip_vrid: 9 } }`, "invalid vip_address 10.0.0.9: node 2001:db8::20 has an IPv6 address"},
		"no virtual address":       {pg("2001:db8::10", ", pg_vip_enabled: false, pg_vip_address: 10.0.0.9/24"), ""},
	} {
		inv, _, err := inventory.LoadText("i.yml", []byte(withEtcd(c.text)), inventory.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := lines(params.Validate(inv, product.Checks(All())...)); c.want == "" && got != "" || !strings.Contains(got, c.want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A host with another name is a member by its IPv6 address too; a tunnel, or an address that needs an interface, is none.
func TestAddressesOfAliases(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"2001:db8::10": "2001:db8::10", "2001:DB8:0::10": "2001:db8::10", "10.0.0.1": "10.0.0.1", "::1": "", "127.0.0.1": "", "fe80::1": "", "fe80::1%eth0": "", "::ffff:10.0.0.1": ""} {
		inv, _, err := inventory.LoadText("i.yml", []byte(`pg-a: { hosts: { db: { ansible_host: "`+address+`" } }, vars: { pg_cluster: pg-a } }`), inventory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := params.Addresses(inv)(inv.Hosts()[0]); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
