package products

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/product"
	prpgsql "pig/internal/products/pgsql"
	"pig/internal/value"
)

func TestMembersOnPublicAddressesReachEachOther(t *testing.T) {
	t.Parallel()
	env, diags := product.Resolve(loadText(t, `all:
  children:
    infra: { hosts: { 203.0.113.10: { infra_seq: 1 } } }
    etcd: { hosts: { 203.0.113.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-meta:
      hosts: { 203.0.113.10: { pg_seq: 1, pg_role: primary }, 198.51.100.20: { pg_seq: 2, pg_role: replica }, 10.0.0.5: { pg_seq: 3, pg_role: replica } }
      vars: { pg_cluster: pg-meta, pg_version: 17 }
`), All(), product.Options{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	want := "['10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/12', '203.0.113.10/32', '198.51.100.20/32']"
	if got := value.Repr(env.Vars("10.0.0.5").At("node_firewall_intranet")); got != want {
		t.Errorf("a node trusts %s, want %s", got, want)
	}
	hba := strings.Join(prpgsql.Of(env)[0].Members[0].HBA, "\n")
	for _, address := range []string{"203.0.113.10/32", "198.51.100.20/32"} {
		if !slices.ContainsFunc(strings.Split(hba, "\n"), func(line string) bool {
			return strings.HasPrefix(line, "hostssl") && strings.Contains(line, "replication") && strings.Contains(line, address)
		}) {
			t.Errorf("%s cannot follow:\n%s", address, hba)
		}
	}
}
