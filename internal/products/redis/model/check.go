package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The modes of a cluster.
const (
	Standalone = "standalone" // primaries with their replicas
	Native     = "cluster"    // a native cluster
	Sentinels  = "sentinel"   // those who watch others
)

// Topology is all that an inventory declares.
type Topology []*Cluster

// Cluster is what is declared of a cluster.
type Cluster struct {
	Name      string
	Mode      string
	Password  string
	Replicas  int               // of each primary of a native cluster
	Exporter  int               // the port of its exporter, 0 for none
	Renames   map[string]string // commands by other names, "" for those that are switched off
	Instances []Instance
	Monitors  []Monitor
}

// Instance is one server process.
type Instance struct {
	Name    string
	Addr    Addr
	Follows Addr // unknown for a primary
}

// Problem is something that is wrong with a topology.
type Problem struct {
	Cluster  string
	Instance string // its name, "" for the whole cluster
	Monitor  int    // which of its monitors from 1, 0 for none
	Warning  bool
	Msg      string
	Hint     string
}

// Find gives the instance at an address and its cluster.
func (t Topology) Find(a Addr) (*Cluster, Instance, bool) {
	for _, c := range t {
		for _, i := range c.Instances {
			if i.Addr == a {
				return c, i, true
			}
		}
	}
	return nil, Instance{}, false
}

// knowsHost tells whether any instance is on a host.
func (t Topology) knowsHost(host string) bool {
	return slices.ContainsFunc(t, func(c *Cluster) bool {
		return slices.ContainsFunc(c.Instances, func(i Instance) bool { return i.Addr.Host == host })
	})
}

// Root is the primary at the top of what i follows, as declared. ok is false where it follows in a circle.
func (t Topology) Root(i Instance) (root Addr, ok bool) {
	at := i
	for range 64 {
		if !at.Follows.Known() {
			return at.Addr, true
		}
		_, next, found := t.Find(at.Follows)
		if !found {
			return at.Follows, true
		}
		at = next
	}
	return Addr{}, false
}

// Group are all instances with the same root, in order.
func (t Topology) Group(root Addr) []Addr {
	var all []Addr
	for _, c := range t {
		for _, i := range c.Instances {
			if r, ok := t.Root(i); ok && r == root {
				all = append(all, i.Addr)
			}
		}
	}
	return all
}

// Check tells what is wrong with a topology.
func (t Topology) Check() []Problem {
	var all []Problem
	for _, c := range t {
		k := checker{topology: t, cluster: c}
		k.ports()
		k.renames()
		switch c.Mode {
		case Native:
			k.native()
		case Sentinels:
			k.sentinels()
		}
		for _, i := range c.Instances {
			k.follows(i)
		}
		all = append(all, k.found...)
	}
	return all
}

type checker struct {
	topology Topology
	cluster  *Cluster
	found    []Problem
}

func (k *checker) add(p Problem, format string, args ...any) {
	p.Cluster, p.Msg = k.cluster.Name, fmt.Sprintf(format, args...)
	k.found = append(k.found, p)
}

// ports tells ports that two need: an instance of a native cluster also needs the one 10000 above its own.
func (k *checker) ports() {
	taken := map[Addr]string{}
	claim := func(i Instance, port int, who string) {
		at := Addr{i.Addr.Host, port}
		switch other := taken[at]; {
		case port > 65535:
			k.add(Problem{Instance: i.Name, Hint: "choose a port below 55536"}, "invalid port %[2]d of %[1]s: want at most 65535", who, port)
		case other != "":
			k.add(Problem{Instance: i.Name, Hint: "change the port of one of them"}, "%s and %s have the same port %d on %s", other, who, port, at.Host)
		}
		taken[at] = who
	}
	for _, i := range k.cluster.Instances {
		if at := (Addr{i.Addr.Host, k.cluster.Exporter}); k.cluster.Exporter > 0 && taken[at] == "" {
			taken[at] = "redis_exporter"
		}
	}
	for _, i := range k.cluster.Instances {
		claim(i, i.Addr.Port, "instance "+i.Name)
	}
	for _, i := range k.cluster.Instances {
		if k.cluster.Mode == Native {
			claim(i, i.Addr.Port+10000, "the cluster bus of "+i.Name)
		}
	}
}

// renames refuses other names for commands that servers and sentinels use among themselves.
func (k *checker) renames() {
	for _, command := range slices.Sorted(maps.Keys(k.cluster.Renames)) {
		if slices.Contains(fixed, strings.ToLower(command)) {
			k.add(Problem{Hint: "remove the command from redis_rename_commands"}, "redis_rename_commands of %s renames %s, which instances send to each other", k.cluster.Name, command)
		}
	}
}

func (k *checker) native() {
	c := k.cluster
	if c.Replicas < 0 {
		k.add(Problem{}, "redis_cluster_replicas of %s is %d", c.Name, c.Replicas)
		return
	}
	if n := len(c.Instances) / (c.Replicas + 1); n < 3 {
		k.add(Problem{Hint: fmt.Sprintf("a native cluster needs 3 primaries: declare %d instances or more, or fewer redis_cluster_replicas", 3*(c.Replicas+1))},
			"%s has %d primaries: %d instances with %s for each primary", c.Name, n, len(c.Instances), count(c.Replicas, "replica"))
		return
	}
	var at []Addr
	for _, i := range c.Instances {
		at = append(at, i.Addr)
	}
	for _, s := range Place(at, c.Replicas) {
		if len(s.Replicas) > 0 && !slices.ContainsFunc(s.Replicas, func(a Addr) bool { return a.Host != s.Primary.Host }) {
			k.add(Problem{Warning: true, Hint: "spread the instances over more nodes"}, "primary %s of %s and its replica are on the same host: both fail with the host", s.Primary, c.Name)
			return
		}
	}
}

