package pgsql

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pig/internal/health"
	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// Lagging is from how many bytes on a replica is told to lag, unless it does so by declaration.
const Lagging = 64 << 20

// state is a PostgreSQL cluster as it is.
type state struct{ health.Cluster }

// status compares a PostgreSQL cluster with the answers of its nodes. units are those that each member must run.
func status(p *Cluster, answers map[string]health.Answer, units func(host string) []string) health.Cluster {
	c := &state{health.Cluster{Module: "pgsql", Name: p.Name}}
	if p.Mode == "citus" {
		c.Group = fmt.Sprintf("%d of %s", p.Group, p.Shard)
	}
	seen := c.view(p, answers)
	for _, m := range p.Members {
		a := answers[m.Name]
		live := health.Member{Name: m.Instance, Host: m.Name, Declared: string(m.Role)}
		live.Units = c.Units(m.Instance, m.Name, a, units(m.Name))
		if d := seen[m.Instance]; d != nil {
			c.member(&live, d)
		} else if len(seen) > 0 && a.Err == "" {
			c.Problem("%s is not in the cluster", m.Instance)
		}
		c.Found(m.Instance, a, live.Units, aboutPostgres, health.AboutCertificates, aboutBackups)
		c.waits(m.Instance, a)
		if shards, ok := a.Part(aboutShards, "shards").(int64); ok {
			c.Shards = &shards
		}
		for _, k := range health.Items(a.Part(aboutPostgres, "kept")) { // members have it from one initdb
			c.Keep("%s", value.Str(k))
		}
		for _, p := range a.Problems(aboutOwnBackups) { // a failover leaves the backups behind; the next one that is due ends that
			c.Passing = append(c.Passing, m.Instance+" leads since a switchover or failover: "+p)
		}
		c.Members = append(c.Members, live)
	}
	c.strangers(p, seen)
	c.services(p, answers)
	switch {
	case len(seen) == 0:
		c.Problem("no member answers which one leads")
	case c.Leader == "":
		c.Problem("no leader")
	}
	return c.Cluster
}

// view is the members as Patroni knows them, from whoever leads or else from whoever answers. Patroni's members do not
// always agree; that is told.
func (c *state) view(p *Cluster, answers map[string]health.Answer) map[string]*value.Dict {
	var best map[string]*value.Dict
	leaders := map[string][]string{}
	for _, m := range p.Members {
		d, ok := answers[m.Name].Part(aboutPatroni, "json").(*value.Dict)
		if !ok {
			continue
		}
		seen, leader := members(d)
		leaders[leader] = append(leaders[leader], m.Instance)
		if best == nil || leader == m.Instance {
			best, c.Leader, c.Paused = seen, leader, value.Truthy(d.At("pause"))
		}
	}
	if len(leaders) > 1 {
		var texts []string
		for l, by := range leaders {
			texts = append(texts, fmt.Sprintf("%s according to %s", cmp.Or(l, "no leader"), strings.Join(by, ", ")))
		}
		slices.Sort(texts)
		c.Problem("members report different leaders: %s", strings.Join(texts, "; "))
	}
	if c.Paused {
		c.Passing = append(c.Passing, "Patroni is paused: no automatic failover")
	}
	return best
}

func members(d *value.Dict) (seen map[string]*value.Dict, leader string) {
	seen = map[string]*value.Dict{}
	list, _ := d.At("members").(*value.List)
	if list == nil {
		return seen, ""
	}
	for _, item := range list.Items {
		m, ok := item.(*value.Dict)
		if !ok {
			continue
		}
		name := value.Str(m.At("name"))
		seen[name] = m
		if role := m.At("role"); role == "leader" || role == "standby_leader" || role == "master" {
			leader = name
		}
	}
	return seen, leader
}

// member takes down what Patroni says of a member.
func (c *state) member(m *health.Member, d *value.Dict) {
	m.Live, m.State = value.Str(d.At("role")), value.Str(d.At("state"))
	m.Timeline, _ = d.At("timeline").(int64)
	if lag, ok := d.At("lag").(int64); ok && m.Name != c.Leader {
		m.Lag = &lag
	}
	switch {
	case m.State != "running" && m.State != "streaming" && m.State != "in archive recovery":
		c.Problem("%s is %s", m.Name, m.State)
	case m.Lag != nil && *m.Lag >= Lagging && m.Declared != "delayed":
		c.Passing = append(c.Passing, fmt.Sprintf("%s lags %s behind", m.Name, health.Bytes(*m.Lag)))
	}
}

// services takes down where services lead to that they should not. A balancer may be a node of another cluster.
func (c *state) services(p *Cluster, answers map[string]health.Answer) {
	balancers := p.Provider
	if len(balancers) == 0 {
		balancers = p.Hosts()
	}
	for _, host := range balancers {
		if a := answers[host]; a.Err != "" || a.Units["haproxy"] != "" && a.Units["haproxy"] != "active" {
			continue // told already
		}
		for _, problem := range answers[host].Problems(aboutServices + " of " + p.Name) {
			c.Problem("%s: %s", host, problem)
		}
	}
}

// waits takes down what a member needs a restart for. A pause is there to put restarts off.
func (c *state) waits(instance string, a health.Answer) {
	for _, w := range health.Items(a.Part(aboutPostgres, "waits")) {
		text := instance + ": " + value.Str(w)
		if c.Paused {
			c.Passing = append(c.Passing, text)
		} else {
			c.Problems = append(c.Problems, text)
		}
	}
}

// strangers tells members that Patroni has and the inventory has not.
func (c *state) strangers(p *Cluster, seen map[string]*value.Dict) {
	if p.Mode == "citus" {
		return // other groups share the scope
	}
	var names []string
	for n := range seen {
		if !slices.ContainsFunc(p.Members, func(m *Member) bool { return m.Instance == n }) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		if n == c.Leader {
			c.Stranger("%s", model.StrangerLeads(p.Name, clusterView(seen), p.Hosts()))
			continue
		}
		c.Stranger("%s is in the cluster and not in the inventory: put it back; to remove it, put it back and run pig pgsql-rm %s", n, p.Name)
	}
}

// clusterView is the view of a cluster by names once more, as far as it tells who may lead.
func clusterView(seen map[string]*value.Dict) (v model.ClusterView) {
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		d := seen[name]
		m := model.MemberView{Name: name, Role: value.Str(d.At("role")), State: value.Str(d.At("state")), Host: value.Str(d.At("host")), Tags: map[string]any{}}
		if tags, ok := d.At("tags").(*value.Dict); ok && value.Truthy(tags.At("nofailover")) {
			m.Tags["nofailover"] = true
		}
		v.Members = append(v.Members, m)
	}
	return v
}
