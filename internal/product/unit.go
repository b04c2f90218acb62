package product

import (
	"slices"

	"pig/internal/graph"
)

// Unit is one module on one cluster: what is planned, applied and refused as a whole.
type Unit struct {
	Name     string   `json:"name"`     // module, or module:cluster
	Module   string   `json:"module"`   // the product's name
	Cluster  string   `json:"cluster"`  // "" where the module has only one
	Hosts    []string `json:"hosts"`    // that it runs on
	Playbook string   `json:"playbook"` // of pig's own, without .yml
}

// Division is the graph of units while products add theirs, and the unit that makes each host a node.
type Division struct {
	*graph.Graph[Unit]
	nodes map[string]string
}

// Units divides the environment. The order is that of need: nodes before what runs on them, the infra node's repository before other
// nodes' packages, etcd before PostgreSQL, a cluster before the standby cluster that follows it.
func Units(e *Environment) *graph.Graph[Unit] {
	d := &Division{graph.New[Unit](), map[string]string{}}
	for _, p := range e.products {
		p.Units(e, d)
	}
	for _, p := range slices.Backward(e.products) { // what carries the others closes last
		if c, ok := p.(Closer); ok {
			c.Close(e, d)
		}
	}
	return d.Graph
}

// Closer is a product with units that come after those of all others.
type Closer interface {
	Close(e *Environment, d *Division)
}

// AddOn adds a unit, and has it wait for the units that make nodes of its hosts, and of others that it needs.
func (d *Division) AddOn(u Unit, others ...string) {
	d.Add(u.Name, u)
	for _, hosts := range [][]string{u.Hosts, others} {
		for _, h := range hosts {
			d.After(u.Name, d.nodes[h])
		}
	}
}

// MakesNode says which unit makes a host a node: what runs on the host waits for it.
func (d *Division) MakesNode(host, unit string) { d.nodes[host] = unit }

// IsNode tells whether a unit makes a host a node.
func (d *Division) IsNode(host string) bool { return d.nodes[host] != "" }
