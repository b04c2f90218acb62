package infra

import (
	"strings"
	"testing"

	"pig/internal/health"
	"pig/internal/inventory"
	"pig/internal/product"
)

func environment(t *testing.T) *product.Environment {
	t.Helper()
	inv, _, err := inventory.LoadText("pigsty.yml", []byte(`
all:
  children:
    infra: { hosts: { a: { infra_seq: 1 } } }
`), inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, _ := product.Resolve(inv, []product.Product{Product{}}, product.Options{})
	return env
}

func TestInfra(t *testing.T) {
	t.Parallel()
	env := environment(t)
	units := func(string) []string { return []string{"nginx", "vmalert", "grafana-server"} }
	for name, c := range map[string]struct {
		states  map[string]string
		problem string
	}{
		"well, without what no repository has": {map[string]string{"nginx": "active", "vmalert": "active", "grafana-server": health.NotFound}, ""},
		"one is down":                          {map[string]string{"nginx": "failed", "vmalert": "active", "grafana-server": health.NotFound}, "nginx is failed"},
		"nothing is made yet":                  {map[string]string{"nginx": health.NotFound, "vmalert": health.NotFound, "grafana-server": health.NotFound}, "runs no service of an infra node"},
	} {
		got := strings.Join(status(Nodes(env), map[string]health.Answer{"a": {Units: c.states}}, units).Problems, "; ")
		if (got == "") != (c.problem == "") || !strings.Contains(got, c.problem) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
