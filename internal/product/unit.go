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

// Units divides the environment. The order is that of need: nodes before what runs on them, the infra node's repository before other
// nodes' packages, etcd before PostgreSQL, a cluster before the standby cluster that follows it.
func Units(e *Environment) *graph.Graph[Unit] {
	g := graph.New[Unit]()
	e.nodeUnits = map[string]string{}
	for _, p := range e.products {
		p.Units(e, g)
	}
	for _, p := range slices.Backward(e.products) { // what carries the others closes last
		if c, ok := p.(Closer); ok {
			c.Close(e, g)
		}
	}
	return g
}

// Closer is a product with units that come after those of all others.
type Closer interface {
	Close(e *Environment, g *graph.Graph[Unit])
}

// AddUnit adds the unit of a cluster, and has it wait for the units of nodes that its hosts, and others that it needs, belong to.
func AddUnit(e *Environment, g *graph.Graph[Unit], u Unit, alsoOn ...string) {
	g.Add(u.Name, u)
	for _, hosts := range [][]string{u.Hosts, alsoOn} {
		for _, h := range hosts {
			g.After(u.Name, e.nodeUnits[h])
		}
	}
}

// SetNodeUnit says which unit makes a host a node: what runs on the host waits for it.
func (e *Environment) SetNodeUnit(host, unit string) { e.nodeUnits[host] = unit }

// NodeUnit is the unit that makes a host a node, "" if none does.
func (e *Environment) NodeUnit(host string) string { return e.nodeUnits[host] }
