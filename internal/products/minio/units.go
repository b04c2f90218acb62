package minio

import (
	"pig/internal/graph"
	"pig/internal/product"
)

// Units has a unit of each cluster.
func (Product) Units(e *product.Environment, g *graph.Graph[product.Unit]) {
	for _, c := range Of(e) {
		product.AddUnit(e, g, product.Unit{Name: c.Unit(), Module: "minio", Cluster: c.Name, Hosts: c.Hosts(), Playbook: "minio"})
		g.Follow(c.Unit(), "infra")
	}
}

// Unit is the name of the cluster's unit.
func (c *Cluster) Unit() string { return "minio:" + c.Name }
