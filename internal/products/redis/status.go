package redis

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pig/internal/health"
	prpgsql "pig/internal/products/pgsql"
	"pig/internal/products/redis/model"
	"pig/internal/value"
)

// state is a Redis cluster as it is.
type state struct{ health.Cluster }

// status compares a Redis cluster with the answers of its nodes. Roles are those that instances have now: a failover is no
// problem, a primary that nobody declared so is none either.
func status(r *Cluster, answers map[string]health.Answer) health.Cluster {
	c := &state{health.Cluster{Module: "redis", Name: r.Name}}
	states := map[string]*value.Dict{} // by address:port
	for _, m := range r.Members {
		a := answers[m.Name]
		for _, name := range health.Items(a.Part(aboutRedis, "strays")) {
			c.Passing = append(c.Passing, fmt.Sprintf("%s on %s is no longer declared, but still exists: to remove the instance, declare it again and run pig redis-rm %s", value.Str(name), m.Name, value.Str(name)))
		}
		byPort := portStates(a.Part(aboutRedis, "instances"))
		for _, i := range m.Instances {
			live := health.Member{Name: i.Name, Host: m.Name, Declared: declaredRole(r, i), At: model.Addr{Host: m.Name, Port: i.Port}.String()}
			live.Units = c.Units(i.Name, m.Name, a, []string{i.Name})
			if d := byPort[int64(i.Port)]; d != nil {
				states[live.At] = d
				c.redisMember(&live, d)
			}
			c.Members = append(c.Members, live)
		}
	}
	c.lags(states)
	switch r.Mode {
	case model.Native:
		c.slots(states, r)
	case model.Sentinels:
		c.watches(states)
	default:
		c.leads()
		c.strangerReplicas(states, r)
	}
	return c.Cluster
}

// strangerReplicas tells, of instances that replicate, who follows a declared one and who leads it without being declared.
func (c *state) strangerReplicas(states map[string]*value.Dict, r *Cluster) {
	known := r.Endpoints()
	for _, m := range r.Members {
		for _, i := range m.Instances {
			known = append(known, strings.Join(strings.Fields(i.ReplicaOf), ":")) // it may follow another cluster
		}
	}
	told := map[string]bool{}
	for _, at := range slices.Sorted(maps.Keys(states)) {
		d := states[at]
		if leader := value.Str(d.At("follows")); d.At("follows") != nil && !slices.Contains(known, leader) && !told[leader] && !r.Declared(leader) {
			told[leader] = true
			c.Stranger("%s leads %s and is not in the inventory: put it back", leader, at)
		}
		for _, f := range health.Items(d.At("followers")) {
			if name := value.Str(f); !slices.Contains(known, name) && !told[name] && !r.Declared(name) {
				told[name] = true
				c.Stranger("%s follows %s and is not in the inventory: put it back; to remove it, put it back and run pig redis-rm", name, at)
			}
		}
	}
}

func portStates(v value.Value) map[int64]*value.Dict {
	all := map[int64]*value.Dict{}
	if l, ok := v.(*value.List); ok {
		for _, item := range l.Items {
			if d, ok := item.(*value.Dict); ok {
				port, _ := d.At("port").(int64)
				all[port] = d
			}
		}
	}
	return all
}

// declaredRole is what the inventory says of an instance: a native cluster decides by itself.
func declaredRole(r *Cluster, i Instance) string {
	switch {
	case r.Mode == model.Native:
		return ""
	case r.Mode == model.Sentinels:
		return "sentinel"
	case i.ReplicaOf != "":
		return "replica"
	}
	return "primary"
}

// redisMember takes down what an instance says of itself.
func (c *state) redisMember(m *health.Member, d *value.Dict) {
	if e := d.At("error"); e != nil {
		m.State = "no answer"
		if !slices.ContainsFunc(m.Units, func(u health.Unit) bool { return u.State != "active" }) { // else that is told already
			c.Problem("%s: %s", m.Name, value.Str(e))
		}
		return
	}
	m.Live, m.State = value.Str(d.At("role")), "running"
	if m.Live != "sentinel" {
		offset, _ := d.At("offset").(int64)
		m.Offset = &offset
	}
	m.Slots, _ = d.At("slots").(int64)
	if m.Live == "replica" {
		m.State = value.Str(d.At("link"))
		if m.State != "connected" {
			c.Problem("%s is not connected to primary %s: %s", m.Name, value.Str(d.At("follows")), m.State)
		}
	}
}

