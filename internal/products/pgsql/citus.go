package pgsql

import (
	"slices"

	"pig/internal/value"
)

// coordinator tells whether the cluster is the one of its shard that plans queries, and knows the others.
func (c *Cluster) coordinator() bool { return c.Mode == "citus" && c.Group == 0 }

// groups finds the clusters that serve a distributed database together. It comes when all clusters are known.
func (r *resolver) groups() {
	for _, c := range Of(r.Env) {
		if c.Mode != "citus" {
			continue
		}
		for _, other := range Of(r.Env) {
			if other != c && other.Mode == "citus" && other.Shard == c.Shard {
				c.Groups = append(c.Groups, other)
			}
		}
	}
}

// Workers are the groups that a coordinator has to know; none of any other cluster.
func (c *Cluster) Workers() []*Cluster {
	if !c.coordinator() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Groups), func(g *Cluster) bool { return g.Group == 0 })
}

// workerList are the workers, as a module takes them.
func (c *Cluster) workerList() *value.List {
	l := value.NewList()
	for _, w := range c.Workers() {
		l.Append(value.DictOf("group", int64(w.Group), "name", w.Name))
	}
	return l
}

// coordinators are the addresses of the members that lead a worker's queries.
func (c *Cluster) coordinators() []string {
	list := []string{}
	for _, g := range c.Groups {
		if g.coordinator() && !c.coordinator() {
			list = append(list, g.Addresses()...)
		}
	}
	return list
}
