// Package health compares what an inventory declares with what its nodes say of themselves. It asks nothing: it is given
// the answers.
package health

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pig/internal/pgsql"
	"pig/internal/product"
	"pig/internal/products/etcd"
	prpgsql "pig/internal/products/pgsql"
	"pig/internal/value"
)

// lagging is from how many bytes on a replica is told to lag, unless it does so by declaration.
const lagging = 64 << 20

// NotFound is the state of a unit that a node does not have.
const NotFound = "not-found"

// Report is the state of all clusters that were asked for.
type Report struct {
	Clusters []Cluster `json:"clusters"`
}

// Cluster is a cluster as it is.
type Cluster struct {
	Module   string   `json:"module"`
	Name     string   `json:"name"`
	Leader   string   `json:"leader,omitempty"`
	Slots    string   `json:"slots,omitempty"` // of a native Redis cluster: how many are served
	Paused   bool     `json:"paused,omitempty"`
	Members  []Member `json:"members"`
	Problems []string `json:"problems,omitempty"`
	// Strangers are those of the problems that tell of what lives on and is not in the inventory: nothing that is planned ends them.
	Strangers []string `json:"strangers,omitempty"`
	// Passing are problems that pass by themselves, and are no fault of what was made: a replica that has to catch up.
	Passing []string `json:"passing,omitempty"`
}

// Member is an instance as it is.
type Member struct {
	Name     string `json:"name"`
	Host     string `json:"host"`
	Declared string `json:"declared,omitempty"` // role
	Live     string `json:"live,omitempty"`     // role
	State    string `json:"state,omitempty"`
	Lag      *int64 `json:"lag,omitempty"` // bytes; nil: not known, or it leads
	Timeline int64  `json:"timeline,omitempty"`
	Offset   *int64 `json:"offset,omitempty"` // how far Redis's replication is
	Slots    int64  `json:"slots,omitempty"`  // of a primary of a native Redis cluster
	Drives   string `json:"drives,omitempty"` // of a node of MinIO: how many of them work
	Units    []Unit `json:"units"`

	at string // address:port, of a Redis instance
}

// Unit is a service of a node.
type Unit struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// Well tells whether nothing is wrong.
func (r Report) Well() bool {
	return !slices.ContainsFunc(r.Clusters, func(c Cluster) bool { return len(c.Problems)+len(c.Passing) > 0 })
}

func (c *Cluster) problem(format string, args ...any) {
	c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
}

// stranger takes down what lives on and is not in the inventory.
func (c *Cluster) stranger(format string, args ...any) {
	c.problem(format, args...)
	c.Strangers = append(c.Strangers, fmt.Sprintf(format, args...))
}

// Etcd compares an etcd cluster with the answers of its nodes.
func Etcd(e *etcd.Cluster, answers map[string]Answer) Cluster {
	c := Cluster{Module: "etcd", Name: e.Name}
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
	return c
}

