package redis

import (
	"pig/internal/format"
	"pig/internal/product"
	"pig/internal/value"
)

// Product is Redis: standalone, native clusters, sentinels.
type Product struct{}

func (Product) Name() string                { return "redis" }
func (Product) Resolve(r *product.Resolver) { (&resolver{Resolver: r}).redis() }
func (Product) Settle(r *product.Resolver) {
	r.Listens(product.Listener{Cluster: "redis_cluster", Param: "redis_bind_address", All: "::", EmptyIsOwn: true, Alone: func(n *product.Host) bool { return alone(r.Env, n) }})
}
func (Product) View(e *product.Environment, d *value.Dict) {
	product.SetListed(d, "redis", Of(e), (*Cluster).view)
}
func (Product) Overview(e *product.Environment, d *value.Dict) {
	d.Set("redis", product.Listed(Of(e), (*Cluster).view))
}

func (Product) Names(e *product.Environment) (names []string) {
	for _, c := range Of(e) {
		names = append(names, c.Name)
		for _, m := range c.Members {
			for _, i := range m.Instances {
				names = append(names, i.Name)
			}
		}
	}
	return names
}

func (Product) Instances(e *product.Environment, n *product.Host) (names []string) {
	for _, c := range Of(e) {
		for _, m := range c.Members {
			if m.Host == n {
				for _, i := range m.Instances {
					names = append(names, i.Name)
				}
			}
		}
	}
	return names
}

// Clusters are the Redis clusters.
func (Product) Clusters(e *product.Environment) (all []product.Cluster) {
	for _, c := range Of(e) {
		all = append(all, product.Cluster{Name: c.Name, Hosts: c.Hosts(), Passwords: c.Name})
	}
	return all
}

// Count counts clusters.
func (Product) Count(e *product.Environment) string {
	if n := len(Of(e)); n > 0 {
		return format.Plural(n, "Redis cluster")
	}
	return ""
}