func (k *checker) follows(i Instance) {
	switch {
	case !i.Follows.Known():
		return
	case k.cluster.Mode != Standalone:
		k.add(Problem{Instance: i.Name, Hint: "remove replica_of"}, "invalid replica_of for %s: a %s cluster assigns replicas by itself", i.Name, k.cluster.Mode)
		return
	case i.Follows == i.Addr:
		k.add(Problem{Instance: i.Name}, "invalid replica_of for %s: the instance itself", i.Name)
		return
	}
	other, up, found := k.topology.Find(i.Follows)
	switch {
	case !found && k.topology.knowsHost(i.Follows.Host):
		k.add(Problem{Instance: i.Name, Hint: "declare the instance, or choose a declared one: " + k.portsOf(i.Follows.Host)},
			"invalid replica_of for %s: no instance is declared at %s", i.Name, i.Follows)
	case !found:
		k.add(Problem{Instance: i.Name, Warning: true}, "invalid replica_of for %s: %s not found in the inventory", i.Name, i.Follows)
	case other.Mode != Standalone:
		k.add(Problem{Instance: i.Name}, "invalid replica_of for %s: %s belongs to the %s cluster %s", i.Name, up.Name, other.Mode, other.Name)
	case other.Password != k.cluster.Password:
		k.add(Problem{Instance: i.Name, Hint: "set the same redis_password for the replicas and their primary"}, "invalid replica_of for %s: %s belongs to cluster %s, which has another password", i.Name, up.Name, other.Name)
	default:
		if _, ok := k.topology.Root(i); !ok {
			k.add(Problem{Instance: i.Name}, "invalid replica_of for %s: a circle of replicas", i.Name)
		}
	}
}

// portsOf are the ports that are declared on a host, for people.
func (k *checker) portsOf(host string) string {
	var all []string
	for _, c := range k.topology {
		for _, i := range c.Instances {
			if i.Addr.Host == host && c.Mode == Standalone {
				all = append(all, i.Addr.Words())
			}
		}
	}
	return strings.Join(all, ", ")
}

func (k *checker) sentinels() {
	c := k.cluster
	if len(c.Monitors) == 0 {
		k.add(Problem{Hint: "add a primary to monitor, such as redis_sentinel_monitor: [ { name: redis-ms, host: 10.10.10.10, port: 6379, quorum: 2 } ]"}, "redis_sentinel_monitor of %s is empty", c.Name)
	}
	if n := len(c.Instances); n < 3 {
		k.add(Problem{Warning: true, Hint: "declare three sentinels: a majority must survive the loss of one"}, "%s has %s", c.Name, count(n, "sentinel"))
	}
	for i, m := range c.Monitors {
		k.monitor(i+1, m)
	}
}

func (k *checker) monitor(number int, m Monitor) {
	at := Problem{Monitor: number}
	if m.Remove {
		return
	}
	if n := len(k.cluster.Instances); m.Quorum > n || m.Quorum < 1 {
		k.add(at, "quorum of %s is %d, but there %s", m.Name, m.Quorum, map[bool]string{true: "is 1 sentinel", false: fmt.Sprintf("are %d sentinels", n)}[n == 1])
	}
	if strings.ContainsAny(m.Password, " \t\"'") {
		// Sentinel writes "sentinel auth-pass NAME PASSWORD" without quotes, and does not start with such a line.
		at.Hint = "choose a password without blanks and quotes"
		k.add(at, "invalid password for %s: sentinels cannot store a password with spaces or quotes", m.Name)
		return
	}
	other, i, found := k.topology.Find(m.Primary)
	switch {
	case !found && k.topology.knowsHost(m.Primary.Host):
		at.Hint = "declared there: " + k.portsOf(m.Primary.Host)
		k.add(at, "invalid redis_sentinel_monitor %s: no instance is declared at %s", m.Name, m.Primary)
	case !found:
	case other.Mode != Standalone:
		k.add(at, "%s at %s is of the %s cluster %s, which sentinels cannot monitor", m.Name, m.Primary, other.Mode, other.Name)
	case i.Follows.Known():
		at.Hint = "name the primary of this replica"
		k.add(at, "%s at %s is declared to be a replica", m.Name, m.Primary)
	case other.off() != "":
		at.Hint = "choose another name for the command instead"
		k.add(at, "redis_rename_commands of %s switches %s off, and sentinels need it for a failover", other.Name, other.off())
	case other.Password != m.Password:
		at.Hint = "set the password to the redis_password of " + other.Name
		k.add(at, "the password for %s is not that of its cluster %s", m.Name, other.Name)
	}
}

// off is a command that sentinels use and that is switched off, "" if there is none.
func (c *Cluster) off() string {
	for _, command := range slices.Sorted(maps.Keys(c.Renames)) {
		if c.Renames[command] == "" && UsedBySentinels(command) {
			return command
		}
	}
	return ""
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
