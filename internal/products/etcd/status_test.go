package etcd

import (
	"strings"
	"testing"

	"pig/internal/health"
	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/products/node"
)

const declared = `
all:
  children:
    etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 }, 10.0.0.2: { etcd_seq: 2 }, 10.0.0.3: { etcd_seq: 3 } }, vars: { etcd_cluster: etcd } }
`

func environment(t *testing.T) *product.Environment {
	t.Helper()
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(declared), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, found := product.Resolve(inv, []product.Product{node.Product{}, Product{}}, product.Options{})
	if found.HasErrors() {
		t.Fatal(found)
	}
	return env
}

func units(states ...string) map[string]string {
	m := map[string]string{"patroni": "active", "etcd": "active"}
	for _, s := range states {
		k, v, _ := strings.Cut(s, "=")
		m[k] = v
	}
	return m
}

func TestEtcdNeedsItsQuorum(t *testing.T) {
	t.Parallel()
	env := environment(t)
	answers := map[string]health.Answer{"10.0.0.1": {Units: units()}, "10.0.0.2": {Units: units("etcd=failed")}, "10.0.0.3": {Units: units()}}
	if got := status(Of(env), answers).Problems; len(got) != 1 {
		t.Errorf("one of three down: %q", got)
	}
	answers["10.0.0.3"] = health.Answer{Err: "no route"}
	got := status(Of(env), answers).Problems
	if last := got[len(got)-1]; last != "no quorum: 1 of 3 members run, and 2 are needed" {
		t.Errorf("two of three down: %q", got)
	}
}
