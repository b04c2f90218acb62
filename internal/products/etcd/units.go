package etcd

import (
	"slices"

	"pig/internal/graph"
	"pig/internal/product"
)

// Units has the cluster.
func (Product) Units(e *product.Environment, g *graph.Graph[product.Unit]) {
	if c := Of(e); c != nil {
		product.AddUnit(e, g, product.Unit{Name: "etcd", Module: "etcd", Cluster: c.Name, Hosts: c.Hosts(), Playbook: "etcd"})
	}
}

// Close has the guard of the cluster, when every client has its certificate.
func (Product) Close(e *product.Environment, g *graph.Graph[product.Unit]) {
	c := Of(e)
	if c == nil {
		return
	}
	g.Add("etcd:guard", product.Unit{Name: "etcd:guard", Module: "etcd", Cluster: c.Name, Hosts: c.Hosts(), Playbook: "etcd-guard"})
	g.After("etcd:guard", "etcd")
	for _, client := range g.Names() {
		if slices.Contains(g.Needs(client), "etcd") {
			g.After("etcd:guard", client)
		}
	}
}
