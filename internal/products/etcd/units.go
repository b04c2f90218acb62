package etcd

import (
	"slices"

	"pig/internal/product"
)

// Units has the cluster.
func (Product) Units(e *product.Environment, d *product.Division) {
	if c := Of(e); c != nil {
		d.AddOn(product.Unit{Name: "etcd", Module: "etcd", Cluster: c.Name, Hosts: c.Hosts(), Playbook: "etcd"})
	}
}

// Close has the guard of the cluster, when every client has its certificate.
func (Product) Close(e *product.Environment, d *product.Division) {
	c := Of(e)
	if c == nil {
		return
	}
	d.Add("etcd:guard", product.Unit{Name: "etcd:guard", Module: "etcd", Cluster: c.Name, Hosts: c.Hosts(), Playbook: "etcd-guard"})
	d.After("etcd:guard", "etcd")
	for _, client := range d.Names() {
		if slices.Contains(d.Needs(client), "etcd") {
			d.After("etcd:guard", client)
		}
	}
}
