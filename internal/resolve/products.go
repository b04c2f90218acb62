package resolve

import (
	"slices"

	"pig/internal/pgsql"
	"pig/internal/value"
)

// infraProduct is what carries the environment: packages, names, the portal, monitoring.
type infraProduct struct{}

func (infraProduct) Name() string                       { return "infra" }
func (infraProduct) Resolve(r *resolver)                { (&infraResolver{r}).infra() }
func (infraProduct) Names(*Environment) []string        { return nil }
func (infraProduct) Overview(*Environment, *value.Dict) {}
func (infraProduct) Instances(e *Environment, n *Node) []string {
	if slices.Contains(InfraOf(e), n) {
		return []string{"infra"}
	}
	return nil
}

func (infraProduct) View(e *Environment, d *value.Dict) {
	var names []string
	for _, n := range InfraOf(e) {
		names = append(names, n.Name)
	}
	if len(names) > 0 {
		d.Set("infra", value.Strings(names))
	}
}

// nodeProduct is every host.
type nodeProduct struct{}

func (nodeProduct) Name() string                           { return "node" }
func (nodeProduct) Instances(*Environment, *Node) []string { return nil }

func (nodeProduct) Resolve(r *resolver) {
	own := &nodeResolver{r, map[string][]string{}}
	own.identify()
	own.trustNodes()
}

func (nodeProduct) Names(e *Environment) (names []string) {
	for _, n := range e.Nodes {
		names = append(names, n.Name, n.Nodename, n.Cluster)
	}
	return names
}

func (nodeProduct) View(e *Environment, d *value.Dict) {
	Listed(d, "nodes", e.Nodes, func(n *Node) *value.Dict { return nodeView(e, n) })
}

func (nodeProduct) Overview(e *Environment, d *value.Dict) {
	nodes := value.NewList()
	for _, n := range e.Nodes {
		v := nodeView(e, n)
		v.Set("haproxy", n.vars.bool("haproxy_enabled"))
		v.Set("roles", value.Strings(instancesOf(e, n)))
		nodes.Append(v)
	}
	d.Set("nodes", nodes)
}

// etcdProduct is the etcd cluster.
type etcdProduct struct{}

func (etcdProduct) Name() string                             { return "etcd" }
func (etcdProduct) Resolve(r *resolver)                      { (&etcdResolver{r}).etcd() }
func (etcdProduct) Names(*Environment) []string              { return nil }
func (p etcdProduct) Overview(e *Environment, d *value.Dict) { p.View(e, d) }
func (etcdProduct) View(e *Environment, d *value.Dict) {
	if c := EtcdOf(e); c != nil {
		d.Set("etcd", c.view())
	}
}

func (etcdProduct) Instances(e *Environment, n *Node) (names []string) {
	if c := EtcdOf(e); c != nil {
		for _, m := range c.Members {
			if m.Node == n {
				names = append(names, m.Instance)
			}
		}
	}
	return names
}

// minioProduct is object storage.
type minioProduct struct{}

func (minioProduct) Name() string                { return "minio" }
func (minioProduct) Resolve(r *resolver)         { (&minioResolver{r}).minio() }
func (minioProduct) Names(*Environment) []string { return nil }
func (minioProduct) View(e *Environment, d *value.Dict) {
	Listed(d, "minio", MinioOf(e), (*MinioCluster).view)
}
func (minioProduct) Overview(e *Environment, d *value.Dict) {
	minio := value.NewList()
	for _, c := range MinioOf(e) {
		minio.Append(c.view())
	}
	d.Set("minio", minio)
}

func (minioProduct) Instances(e *Environment, n *Node) (names []string) {
	for _, c := range MinioOf(e) {
		for _, m := range c.Members {
			if m.Node == n {
				names = append(names, m.Instance)
			}
		}
	}
	return names
}

// pgProduct is PostgreSQL with Patroni, pgBouncer and pgBackRest.
type pgProduct struct{}

func (pgProduct) Name() string                       { return "pgsql" }
func (pgProduct) Resolve(r *resolver)                { (&pgResolver{r}).pgClusters() }
func (pgProduct) View(e *Environment, d *value.Dict) { Listed(d, "pgsql", PgOf(e), (*PgCluster).view) }

// Settle finds what clusters follow, once all are known, and has IPv6 members listen.
func (pgProduct) Settle(r *resolver) {
	(&pgResolver{r}).upstreams()
	r.Listens("pg_cluster", "pg_listen", "*", false)
}

func (pgProduct) Overview(e *Environment, d *value.Dict) {
	pg := value.NewList()
	for _, c := range PgOf(e) {
		v := c.view()
		v.Delete("hba")
		v.Set("databases", value.Strings(c.databases()))
		pg.Append(v)
	}
	d.Set("pgsql", pg)
}

func (pgProduct) Names(e *Environment) (names []string) {
	for _, c := range PgOf(e) {
		names = append(names, c.Name)
	}
	return names
}

func (pgProduct) Instances(e *Environment, n *Node) (names []string) {
	for _, c := range PgOf(e) {
		for _, m := range c.Members {
			if m.Node == n {
				names = append(names, m.Instance)
			}
		}
	}
	return names
}

// NameNode names a host after its instance.
func (pgProduct) NameNode(n *Node) (name, cluster string) {
	pg := n.vars.own("pg_cluster")
	if pg == nil {
		return "", ""
	}
	if seq, ok := n.vars.number("pg_seq"); ok {
		name = pgsql.InstanceName(value.Str(pg), seq)
	}
	return name, value.Str(pg)
}

// Written is a password that the inventory has in another place.
func (pgProduct) Written(r *resolver, name string) string { return written(r, name) }

// Shares tells whose password a parameter is.
func (pgProduct) Shares(vars lookup, param string, cluster value.Value) value.Value {
	return shares(vars, param, cluster)
}

// Replace knows the virtual address of a cluster.
func (pgProduct) Replace(n *Node, placeholder string) (text string, known bool) {
	if placeholder != "vip" {
		return "", false
	}
	vip, _ := pgVIP(n.vars)
	return vip, true
}

// redisProduct is Redis: standalone, native clusters, sentinels.
type redisProduct struct{}

func (redisProduct) Name() string        { return "redis" }
func (redisProduct) Resolve(r *resolver) { (&redisResolver{resolver: r}).redis() }
func (redisProduct) Settle(r *resolver)  { r.Listens("redis_cluster", "redis_bind_address", "::", true) }
func (redisProduct) View(e *Environment, d *value.Dict) {
	Listed(d, "redis", RedisOf(e), (*RedisCluster).view)
}
func (redisProduct) Overview(e *Environment, d *value.Dict) {
	redis := value.NewList()
	for _, c := range RedisOf(e) {
		redis.Append(c.view())
	}
	d.Set("redis", redis)
}

func (redisProduct) Names(e *Environment) (names []string) {
	for _, c := range RedisOf(e) {
		names = append(names, c.Name)
		for _, m := range c.Members {
			for _, i := range m.Instances {
				names = append(names, i.Name)
			}
		}
	}
	return names
}

func (redisProduct) Instances(e *Environment, n *Node) (names []string) {
	for _, c := range RedisOf(e) {
		for _, m := range c.Members {
			if m.Node == n {
				for _, i := range m.Instances {
					names = append(names, i.Name)
				}
			}
		}
	}
	return names
}

// All are the products, in order of need.
func All() []Product {
	return []Product{infraProduct{}, nodeProduct{}, etcdProduct{}, minioProduct{}, pgProduct{}, redisProduct{}}
}
