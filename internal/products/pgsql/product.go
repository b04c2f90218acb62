package pgsql

import (
	"pig/internal/format"
	"pig/internal/product"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// Product is PostgreSQL with Patroni, pgBouncer and pgBackRest.
type Product struct{}

func (Product) Name() string                { return "pgsql" }
func (Product) Resolve(r *product.Resolver) { (&resolver{r}).pgClusters() }
func (Product) View(e *product.Environment, d *value.Dict) {
	product.SetListed(d, "pgsql", Of(e), (*Cluster).view)
}

// Settle finds what clusters follow, once all are known, and has members listen where others look for them.
func (Product) Settle(r *product.Resolver) {
	(&resolver{r}).upstreams()
	(&resolver{r}).groups()
	r.Listens(product.Listener{Cluster: "pg_cluster", Param: "pg_listen", All: "*"})
}

func (Product) Overview(e *product.Environment, d *value.Dict) {
	d.Set("pgsql", product.Listed(Of(e), func(c *Cluster) *value.Dict {
		v := c.view()
		v.Delete("hba")
		v.Set("databases", value.Strings(c.databases()))
		return v
	}))
}

func (Product) Names(e *product.Environment) (names []string) {
	for _, c := range Of(e) {
		names = append(names, c.Name)
	}
	return names
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

// NameNode names a host after its instance.
func (Product) NameNode(n *product.Host) (name, cluster string) {
	pg := n.Vars.Own("pg_cluster")
	if pg == nil {
		return "", ""
	}
	if seq, ok := n.Vars.Number("pg_seq"); ok {
		name = model.InstanceName(value.Str(pg), seq)
	}
	return name, value.Str(pg)
}

// Replace knows the virtual address of a cluster.
func (Product) Replace(n *product.Host, placeholder string) (text string, known bool) {
	if placeholder != "vip" {
		return "", false
	}
	vip, _ := pgVIP(n.Vars)
	return vip, true
}

// Clusters are the PostgreSQL clusters. Shards of a horizontal cluster have the same passwords.
func (Product) Clusters(e *product.Environment) (all []product.Cluster) {
	for _, c := range Of(e) {
		all = append(all, product.Cluster{Name: c.Name, Hosts: c.Hosts(), Passwords: c.Scope()})
	}
	return all
}

// Count counts clusters.
func (Product) Count(e *product.Environment) string {
	if n := len(Of(e)); n > 0 {
		return format.Plural(n, "PostgreSQL cluster")
	}
	return ""
}
