package model

import (
	"fmt"
	"strings"
	"testing"
)

func instances(name, text string) []Instance {
	var all []Instance
	for _, a := range addrs(text) {
		all = append(all, Instance{Name: fmt.Sprintf("%s-%s-%d", name, a.Host, a.Port), Addr: a})
	}
	return all
}

func TestCheck(t *testing.T) {
	t.Parallel()
	ms := func() *Cluster {
		return &Cluster{Name: "ms", Mode: Standalone, Password: "p", Instances: instances("ms", "a:1,2 b:1")}
	}
	sentinels := func(m ...Monitor) *Cluster {
		return &Cluster{Name: "s", Mode: Sentinels, Instances: instances("s", "c:1,2,3"), Monitors: m}
	}
	follow := func(c *Cluster, i int, a Addr) *Cluster { c.Instances[i].Follows = a; return c }
	with := func(c *Cluster, f func(*Cluster)) *Cluster { f(c); return c }
	good := Monitor{Name: "ms", Primary: Addr{"a", 1}, Quorum: 2, Password: "p"}
	edit := func(f func(*Monitor)) Monitor { m := good; f(&m); return m }
	for name, tc := range map[string]struct {
		topology Topology
		want     string // a part of the only problem, "" for none
		warning  bool
	}{
		"all is well":                    {Topology{follow(ms(), 1, Addr{"a", 1}), sentinels(good)}, "", false},
		"a port that is not declared":    {Topology{follow(ms(), 1, Addr{"a", 9})}, "no instance is declared at", false},
		"a host that is not known":       {Topology{follow(ms(), 1, Addr{"z", 1})}, "not found in the inventory", true},
		"itself":                         {Topology{follow(ms(), 1, Addr{"a", 2})}, "the instance itself", false},
		"one of a native cluster":        {Topology{follow(ms(), 1, Addr{"n", 1}), {Name: "n", Mode: Native, Replicas: 0, Instances: instances("n", "n:1 o:1 p:1")}}, "to the cluster cluster n", false},
		"one with another password":      {Topology{follow(ms(), 1, Addr{"x", 1}), {Name: "x", Mode: Standalone, Password: "q", Instances: instances("x", "x:1")}}, "another password", false},
		"replica_of in a native cluster": {Topology{{Name: "n", Mode: Native, Instances: follow(&Cluster{Instances: instances("n", "n:1 o:1 p:1")}, 0, Addr{"o", 1}).Instances}}, "assigns replicas by itself", false},
		"too few primaries":              {Topology{{Name: "n", Mode: Native, Replicas: 1, Instances: instances("n", "a:1,2,3 b:1,2")}}, "has 2 primaries: 5 instances with 1 replica for each", false},
		"all on one node":                {Topology{{Name: "n", Mode: Native, Replicas: 1, Instances: instances("n", "a:1,2,3,4,5,6")}}, "are on the same host", true},
		"a bus beyond the last port":     {Topology{{Name: "n", Mode: Native, Instances: instances("n", "a:60000 b:1 c:1")}}, "want at most 65535", false},
		"a bus on another's port":        {Topology{{Name: "n", Mode: Native, Instances: instances("n", "a:6379,16379 b:1 c:1")}}, "have the same port 16379", false},
		"the exporter's port":            {Topology{with(ms(), func(c *Cluster) { c.Exporter = 2 })}, "redis_exporter and instance ms-a-2 have the same port", false},
		"nothing to watch":               {Topology{sentinels()}, "redis_sentinel_monitor of", false},
		"two sentinels":                  {Topology{ms(), {Name: "s", Mode: Sentinels, Instances: instances("s", "c:1,2"), Monitors: []Monitor{good}}}, "2 sentinels", true},
		"a quorum of too many":           {Topology{ms(), sentinels(edit(func(m *Monitor) { m.Quorum = 4 }))}, "quorum of ms is 4", false},
		"watching where nothing is":      {Topology{ms(), sentinels(edit(func(m *Monitor) { m.Primary.Port = 7 }))}, "no instance is declared at", false},
		"watching elsewhere":             {Topology{ms(), sentinels(edit(func(m *Monitor) { m.Primary.Host = "z" }))}, "", false},
		"watching a replica":             {Topology{follow(ms(), 1, Addr{"a", 1}), sentinels(edit(func(m *Monitor) { m.Primary.Port = 2 }))}, "declared to be a replica", false},
		"another password for them":      {Topology{ms(), sentinels(edit(func(m *Monitor) { m.Password = "q" }))}, "not that of its cluster", false},
		"not watching any more":          {Topology{ms(), sentinels(edit(func(m *Monitor) { m.Remove, m.Quorum = true, 9 }))}, "", false},
		"a command that sentinels need":  {Topology{with(ms(), func(c *Cluster) { c.Renames = map[string]string{"CONFIG": ""} }), sentinels(good)}, "switches CONFIG off", false},
		"a command of replication":       {Topology{with(ms(), func(c *Cluster) { c.Renames = map[string]string{"Psync": "x"} })}, "renames Psync", false},
	} {
		found := tc.topology.Check()
		switch {
		case tc.want == "" && len(found) > 0:
			t.Errorf("%s: %+v", name, found)
		case tc.want == "":
		case len(found) != 1 || !strings.Contains(found[0].Msg, tc.want) || found[0].Warning != tc.warning:
			t.Errorf("%s: %+v, want %q", name, found, tc.want)
		}
	}
	circle := follow(follow(ms(), 0, Addr{"a", 2}), 1, Addr{"a", 1})
	if found := (Topology{circle}).Check(); len(found) != 2 || !strings.Contains(found[0].Msg, "a circle of replicas") {
		t.Errorf("a circle: %+v", found)
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	c := &Cluster{Mode: Standalone, Instances: instances("x", "a:1,2,3 b:1,2")}
	c.Instances[1].Follows, c.Instances[3].Follows = Addr{"a", 1}, Addr{"a", 2} // b:1 follows a:2, which follows a:1
	if got := fmt.Sprint((Topology{c}).Group(Addr{"a", 1})); got != "[a:1 a:2 b:1]" {
		t.Errorf("got %s", got)
	}
}
