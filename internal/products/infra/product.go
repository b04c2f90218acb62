package infra

import (
	"slices"

	"pig/internal/product"
	"pig/internal/value"
)

// Product is what carries the environment: packages, names, the portal, monitoring.
type Product struct{}

func (Product) Name() string                               { return "infra" }
func (Product) Resolve(r *product.Resolver)                { (&resolver{r}).infra() }
func (Product) Names(*product.Environment) []string        { return nil }
func (Product) Overview(*product.Environment, *value.Dict) {}
func (Product) Instances(e *product.Environment, n *product.Host) []string {
	if slices.Contains(Nodes(e), n) {
		return []string{"infra"}
	}
	return nil
}

func (Product) View(e *product.Environment, d *value.Dict) {
	if names := product.NamesOf(Nodes(e)); len(names) > 0 {
		d.Set("infra", value.Strings(names))
	}
}

// Clusters are the infra nodes together.
func (Product) Clusters(e *product.Environment) []product.Cluster {
	if len(Nodes(e)) == 0 {
		return nil
	}
	return []product.Cluster{{Name: "infra", Hosts: product.NamesOf(Nodes(e))}}
}