// membership compares the members that etcd knows with the declared ones.
func (c *Cluster) membership(e *etcd.Cluster, seen []string) {
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

// Infra looks at the services of the infra nodes. Units that a node does not have were left out because no repository has their
// package; where none of them is there, nothing has been made yet.
func Infra(nodes []*product.Host, answers map[string]Answer, units func(host string) []string) Cluster {
	c := Cluster{Module: "infra", Name: "infra"}
	for _, n := range nodes {
		a := answers[n.Name]
		names := slices.DeleteFunc(slices.Clone(units(n.Name)), func(u string) bool { return a.Units[u] == NotFound })
		live := Member{Name: cmp.Or(n.Nodename, n.Name), Host: n.Name}
		live.Units = c.units(live.Name, n.Name, a, names)
		if a.Err == "" && len(names) == 0 {
			c.problem("%s runs no service of an infra node", live.Name)
		}
		c.found(live.Name, a, live.Units, AboutCertificates)
		c.Members = append(c.Members, live)
	}
	return c
}

// Pg compares a PostgreSQL cluster with the answers of its nodes. units are those that each member must run.
func Pg(p *prpgsql.Cluster, answers map[string]Answer, units func(host string) []string) Cluster {
	c := Cluster{Module: "pgsql", Name: p.Name}
	seen := c.view(p, answers)
	for _, m := range p.Members {
		a := answers[m.Name]
		live := Member{Name: m.Instance, Host: m.Name, Declared: string(m.Role)}
		live.Units = c.units(m.Instance, m.Name, a, units(m.Name))
		if d := seen[m.Instance]; d != nil {
			c.member(&live, d)
		} else if len(seen) > 0 && a.Err == "" {
			c.problem("%s is not in the cluster", m.Instance)
		}
		c.found(m.Instance, a, live.Units, AboutPostgres, AboutCertificates, AboutBackups)
		c.waits(m.Instance, a)
		for _, p := range a.problems(AboutOwnBackups) { // a failover leaves the backups behind; the next one that is due ends that
			c.Passing = append(c.Passing, m.Instance+" leads since a failover: "+p)
		}
		c.Members = append(c.Members, live)
	}
	c.strangers(p, seen)
	c.services(p, answers)
	switch {
	case len(seen) == 0:
		c.problem("no member answers which one leads")
	case c.Leader == "":
		c.problem("no leader")
	}
	return c
}

// units takes down the state of a node's units, and what is wrong with them.
func (c *Cluster) units(instance, host string, a Answer, names []string) []Unit {
	if a.Err != "" {
		c.problem("%s: %s does not answer: %s", instance, host, a.Err)
		return nil
	}
	var list []Unit
	for _, n := range names {
		state := cmp.Or(a.Units[n], "unknown")
		list = append(list, Unit{n, state})
		if state != "active" {
			c.problem("%s: %s is %s on %s", instance, n, state, host)
		}
	}
	return list
}

// view is the members as Patroni knows them, from whoever leads or else from whoever answers. Patroni's members do not
// always agree; that is told.
func (c *Cluster) view(p *prpgsql.Cluster, answers map[string]Answer) map[string]*value.Dict {
	var best map[string]*value.Dict
	leaders := map[string][]string{}
	for _, m := range p.Members {
		d, ok := answers[m.Name].part(AboutPatroni, "json").(*value.Dict)
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
		c.problem("members report different leaders: %s", strings.Join(texts, "; "))
	}
	if c.Paused {
		c.Passing = append(c.Passing, "Patroni is paused: it would not fail over")
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
func (c *Cluster) member(m *Member, d *value.Dict) {
	m.Live, m.State = value.Str(d.At("role")), value.Str(d.At("state"))
	m.Timeline, _ = d.At("timeline").(int64)
	if lag, ok := d.At("lag").(int64); ok && m.Name != c.Leader {
		m.Lag = &lag
	}
	switch {
	case m.State != "running" && m.State != "streaming" && m.State != "in archive recovery":
		c.problem("%s is %s", m.Name, m.State)
	case m.Lag != nil && *m.Lag >= lagging && m.Declared != "delayed":
		c.Passing = append(c.Passing, fmt.Sprintf("%s lags %s behind", m.Name, Bytes(*m.Lag)))
	}
}

// services takes down where services lead to that they should not. A balancer may be a node of another cluster.
func (c *Cluster) services(p *prpgsql.Cluster, answers map[string]Answer) {
	balancers := p.Provider
	if len(balancers) == 0 {
		balancers = p.Hosts()
	}
	for _, host := range balancers {
		if a := answers[host]; a.Err != "" || a.Units["haproxy"] != "" && a.Units["haproxy"] != "active" {
			continue // told already
		}
		for _, problem := range answers[host].problems(AboutServices + " of " + p.Name) {
			c.problem("%s: %s", host, problem)
		}
	}
}

// waits takes down what a member needs a restart for. A pause is there to put restarts off.
func (c *Cluster) waits(instance string, a Answer) {
	for _, w := range listOf(a.part(AboutPostgres, "waits")) {
		text := instance + ": " + value.Str(w)
		if c.Paused {
			c.Passing = append(c.Passing, text)
		} else {
			c.Problems = append(c.Problems, text)
		}
	}
}

// strangers tells members that Patroni has and the inventory has not.
func (c *Cluster) strangers(p *prpgsql.Cluster, seen map[string]*value.Dict) {
	if p.Mode == "citus" {
		return // other groups share the scope
	}
	var names []string
	for n := range seen {
		if !slices.ContainsFunc(p.Members, func(m *prpgsql.Member) bool { return m.Instance == n }) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		if n == c.Leader {
			c.stranger("%s", pgsql.StrangerLeads(p.Name, clusterView(seen), p.Hosts()))
			continue
		}
		c.stranger("%s is in the cluster and not in the inventory: put it back; to remove it, put it back and run pig pgsql-rm %s", n, p.Name)
	}
}

// clusterView is the view of a cluster by names once more, as far as it tells who may lead.
func clusterView(seen map[string]*value.Dict) (v pgsql.ClusterView) {
	for _, name := range sortedKeys(seen) {
		d := seen[name]
		m := pgsql.MemberView{Name: name, Role: value.Str(d.At("role")), State: value.Str(d.At("state")), Host: value.Str(d.At("host")), Tags: map[string]any{}}
		if tags, ok := d.At("tags").(*value.Dict); ok && value.Truthy(tags.At("nofailover")) {
			m.Tags["nofailover"] = true
		}
		v.Members = append(v.Members, m)
	}
	return v
}

// Bytes is a size for people.
func Bytes(n int64) string {
	for _, u := range []struct {
		name string
		size int64
	}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"kB", 1 << 10}} {
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d B", n)
}
