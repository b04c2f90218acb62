package products

import (
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/product"
)

func TestVirtualAddressesClash(t *testing.T) {
	t.Parallel()
	const pg = "pg-a: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a, pg_vip_enabled: true, pg_vip_address: 10.0.0.51/24 } }\n"
	lb := func(extra string) string {
		return "lb: { hosts: { 10.0.0.20: { vip_role: master }, 10.0.0.21: { vip_role: backup } }, vars: { node_cluster: lb, vip_enabled: true, " + extra + " } }\n"
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"each its own":           {pg + lb("vip_address: 10.0.0.52, vip_vrid: 51"), nil},
		"not in use":             {pg + strings.Replace(lb("vip_address: 10.0.0.51, vip_vrid: 51"), "vip_enabled: true", "vip_enabled: false", 1), nil},
		"a node's":               {lb("vip_address: 10.0.0.21, vip_vrid: 51"), []string{"i.yml:1:", "vip_address 10.0.0.21 is the address of node 10.0.0.21"}},
		"a cluster's and nodes'": {pg + lb("vip_address: 10.0.0.51, vip_vrid: 51"), []string{"i.yml:2:", "vip_address 10.0.0.51 of node_cluster lb is also the pg_vip_address of pg_cluster pg-a, at i.yml:1:111"}},
		"with other masks": {pg + "pg-b: { hosts: { 10.0.0.2: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-b, pg_vip_enabled: true, pg_vip_address: 10.0.0.51/16 } }\n",
			[]string{"i.yml:2:", "pg_vip_address 10.0.0.51 of pg_cluster pg-b is also the pg_vip_address of pg_cluster pg-a"}},
		"of a node by another name": {"x: { hosts: { db: { ansible_host: 10.0.0.51 } } }\n" + pg, []string{"i.yml:2:", "pg_vip_address 10.0.0.51 is the address of node db"}},
		"one VRRP number": {lb("vip_address: 10.0.0.52, vip_vrid: 51") + strings.NewReplacer("lb", "l2", "10.0.0.2", "10.0.0.3").Replace(lb("vip_address: 10.0.0.53, vip_vrid: 51")),
			[]string{"i.yml:2:", "vip_vrid 51 of node_cluster l2 is also used by node_cluster lb"}},
		"one VRRP number far apart":              {lb("vip_address: 10.0.0.52, vip_vrid: 51") + strings.NewReplacer("lb", "l2", "10.0.0.2", "10.9.0.3").Replace(lb("vip_address: 10.9.0.53, vip_vrid: 51")), nil},
		"the network itself":                     {strings.Replace(pg, "10.0.0.51/24", "10.0.0.0/24", 1), []string{"i.yml:1:111: invalid pg_vip_address 10.0.0.0/24: the address of the network 10.0.0.0/24 itself"}},
		"the broadcast address":                  {strings.Replace(pg, "10.0.0.51/24", "10.0.0.63/26", 1), []string{"invalid pg_vip_address 10.0.0.63/26: the broadcast address of the network 10.0.0.0/26"}},
		"one of two":                             {strings.Replace(pg, "10.0.0.51/24", "10.0.0.0/31", 1), nil},
		"one alone":                              {strings.Replace(pg, "10.0.0.51/24", "10.0.0.255/32", 1), nil},
		"the end of a wider network":             {strings.Replace(pg, "10.0.0.51/24", "10.0.0.255/23", 1), nil},
		"a loopback address":                     {strings.Replace(pg, "10.0.0.51/24", "127.0.0.1/24", 1), []string{"warning: i.yml:1:111: pg_vip_address 127.0.0.1/24 is not a usable virtual address, but pg_vip_enabled is true"}},
		"all addresses":                          {lb("vip_address: 0.0.0.0, vip_vrid: 51"), []string{"i.yml:1:", "invalid vip_address 0.0.0.0: no server has such an address"}},
		"of many":                                {lb("vip_address: 224.0.0.18, vip_vrid: 51"), []string{"invalid vip_address 224.0.0.18: no server has such an address"}},
		"the network of a node's":                {lb("vip_address: 10.0.0.0/24, vip_vrid: 51"), []string{"invalid vip_address 10.0.0.0/24: the address of the network"}},
		"each in another address of one cluster": {pg + lb("vip_address: '{{ x }}', vip_vrid: 51"), nil},
	} {
		inv, _, err := inventory.LoadText("i.yml", []byte(withEtcd(c.text)), inventory.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := lines(params.Validate(inv, product.Checks(All())...))
		if c.want == nil && got != "" || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: %s", name, got)
		}
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %s, want %s", name, got, w)
			}
		}
	}
}
