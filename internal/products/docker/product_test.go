package docker

import (
	"slices"
	"testing"

	"pig/internal/health"
	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/products/infra"
	"pig/internal/products/node"
)

func environment(t *testing.T) *product.Environment {
	t.Helper()
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(`
all:
  children:
    infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }
    apps: { hosts: { 10.0.0.2: {}, 10.0.0.3: {}, 10.0.0.4: { docker_enabled: false } }, vars: { node_cluster: apps, docker_enabled: true } }
`), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, found := product.Resolve(inv, []product.Product{infra.Product{}, node.Product{}, Product{}}, product.Options{})
	if found.HasErrors() {
		t.Fatal(found)
	}
	return env
}

func TestHostsThatAskForIt(t *testing.T) {
	t.Parallel()
	env := environment(t)
	u, ok := product.Units(env).Node("docker:apps")
	if !ok || !slices.Equal(u.Hosts, []string{"10.0.0.2", "10.0.0.3"}) {
		t.Errorf("%+v", u)
	}
	if needs := product.Units(env).Needs("docker:apps"); !slices.Equal(needs, []string{"node:apps", "infra"}) {
		t.Errorf("it waits for %q", needs)
	}
	if got := (Product{}).Count(env); got != "Docker on 2 hosts" {
		t.Errorf("%q", got)
	}
}

func TestAUnitThatIsDownIsTold(t *testing.T) {
	t.Parallel()
	s := Product{}.Subjects(environment(t), nil)
	if len(s) != 1 {
		t.Fatalf("%d subjects", len(s))
	}
	c := s[0].Tell(map[string]health.Answer{"10.0.0.2": {Units: map[string]string{"docker": "active"}}, "10.0.0.3": {Units: map[string]string{"docker": "failed"}}})
	if !slices.Equal(c.Problems, []string{"10.0.0.3: docker is failed on 10.0.0.3"}) {
		t.Errorf("%q", c.Problems)
	}
}
