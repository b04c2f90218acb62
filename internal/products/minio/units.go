package minio

import (
	"pig/internal/product"
)

// Units has a unit of each cluster.
func (Product) Units(e *product.Environment, d *product.Division) {
	for _, c := range Of(e) {
		d.AddOn(product.Unit{Name: c.Unit(), Module: "minio", Cluster: c.Name, Hosts: c.Hosts(), Playbook: "minio"})
		d.Follow(c.Unit(), "infra")
	}
}

// Unit is the name of the cluster's unit.
func (c *Cluster) Unit() string { return "minio:" + c.Name }
