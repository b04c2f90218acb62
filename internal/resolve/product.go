package resolve

import "pig/internal/value"

// Product is something that pig runs on hosts: what it finds in an inventory, and how that is shown. What only some products have are
// the interfaces below.
type Product interface {
	// Name is the module's name in Pigsty, in small letters: pgsql.
	Name() string
	// Resolve finds the clusters of the product among the hosts, and keeps them with SetPart.
	Resolve(r *resolver)
	// View adds to d what people and programs may see of the clusters; Overview what the portal shows of them.
	View(e *Environment, d *value.Dict)
	Overview(e *Environment, d *value.Dict)
	// Instances names what runs on a host; Names are the names of clusters and instances, which are no secrets.
	Instances(e *Environment, n *Node) []string
	Names(e *Environment) []string
}

// Settler is a product that has more to resolve when all clusters are found and placeholders replaced.
type Settler interface{ Settle(r *resolver) }

// NodeNamer is a product that gives the hosts which it runs on a name and a cluster; "" for none.
type NodeNamer interface {
	NameNode(n *Node) (name, cluster string)
}

// Writer is a product that may have a generated password written in another parameter; "" for none.
type Writer interface {
	Written(r *resolver, name string) string
}

// Sharer is a product that decides whose password a parameter is: cluster is the one by the catalog; nil for nobody's.
type Sharer interface {
	Shares(vars lookup, param string, cluster value.Value) value.Value
}

// Replacer is a product that knows what a placeholder stands for on a host.
type Replacer interface {
	Replace(n *Node, placeholder string) (text string, known bool)
}
