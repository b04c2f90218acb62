package graph

import (
	"slices"
	"testing"
	"time"
)

func TestLongest(t *testing.T) {
	t.Parallel()
	g := New[int]()
	for _, n := range []string{"infra", "node", "etcd", "pgsql", "monitor"} {
		g.Add(n, 0)
	}
	g.After("node", "infra")
	g.After("etcd", "infra")
	g.After("pgsql", "node", "etcd")
	g.After("monitor", "infra")
	took := map[string]time.Duration{"infra": 30, "node": 10, "etcd": 20, "pgsql": 25, "monitor": 40}
	if way, total := g.Longest(took); !slices.Equal(way, []string{"infra", "etcd", "pgsql"}) || total != 75 {
		t.Errorf("%v, %v", way, total)
	}
	took["monitor"] = 60
	if way, total := g.Longest(took); !slices.Equal(way, []string{"infra", "monitor"}) || total != 90 {
		t.Errorf("%v, %v", way, total)
	}
	if way, total := New[int]().Longest(nil); len(way) > 0 || total != 0 {
		t.Errorf("of nothing: %v, %v", way, total)
	}
}
