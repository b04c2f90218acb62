package pgsql

import (
	"pig/internal/product"
	prminio "pig/internal/products/minio"
)

// Units has a unit of each cluster, after the one that it follows, and after the workers that it coordinates.
func (Product) Units(e *product.Environment, d *product.Division) {
	for _, c := range Of(e) {
		d.AddOn(product.Unit{Name: c.Unit(), Module: "pgsql", Cluster: c.Name, Hosts: c.Hosts(), Playbook: "pgsql"}, c.Provider...)
		d.Follow(c.Unit(), "infra")
		d.After(c.Unit(), "etcd")
		if !c.Stores {
			continue
		}
		for _, storage := range prminio.Of(e) {
			d.After(c.Unit(), storage.Unit())
		}
	}
	for _, c := range Of(e) {
		if c.Follows != nil {
			d.After(c.Unit(), c.Follows.Unit())
		}
		for _, w := range c.Workers() { // Patroni has the coordinator copy its roles to the workers: theirs are made by then
			d.Follow(c.Unit(), w.Unit())
		}
	}
}

// Unit is the name of the cluster's unit.
func (c *Cluster) Unit() string { return "pgsql:" + c.Name }
