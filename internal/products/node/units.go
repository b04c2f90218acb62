package node

import (
	"slices"

	"pig/internal/graph"
	"pig/internal/product"
)

// Units makes a unit of the nodes of each cluster, so that one cluster never waits for the nodes of another.
func (Product) Units(e *product.Environment, g *graph.Graph[product.Unit]) {
	for _, n := range e.Hosts {
		if e.NodeUnit(n.Name) != "" {
			continue
		}
		name := "node:" + n.Cluster
		u, _ := g.Node(name)
		u.Name, u.Module, u.Cluster, u.Playbook = name, "node", n.Cluster, "node"
		u.Hosts = append(slices.Clone(u.Hosts), n.Name)
		g.Add(name, u)
		g.Follow(name, "infra")
		e.SetNodeUnit(n.Name, name)
	}
}
