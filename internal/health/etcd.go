package health

import (
	"slices"

	"pig/internal/products/etcd"
	"pig/internal/value"
)

// etcdState is the etcd cluster as it is.
type etcdState struct{ Cluster }

// Etcd compares an etcd cluster with the answers of its nodes.
func Etcd(e *etcd.Cluster, answers map[string]Answer) Cluster {
	c := &etcdState{Cluster{Module: "etcd", Name: e.Name}}
	running := 0
	var seen []string // the members that etcd knows
	for _, m := range e.Members {
		a := answers[m.Name]
		live := Member{Name: m.Instance, Host: m.Name}
		live.Units = c.units(m.Instance, m.Name, a, []string{"etcd"})
		live.State = a.Units["etcd"]
		c.found(m.Instance, a, live.Units, AboutCertificates, AboutEtcd)
		for _, name := range listOf(a.part(AboutEtcd, "members")) { // one member is asked
			seen = append(seen, value.Str(name))
		}
		if live.State == "active" {
			running++
		}
		c.Members = append(c.Members, live)
	}
	if running < e.Quorum() {
		c.problem("no quorum: %d of %d members run, and %d are needed", running, len(e.Members), e.Quorum())
	}
	c.membership(e, seen)
	return c.Cluster
}

// membership compares the members that etcd knows with the declared ones.
func (c *etcdState) membership(e *etcd.Cluster, seen []string) {
	if seen == nil {
		return
	}
	for _, m := range e.Members {
		if !slices.Contains(seen, m.Instance) {
			c.problem("%s is not a member of the cluster", m.Instance)
		}
	}
	for _, name := range seen {
		if !slices.ContainsFunc(e.Members, func(m *etcd.Member) bool { return m.Instance == name }) {
			c.stranger("%s is a member of the cluster and not in the inventory: put it back; to remove it, put it back and run pig etcd-rm", name)
		}
	}
}
