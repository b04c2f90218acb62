package node

import (
	"pig/internal/format"
	"pig/internal/product"
	"pig/internal/value"
)

// Product is every host.
type Product struct{}

func (Product) Name() string                                           { return "node" }
func (Product) Instances(*product.Environment, *product.Host) []string { return nil }

func (Product) Resolve(r *product.Resolver) {
	own := &resolver{r, map[string][]string{}}
	own.identify()
	own.trustNodes()
}

func (Product) Names(e *product.Environment) (names []string) {
	for _, n := range e.Hosts {
		names = append(names, n.Name, n.Nodename, n.Cluster)
	}
	return names
}

func (Product) View(e *product.Environment, d *value.Dict) {
	product.SetListed(d, "nodes", e.Hosts, func(n *product.Host) *value.Dict { return nodeView(e, n) })
}

func (Product) Overview(e *product.Environment, d *value.Dict) {
	d.Set("nodes", product.Listed(e.Hosts, func(n *product.Host) *value.Dict {
		v := nodeView(e, n)
		v.Set("haproxy", n.Vars.Bool("haproxy_enabled"))
		v.Set("roles", value.Strings(instancesOf(e, n)))
		return v
	}))
}

// Clusters are all hosts. Clusters of nodes are names that services share, and no verb is about them.
func (Product) Clusters(e *product.Environment) []product.Cluster {
	return []product.Cluster{{Hosts: product.NamesOf(e.Hosts)}}
}

// Count counts all hosts.
func (Product) Count(e *product.Environment) string { return format.Plural(len(e.Hosts), "node") }
