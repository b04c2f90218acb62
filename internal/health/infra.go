package health

import (
	"cmp"
	"slices"

	"pig/internal/product"
)

// Infra looks at the services of the infra nodes. Units that a node does not have were left out because no repository has their
// package; where none of them is there, nothing has been made yet.
func Infra(nodes []*product.Host, answers map[string]Answer, units func(host string) []string) Cluster {
	c := Cluster{Module: "infra", Name: "infra"}
	for _, n := range nodes {
		a := answers[n.Name]
		names := slices.DeleteFunc(slices.Clone(units(n.Name)), func(u string) bool { return a.Units[u] == NotFound })
		live := Member{Name: cmp.Or(n.Nodename, n.Name), Host: n.Name}
		live.Units = c.units(live.Name, n.Name, a, names)
		if a.Err == "" && len(names) == 0 {
			c.problem("%s runs no service of an infra node", live.Name)
		}
		c.found(live.Name, a, live.Units, AboutCertificates)
		c.Members = append(c.Members, live)
	}
	return c
}
