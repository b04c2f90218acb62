package redis

import (
	"pig/internal/product"
)

// Units has a unit of each cluster. Sentinels come after those that they watch: what is watched before it runs counts as down.
func (Product) Units(e *product.Environment, d *product.Division) {
	for _, c := range Of(e) {
		d.AddOn(product.Unit{Name: c.Unit(), Module: "redis", Cluster: c.Name, Hosts: c.Hosts(), Playbook: "redis"})
	}
	for _, c := range Of(e) {
		for _, watched := range c.Watches() {
			d.After(c.Unit(), "redis:"+watched)
		}
	}
}

// Unit is the name of the cluster's unit.
func (c *Cluster) Unit() string { return "redis:" + c.Name }
