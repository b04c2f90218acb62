package minio

import (
	"pig/internal/format"
	"pig/internal/product"
	"pig/internal/value"
)

// Product is object storage.
type Product struct{}

func (Product) Name() string                        { return "minio" }
func (Product) Resolve(r *product.Resolver)         { (&resolver{r}).minio() }
func (Product) Names(*product.Environment) []string { return nil }
func (Product) View(e *product.Environment, d *value.Dict) {
	product.SetListed(d, "minio", Of(e), (*Cluster).view)
}
func (Product) Overview(e *product.Environment, d *value.Dict) {
	d.Set("minio", product.Listed(Of(e), (*Cluster).view))
}

func (Product) Instances(e *product.Environment, n *product.Host) (names []string) {
	for _, c := range Of(e) {
		for _, m := range c.Members {
			if m.Host == n {
				names = append(names, m.Instance)
			}
		}
	}
	return names
}

// Clusters are the MinIO clusters.
func (Product) Clusters(e *product.Environment) (all []product.Cluster) {
	for _, c := range Of(e) {
		all = append(all, product.Cluster{Name: c.Name, Hosts: c.Hosts()})
	}
	return all
}

// Count counts clusters.
func (Product) Count(e *product.Environment) string {
	if n := len(Of(e)); n > 0 {
		return format.Plural(n, "MinIO cluster")
	}
	return ""
}
