package product_test

import (
	"strings"
	"testing"

	"pig/internal/product"
)

func TestHostsOfAVerb(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		product       string
		args, limited []string
		want          string
	}{
		"all hosts of a module":             {product: "pgsql", want: "10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5"},
		"those that -l leaves":              {product: "pgsql", limited: []string{"10.0.0.1", "10.0.0.5"}, want: "10.0.0.5"},
		"those that are named":              {product: "pgsql", args: []string{"10.0.0.4", "10.0.0.6"}, want: "10.0.0.4"},
		"every host":                        {product: "node", args: []string{"10.0.0.6"}, want: "10.0.0.6"},
		"a host that -l leaves out":         {product: "pgsql", args: []string{"10.0.0.4", "10.0.0.5"}, limited: []string{"10.0.0.5"}, want: "10.0.0.5"},
		"-l that leaves no host":            {product: "minio", limited: []string{"10.0.0.1"}, want: "error: no minio host matches LIMIT"},
		"a name of another module's host":   {product: "minio", args: []string{"10.0.0.1"}, want: `error: no host of module minio matches "10.0.0.1"`},
		"a module that no host belongs to":  {product: "redis", want: "error: the inventory declares no redis hosts"},
		"a product that this build has not": {product: "none", want: "error: the inventory declares no none hosts"},
	} {
		hosts, err := product.NamedHosts(&work{env: environment(t), args: c.args, limited: c.limited}, c.product)
		got := strings.Join(hosts, " ")
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestAClusterByLimit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args, limited []string
		want          string
	}{
		"a name":                  {args: []string{"x", "y"}, want: "x y"},
		"a host of a cluster":     {limited: []string{"10.0.0.4"}, want: "alone "},
		"hosts of a cluster":      {limited: []string{"10.0.0.4", "10.0.0.5", "10.0.0.1"}, want: "alone "},
		"hosts of two clusters":   {limited: []string{"10.0.0.2", "10.0.0.3"}, want: `error: invalid -l "LIMIT": selects hosts of 2 clusters (shard0, shard1): name one cluster`},
		"hosts of another module": {limited: []string{"10.0.0.1"}, want: `error: invalid -l "LIMIT": selects hosts of 0 clusters (): name one cluster`},
	} {
		cluster, rest, err := product.NamedCluster(&work{env: environment(t), args: c.args, limited: c.limited}, "pgsql")
		got := cluster + " " + strings.Join(rest, " ")
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
