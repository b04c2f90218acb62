package etcd

import (
	"fmt"

	"pig/internal/product"
	"pig/internal/value"
)

// Product is the etcd cluster.
type Product struct{}

func (Product) Name() string                                     { return "etcd" }
func (Product) Resolve(r *product.Resolver)                      { (&resolver{r}).etcd() }
func (Product) Names(*product.Environment) []string              { return nil }
func (p Product) Overview(e *product.Environment, d *value.Dict) { p.View(e, d) }
func (Product) View(e *product.Environment, d *value.Dict) {
	if c := Of(e); c != nil {
		d.Set("etcd", c.view())
	}
}

func (Product) Instances(e *product.Environment, n *product.Host) (names []string) {
	if c := Of(e); c != nil {
		for _, m := range c.Members {
			if m.Host == n {
				names = append(names, m.Instance)
			}
		}
	}
	return names
}

// Clusters are the one cluster, if there is one.
func (Product) Clusters(e *product.Environment) []product.Cluster {
	if c := Of(e); c != nil {
		return []product.Cluster{{Name: c.Name, Hosts: c.Hosts()}}
	}
	return nil
}

// Count tells how many members there are.
func (Product) Count(e *product.Environment) string {
	if c := Of(e); c != nil {
		return fmt.Sprintf("etcd of %d", len(c.Members))
	}
	return ""
}
