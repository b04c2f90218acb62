package product

import (
	"pig/internal/dashboard"
	"pig/internal/params"
	"pig/internal/value"
)

// Product is something that pig runs on hosts: what it finds in an inventory, and how that is shown. What only some products have are
// the interfaces below.
type Product interface {
	// Name is the module's name in Pigsty, in small letters: pgsql.
	Name() string
	// Validate tells what is wrong with what an inventory says of the product, as far as its text shows.
	Validate(v *params.Validator)
	// Resolve finds the clusters of the product among the hosts, and keeps them with SetPart.
	Resolve(r *Resolver)
	// Clusters are those that it found, in the order of the inventory.
	Clusters(e *Environment) []Cluster
	// Units adds the units of the product, with what they wait for among those of earlier products.
	Units(e *Environment, d *Division)
	// View adds to d what people and programs may see of the clusters; Overview what the portal shows of them.
	View(e *Environment, d *value.Dict)
	Overview(e *Environment, d *value.Dict)
	// Instances names what runs on a host; Names are the names of clusters and instances, which are no secrets.
	Instances(e *Environment, n *Host) []string
	Names(e *Environment) []string
}

// Settler is a product that has more to resolve when all clusters are found and placeholders replaced.
type Settler interface{ Settle(r *Resolver) }

// NodeNamer is a product that gives the hosts which it runs on a name and a cluster; "" for none.
type NodeNamer interface {
	NameNode(n *Host) (name, cluster string)
}

// Writer is a product that may have a generated password written in another parameter; "" for none.
type Writer interface {
	Written(r *Resolver, name string) string
}

// Sharer is a product that decides whose password a parameter is: cluster is the one by the catalog; nil for nobody's.
type Sharer interface {
	Shares(vars Vars, param string, cluster value.Value) value.Value
}

// Replacer is a product that knows what a placeholder stands for on a host.
type Replacer interface {
	Replace(n *Host, placeholder string) (text string, known bool)
}

// Judge is a product that can judge kinds of texts which parameters have, such as jmespath.
type Judge interface {
	Kinds() map[string]func(text string) error
}

// Counter is a product that says in a few words how much of it an environment has, such as 2 PostgreSQL clusters; "" for nothing.
type Counter interface {
	Count(e *Environment) string
}

// Storer is a product that wants disks: the directories that each are one, on a host with the inventory's variables.
type Storer interface {
	Disks(vars *value.Dict) []string
}

// Drawer is a product with Grafana dashboards.
type Drawer interface{ Dashboards() []dashboard.Dashboard }

// Checks are what the products add to the validation of an inventory.
func Checks(products []Product) (all []params.Check) {
	for _, p := range products {
		c := params.Check{Rules: p.Validate}
		if j, ok := p.(Judge); ok {
			c.Kinds = j.Kinds()
		}
		all = append(all, c)
	}
	return all
}
