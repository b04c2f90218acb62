package infra

import (
	"cmp"
	"slices"

	"pig/internal/health"
	"pig/internal/product"
)

// status looks at the services of the infra nodes. Units that a node does not have were left out because no repository has their
// package; where none of them is there, nothing has been made yet.
func status(nodes []*product.Host, answers map[string]health.Answer, units func(host string) []string) health.Cluster {
	c := health.Cluster{Module: "infra", Name: "infra"}
	for _, n := range nodes {
		a := answers[n.Name]
		names := slices.DeleteFunc(slices.Clone(units(n.Name)), func(u string) bool { return a.Units[u] == health.NotFound })
		live := health.Member{Name: cmp.Or(n.Nodename, n.Name), Host: n.Name}
		live.Units = c.Units(live.Name, n.Name, a, names)
		if a.Err == "" && len(names) == 0 {
			c.Problem("%s runs no service of an infra node", live.Name)
		}
		c.Found(live.Name, a, live.Units, health.AboutCertificates)
		c.Members = append(c.Members, live)
	}
	return c
}