// lags tells how many bytes each replica is behind the one that it follows.
func (c *state) lags(states map[string]*value.Dict) {
	for n := range c.Members {
		m := &c.Members[n]
		self := states[m.At]
		if m.Live != "replica" || m.Offset == nil || self == nil {
			continue
		}
		upstream := states[value.Str(self.At("follows"))]
		if upstream == nil {
			continue
		}
		lead, ok := upstream.At("offset").(int64)
		if !ok {
			continue
		}
		behind := max(lead-*m.Offset, 0)
		m.Lag = &behind
		if behind >= prpgsql.Lagging {
			c.Passing = append(c.Passing, fmt.Sprintf("%s lags %s behind", m.Name, health.Bytes(behind)))
		}
	}
}

// leads tells who leads, and clusters in which nobody does.
func (c *state) leads() {
	for _, m := range c.Members {
		if m.Live == "primary" && (c.Leader == "" || m.Declared == "primary") {
			c.Leader = m.Name
		}
	}
	if c.Leader == "" && len(c.Members) > 0 {
		c.Problem("no leader")
	}
}

// slots tells whether a native cluster serves all of its slots, by the word of each instance.
func (c *state) slots(states map[string]*value.Dict, r *Cluster) {
	covered, knows := int64(-1), map[string]int{}
	for _, at := range slices.Sorted(maps.Keys(states)) {
		d := states[at]
		if state := value.Str(d.At("cluster_state")); d.At("cluster_state") != nil && state != "ok" {
			c.Problem("%s reports cluster state %s", at, state)
		}
		if n, ok := d.At("covered").(int64); ok {
			covered = max(covered, n)
		}
		for _, k := range health.Items(d.At("known")) {
			knows[value.Str(k)]++
		}
	}
	c.strangerInstances(knows, len(states), r)
	if covered >= 0 {
		c.Slots = fmt.Sprintf("%d/%d", covered, model.Slots)
	}
	if covered < model.Slots {
		c.Problem("%d of %d slots are served", max(covered, 0), model.Slots)
	}
}

// strangerInstances tells who is in the cluster and not declared, and who is declared and not in it. knows tells how many of all
// that answer know an instance.
func (c *state) strangerInstances(knows map[string]int, all int, r *Cluster) {
	declared := r.Endpoints()
	for _, at := range slices.Sorted(maps.Keys(knows)) {
		if !slices.Contains(declared, at) {
			c.Stranger("%s is in the cluster and not in the inventory: put it back; to remove it, put it back and run pig redis-rm", at)
		}
	}
	for _, at := range declared {
		switch n := knows[at]; {
		case all == 0:
		case n == 0 || n == 1 && all > 1:
			c.Problem("%s is not in the cluster", at)
		case n < all-1:
			c.Problem("%d of %d instances do not know %s", all-n, all, at)
		}
	}
}

// watches tells what the sentinels see: primaries that are down, that they disagree about, or for which they could not act.
func (c *state) watches(states map[string]*value.Dict) {
	seen := map[string]map[string]bool{}
	for _, at := range slices.Sorted(maps.Keys(states)) {
		list, _ := states[at].At("watches").(*value.List)
		if list == nil {
			continue
		}
		for _, item := range list.Items {
			w, ok := item.(*value.Dict)
			if !ok {
				continue
			}
			name := value.Str(w.At("name"))
			if seen[name] == nil {
				seen[name] = map[string]bool{}
			}
			seen[name][value.Str(w.At("primary"))] = true
			if flags := value.Str(w.At("flags")); flags != "master" {
				c.Problem("%s reports %s at %s as %s", at, name, value.Str(w.At("primary")), flags)
			}
			if q := w.At("quorum"); q != nil {
				c.Problem("%s could not act for %s: %s", at, name, value.Str(q))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		if len(seen[name]) > 1 {
			c.Problem("sentinels report different primaries of %s: %v", name, slices.Sorted(maps.Keys(seen[name])))
		}
	}
}
