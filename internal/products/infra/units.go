package infra

import (
	"pig/internal/product"
)

// Units has what others need of the infra nodes: packages and names. An infra node is made a node by the same unit.
func (Product) Units(e *product.Environment, d *product.Division) {
	hosts := product.NamesOf(Nodes(e))
	if len(hosts) == 0 {
		return
	}
	d.Add("infra", product.Unit{Name: "infra", Module: "infra", Hosts: hosts, Playbook: "infra-base"})
	for _, h := range hosts {
		d.MakesNode(h, "infra")
	}
}

// Close has what watches and shows the environment: nothing waits for it.
func (Product) Close(e *product.Environment, d *product.Division) {
	hosts := product.NamesOf(Nodes(e))
	if len(hosts) == 0 {
		return
	}
	d.Add("infra:monitor", product.Unit{Name: "infra:monitor", Module: "infra", Hosts: hosts, Playbook: "infra-monitor"})
	d.After("infra:monitor", "infra")
}
