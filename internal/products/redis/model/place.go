package model

import "slices"

// Shard is a primary of a native cluster with those that are to replicate it.
type Shard struct {
	Primary  Addr
	Replicas []Addr
	Slots    Range
}

// Place divides instances into shards with so many replicas each: primaries on as many hosts as there are, each replica on
// another host than its primary where that is possible. What is over after that replicates too. The order of instances decides,
// so that a plan and its apply agree.
func Place(instances []Addr, replicas int) []Shard {
	order := alternate(instances)
	primaries := len(order) / (replicas + 1)
	shards := make([]Shard, 0, primaries)
	for i, a := range order[:primaries] {
		shards = append(shards, Shard{Primary: a, Slots: share(i, primaries)})
	}
	rest := slices.Clone(order[primaries:])
	for round := 0; len(rest) > 0 && primaries > 0; round++ {
		for i := range shards {
			if len(rest) == 0 {
				break
			}
			at := slices.IndexFunc(rest, func(a Addr) bool { return !shards[i].on(a.Host) })
			if at < 0 {
				at = slices.IndexFunc(rest, func(a Addr) bool { return a.Host != shards[i].Primary.Host })
			}
			at = max(at, 0)
			shards[i].Replicas = append(shards[i].Replicas, rest[at])
			rest = slices.Delete(rest, at, at+1)
		}
	}
	unite(shards)
	return shards
}

// unite swaps replicas between shards where that parts one from the host of its primary: the last to choose may have had no
// choice left.
func unite(shards []Shard) {
	for i := range shards {
		for r, a := range shards[i].Replicas {
			if a.Host != shards[i].Primary.Host {
				continue
			}
			swap(shards, i, r)
		}
	}
}

func swap(shards []Shard, i, r int) {
	mine := shards[i].Replicas[r]
	for j := range shards {
		for q, other := range shards[j].Replicas {
			if other.Host != shards[i].Primary.Host && mine.Host != shards[j].Primary.Host {
				shards[i].Replicas[r], shards[j].Replicas[q] = other, mine
				return
			}
		}
	}
}

// on tells whether any of the shard is on a host.
func (s Shard) on(host string) bool {
	return s.Primary.Host == host || slices.ContainsFunc(s.Replicas, func(a Addr) bool { return a.Host == host })
}

// share is the i-th of n equal parts of all slots.
func share(i, n int) Range { return Range{i * Slots / n, (i+1)*Slots/n - 1} }

// alternate orders instances so that hosts take turns.
func alternate(instances []Addr) []Addr {
	var hosts []string
	byHost := map[string][]Addr{}
	for _, a := range instances {
		if byHost[a.Host] == nil {
			hosts = append(hosts, a.Host)
		}
		byHost[a.Host] = append(byHost[a.Host], a)
	}
	var order []Addr
	for len(order) < len(instances) {
		for _, h := range hosts {
			if len(byHost[h]) > 0 {
				order = append(order, byHost[h][0])
				byHost[h] = byHost[h][1:]
			}
		}
	}
	return order
}

// Join is what an instance becomes that joins a cluster: a primary without slots if Leader is "", else a replica of that node.
type Join struct {
	Addr   Addr
	Leader string // the ID of a node, or the address of another one that joins
	// Moves says that it is in the cluster already, and replicates another one from now on.
	Moves bool
}

// Joins decides what new instances of a cluster become, of which so many are declared in all: primaries as long as there are
// fewer than the cluster is to have, then replicas of those that have the fewest, on another host if possible.
func Joins(v View, joiners []Addr, declared, replicas int) []Join {
	type leader struct {
		id, host string
		replicas int
	}
	var leaders []leader
	for _, n := range v {
		if n.Primary() && !n.Has("noaddr") && (n.Slots() > 0 || n.Up()) {
			leaders = append(leaders, leader{n.ID, n.Addr.Host, len(v.Followers(n.ID))})
		}
	}
	wanted := declared / (replicas + 1)
	var all []Join
	for _, a := range alternate(joiners) {
		if len(leaders) < wanted {
			leaders = append(leaders, leader{a.String(), a.Host, 0})
			all = append(all, Join{Addr: a})
			continue
		}
		best := -1
		for i, l := range leaders {
			if best < 0 {
				best = i
				continue
			}
			b := leaders[best]
			if l.replicas < b.replicas || l.replicas == b.replicas && l.host != a.Host && b.host == a.Host {
				best = i
			}
		}
		if best < 0 {
			all = append(all, Join{Addr: a})
			continue
		}
		leaders[best].replicas++
		all = append(all, Join{Addr: a, Leader: leaders[best].id})
	}
	return part(v, all)
}

// part sees to it that new primaries have their replicas on other hosts: a replica that is there already goes over to the new
// primary, and the new one on that one's host takes its place.
func part(v View, joins []Join) []Join {
	moved := map[string]bool{}
	var more []Join
	for i, j := range joins {
		leader, err := ParseAddr(j.Leader)
		if err != nil || leader.Host != j.Addr.Host { // the ID of a node, or one that is elsewhere
			continue
		}
		for _, r := range v {
			l, ok := v.ByID(r.Leader)
			if ok && r.Up() && !moved[r.ID] && r.Addr.Host != leader.Host && l.Up() && l.Addr.Host != j.Addr.Host {
				moved[r.ID] = true
				joins[i].Leader = l.ID
				more = append(more, Join{Addr: r.Addr, Leader: j.Leader, Moves: true})
				break
			}
		}
	}
	return append(joins, more...)
}
