package cli

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pig/internal/graph"
	inv "pig/internal/inventory"
	"pig/internal/pki"
	"pig/internal/plan"
	"pig/internal/product"
	"pig/internal/products"
)

// environmentWithCA is an environment of two nodes, with a CA of its own.
func environmentWithCA(t *testing.T) (*session, *product.Environment, *graph.Graph[product.Unit]) {
	t.Helper()
	home := t.TempDir()
	dir := filepath.Join(home, "files", "pki", "ca")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	key, err := pki.NewKey(0)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := pki.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := pki.Sign(pki.Request{CommonName: "ca", Authority: true, Days: 3650}, signer, nil, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"ca.key": key, "ca.crt": cert} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inventory := filepath.Join(home, "pigsty.yml")
	if err := os.WriteFile(inventory, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	hosts, _, err := inv.LoadText("i.yml", []byte("all: { hosts: { a: { node_cluster: one }, b: { node_cluster: one }, c: { node_cluster: two } } }"), inv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, _ := product.Resolve(hosts, products.All(), product.Options{})
	s := &session{runner: newRunner(newSource(newScreen(&app{out: &discard{}}, &runOptions{inventory: []string{inventory}}, nil), nil), nil)}
	s.openKey, s.sealKey = s.keyOpener(t.Context()), s.keySealer(t.Context())
	return s, env, product.Units(env)
}

type discard struct{}

func (*discard) Write(p []byte) (int, error) { return len(p), nil }

// TestTheCAChangesOnlyWhenAllHostsHaveTheStepBefore: what an apply has brought to hosts counts if it did all tasks, since the step.
func TestTheCAChangesOnlyWhenAllHostsHaveTheStepBefore(t *testing.T) {
	t.Parallel()
	s, env, g := environmentWithCA(t)
	refused := func(hosts ...string) {
		t.Helper()
		change, err := readChange(s.pkiDir())
		if err != nil {
			t.Fatal(err)
		}
		if got := change.missing(env); !slices.Equal(got, hosts) {
			t.Errorf("%v lack the step, want %v", got, hosts)
		}
		if err := s.pkiRotate(env, false); (err != nil) != (len(hosts) > 0) {
			t.Errorf("with %v missing: %v", hosts, err)
		}
	}
	apply := func(begun *caChange, units ...plan.UnitPlan) {
		t.Helper()
		for i := range units {
			units[i].Unit, _ = g.Node(units[i].Unit.Name)
		}
		if err := s.caOnHosts(begun, g, units, nil); err != nil {
			t.Fatal(err)
		}
	}
	begun := func() *caChange {
		c, err := readChange(s.pkiDir())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	unit := func(name string) plan.UnitPlan { return plan.UnitPlan{Unit: product.Unit{Name: name}} }

	before := begun()
	if before != nil {
		t.Fatal("a change is begun that nobody asked for")
	}
	if err := s.pkiRotate(env, false); err != nil {
		t.Fatal(err)
	}
	refused("a", "b", "c")
	apply(before, unit("node:one"), unit("node:two")) // begun before the step
	refused("a", "b", "c")
	s.opt.tags = []string{"node_dns"}
	apply(begun(), unit("node:one"), unit("node:two"))
	refused("a", "b", "c")
	s.opt.tags = nil
	broken, skipped := unit("node:one"), unit("node:two")
	broken.Error, skipped.Skipped = "no such playbook", "node:one"
	apply(begun(), broken, skipped)
	refused("a", "b", "c")
	apply(begun(), unit("node:one"))
	refused("c")
	apply(begun(), unit("node:two"))
	refused() // and takes step 2
	refused("a", "b", "c")
	apply(begun(), unit("node:one"), unit("node:two"))
	refused()
	refused("a", "b", "c")
	env.Hosts = env.Hosts[:2] // a host that is gone is out of the inventory
	apply(begun(), unit("node:one"))
	refused()
	refused("a", "b")
}
