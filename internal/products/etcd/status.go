package etcd

import (
	"slices"

	"pig/internal/health"
	"pig/internal/value"
)

// state is the etcd cluster as it is.
type state struct{ health.Cluster }

// status compares an etcd cluster with the answers of its nodes.
func status(e *Cluster, answers map[string]health.Answer) health.Cluster {
	c := &state{health.Cluster{Module: "etcd", Name: e.Name}}
	running := 0
	var seen []string // the members that etcd knows
	for _, m := range e.Members {
		a := answers[m.Name]
		live := health.Member{Name: m.Instance, Host: m.Name}
		live.Units = c.Units(m.Instance, m.Name, a, []string{"etcd"})
		live.State = a.Units["etcd"]
		c.Found(m.Instance, a, live.Units, health.AboutCertificates, aboutMembers)
		for _, name := range health.Items(a.Part(aboutMembers, "members")) { // one member is asked
			seen = append(seen, value.Str(name))
		}
		if live.State == "active" {
			running++
		}
		c.Members = append(c.Members, live)
	}
	if running < e.Quorum() {
		c.Problem("no quorum: %d of %d members run, and %d are needed", running, len(e.Members), e.Quorum())
	}
	c.membership(e, seen)
	return c.Cluster
}

// membership compares the members that etcd knows with the declared ones.
func (c *state) membership(e *Cluster, seen []string) {
	if seen == nil {
		return
	}
	for _, m := range e.Members {
		if !slices.Contains(seen, m.Instance) {
			c.Problem("%s is not a member of the cluster", m.Instance)
		}
	}
	for _, name := range seen {
		if !slices.ContainsFunc(e.Members, func(m *Member) bool { return m.Instance == name }) {
			c.Stranger("%s is a member of the cluster and not in the inventory: put it back; to remove it, put it back and run pig etcd-rm", name)
		}
	}
}
