package node

import (
	"slices"

	"pig/internal/product"
)

// Units makes a unit of the nodes of each cluster, so that one cluster never waits for the nodes of another.
func (Product) Units(e *product.Environment, d *product.Division) {
	for _, n := range e.Hosts {
		if d.IsNode(n.Name) {
			continue
		}
		name := "node:" + n.Cluster
		u, _ := d.Node(name)
		u.Name, u.Module, u.Cluster, u.Playbook = name, "node", n.Cluster, "node"
		u.Hosts = append(slices.Clone(u.Hosts), n.Name)
		d.Add(name, u)
		d.Follow(name, "infra")
		d.MakesNode(n.Name, name)
	}
}
