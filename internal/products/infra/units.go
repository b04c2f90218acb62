package infra

import (
	"pig/internal/graph"
	"pig/internal/product"
)

// Units has what others need of the infra nodes: packages and names. An infra node is made a node by the same unit.
func (Product) Units(e *product.Environment, g *graph.Graph[product.Unit]) {
	hosts := names(e)
	if len(hosts) == 0 {
		return
	}
	g.Add("infra", product.Unit{Name: "infra", Module: "infra", Hosts: hosts, Playbook: "infra-base"})
	for _, h := range hosts {
		e.SetNodeUnit(h, "infra")
	}
}

// Close has what watches and shows the environment: nothing waits for it.
func (Product) Close(e *product.Environment, g *graph.Graph[product.Unit]) {
	hosts := names(e)
	if len(hosts) == 0 {
		return
	}
	g.Add("infra:monitor", product.Unit{Name: "infra:monitor", Module: "infra", Hosts: hosts, Playbook: "infra-monitor"})
	g.After("infra:monitor", "infra")
}

// names are the infra nodes.
func names(e *product.Environment) (hosts []string) {
	for _, n := range Nodes(e) {
		hosts = append(hosts, n.Name)
	}
	return hosts
}
