// Package plan divides an environment into units, records what each of them changes, and keeps plans in files.
package plan

import (
	"slices"

	"pig/internal/graph"
	"pig/internal/product"
	"pig/internal/products/etcd"
	"pig/internal/products/infra"
	prminio "pig/internal/products/minio"
	prpgsql "pig/internal/products/pgsql"
	prredis "pig/internal/products/redis"
)

// Unit is one module on one cluster: what is planned, applied and refused as a whole.
type Unit struct {
	Name     string   // module, or module:cluster
	Module   string   // infra, node, etcd, pgsql, redis
	Cluster  string   // "" where the module has only one
	Hosts    []string // that it runs on
	Playbook string   // of pig's own, without .yml
}

// Units divides env. The order is that of need: nodes before what runs on them, the infra node's repository before other
// nodes' packages, etcd before PostgreSQL, a cluster before the standby cluster that follows it.
func Units(env *product.Environment) *graph.Graph[Unit] {
	g := graph.New[Unit]()
	var carriers []string
	for _, n := range infra.Nodes(env) {
		carriers = append(carriers, n.Name)
	}
	if len(carriers) > 0 {
		g.Add("infra", Unit{Name: "infra", Module: "infra", Hosts: carriers, Playbook: "infra-base"})
	}
	nodesOf := nodeUnits(g, env, carriers)
	need := func(unit string, hosts []string) {
		for _, h := range hosts {
			g.After(unit, nodesOf[h])
		}
	}
	if etcd.Of(env) != nil {
		hosts := etcd.Of(env).Hosts()
		g.Add("etcd", Unit{Name: "etcd", Module: "etcd", Cluster: etcd.Of(env).Name, Hosts: hosts, Playbook: "etcd"})
		need("etcd", hosts)
	}
	for _, c := range prminio.Of(env) {
		name := "minio:" + c.Name
		hosts := c.Hosts()
		g.Add(name, Unit{Name: name, Module: "minio", Cluster: c.Name, Hosts: hosts, Playbook: "minio"})
		need(name, hosts)
		g.Follow(name, "infra")
	}
	for _, c := range prpgsql.Of(env) {
		name := "pgsql:" + c.Name
		hosts := c.Hosts()
		g.Add(name, Unit{Name: name, Module: "pgsql", Cluster: c.Name, Hosts: hosts, Playbook: "pgsql"})
		need(name, hosts)
		need(name, c.Provider)
		g.Follow(name, "infra")
		g.After(name, "etcd")
		for _, m := range prminio.Of(env) {
			if c.Stores {
				g.After(name, "minio:"+m.Name)
			}
		}
	}
	for _, c := range prpgsql.Of(env) {
		if c.Follows != nil {
			g.After("pgsql:"+c.Name, "pgsql:"+c.Follows.Name)
		}
	}
	if etcd.Of(env) != nil { // every client has its certificate by then
		g.Add("etcd:guard", Unit{Name: "etcd:guard", Module: "etcd", Cluster: etcd.Of(env).Name, Hosts: etcd.Of(env).Hosts(), Playbook: "etcd-guard"})
		g.After("etcd:guard", "etcd")
		for _, c := range prpgsql.Of(env) {
			g.After("etcd:guard", "pgsql:"+c.Name)
		}
	}
	redisUnits(g, env, need)
	if len(carriers) > 0 { // what watches and shows the environment: nothing waits for it
		g.Add("infra:monitor", Unit{Name: "infra:monitor", Module: "infra", Hosts: carriers, Playbook: "infra-monitor"})
		g.After("infra:monitor", "infra")
	}
	return g
}

// redisUnits makes a unit of each Redis cluster. Sentinels come after those that they watch: what is watched before it runs
// counts as down.
func redisUnits(g *graph.Graph[Unit], env *product.Environment, need func(unit string, hosts []string)) {
	for _, c := range prredis.Of(env) {
		name := "redis:" + c.Name
		g.Add(name, Unit{Name: name, Module: "redis", Cluster: c.Name, Hosts: c.Hosts(), Playbook: "redis"})
		need(name, c.Hosts())
	}
	for _, c := range prredis.Of(env) {
		for _, watched := range c.Watches() {
			g.After("redis:"+c.Name, "redis:"+watched)
		}
	}
}

// nodeUnits makes a unit of the nodes of each cluster, so that one cluster never waits for the nodes of another. It tells
// the unit of every host.
func nodeUnits(g *graph.Graph[Unit], env *product.Environment, carriers []string) map[string]string {
	of := map[string]string{}
	for _, h := range carriers {
		of[h] = "infra"
	}
	for _, n := range env.Hosts {
		if of[n.Name] != "" {
			continue
		}
		name := "node:" + n.Cluster
		u, _ := g.Node(name)
		u.Name, u.Module, u.Cluster, u.Playbook = name, "node", n.Cluster, "node"
		u.Hosts = append(slices.Clone(u.Hosts), n.Name)
		g.Add(name, u)
		g.Follow(name, "infra")
		of[n.Name] = name
	}
	return of
}
