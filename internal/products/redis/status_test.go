package redis

import (
	"os"
	"slices"
	"strings"
	"testing"

	"pig/internal/health"
	"pig/internal/inventory"
	"pig/internal/product"
	"pig/internal/products/node"
	"pig/internal/value"
)

func redisEnv(t *testing.T) *product.Environment {
	t.Helper()
	file := t.TempDir() + "/i.yml"
	text := `all:
  children:
    ms: { hosts: { a: { redis_node: 1, redis_instances: { 1: {}, 2: { replica_of: 'a 1' } } } }, vars: { redis_cluster: ms } }
    s: { hosts: { b: { redis_node: 1, redis_instances: { 1: {}, 2: {}, 3: {} } } }, vars: { redis_cluster: s, redis_mode: sentinel, redis_sentinel_monitor: [ { name: ms, host: a, port: 1 } ] } }
    n: { hosts: { c: { redis_node: 1, redis_instances: { 1: {}, 2: {}, 3: {} } } }, vars: { redis_cluster: n, redis_mode: cluster, redis_cluster_replicas: 0 } }
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	inv, _, err := inventory.Load([]string{file}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env, _ := product.Resolve(inv, []product.Product{node.Product{}, Product{}}, product.Options{})
	return env
}

func answer(units []string, states ...*value.Dict) health.Answer {
	a := health.Answer{Units: map[string]string{}}
	for _, u := range units {
		a.Units[u] = "active"
	}
	l := value.NewList()
	for i, d := range states {
		d.Set("port", int64(i+1))
		l.Append(d)
	}
	a.Said = map[string]health.Said{aboutRedis: {Values: value.DictOf("instances", l)}}
	return a
}

func TestRedisAfterAFailoverIsWell(t *testing.T) {
	t.Parallel()
	env := redisEnv(t)
	a := answer([]string{"ms-1-1", "ms-1-2"}, value.DictOf("role", "replica", "follows", "a:2", "link", "connected", "offset", int64(90)), value.DictOf("role", "primary", "offset", int64(100)))
	c := status(ClusterOf(env, "ms"), map[string]health.Answer{"a": a})
	if len(c.Problems) > 0 || c.Leader != "ms-1-2" || c.Members[0].Lag == nil || *c.Members[0].Lag != 10 || c.Members[0].Declared != "primary" {
		t.Errorf("%+v", c)
	}
}

func TestRedisTroubleIsTold(t *testing.T) {
	t.Parallel()
	env := redisEnv(t)
	three := func(name string) []string { return []string{name + "-1-1", name + "-1-2", name + "-1-3"} }
	node := func(state string, slots, covered int64, known ...value.Value) *value.Dict {
		return value.DictOf("role", "primary", "cluster_state", state, "slots", slots, "covered", covered, "known", value.NewList(known...))
	}
	watch := func(primary, flags string, quorum any) *value.Dict {
		w := value.DictOf("name", "ms", "primary", primary, "flags", flags)
		if quorum != nil {
			w.Set("quorum", quorum)
		}
		return value.DictOf("role", "sentinel", "watches", value.NewList(w))
	}
	for name, tc := range map[string]struct {
		cluster, host string
		answer        health.Answer
		want          []string
	}{
		"nobody leads, and a link is down": {"ms", "a", answer([]string{"ms-1-1", "ms-1-2"}, value.DictOf("role", "replica", "follows", "a:2", "link", "connect"), value.DictOf("role", "replica", "follows", "a:1", "link", "connect")),
			[]string{"ms-1-1 is not connected to primary a:2", "ms-1-2 is not connected", "no leader"}},
		"one is stopped":             {"ms", "a", answer([]string{"ms-1-1"}, value.DictOf("role", "primary"), value.DictOf("error", "refused")), []string{"ms-1-2 is unknown on a"}},
		"one lags":                   {"ms", "a", answer([]string{"ms-1-1", "ms-1-2"}, value.DictOf("role", "primary", "offset", int64(200<<20)), value.DictOf("role", "replica", "follows", "a:1", "link", "connected", "offset", int64(1))), []string{"lags 200.0 MB"}},
		"the native cluster is well": {"n", "c", answer(three("n"), node("ok", 5461, 16384, "c:1", "c:2", "c:3"), node("ok", 5461, 16384, "c:1", "c:2", "c:3"), node("ok", 5462, 16384, "c:1", "c:2", "c:3")), nil},
		"slots are missing, one is a stranger, one is not in": {"n", "c", answer(three("n"), node("fail", 5461, 10922, "c:1", "c:2", "d:9"), node("ok", 5461, 10922, "c:1", "c:2"), node("ok", 0, 10, "c:3")),
			[]string{"c:1 reports cluster state fail", "d:9 is in the cluster and not in the inventory", "c:3 is not in the cluster", "10922 of 16384 slots"}},
		"sentinels disagree": {"s", "b", answer(three("s"), watch("a:1", "master", nil), watch("a:2", "master,o_down", nil), watch("a:1", "master", "NOQUORUM")),
			[]string{"b:2 reports ms at a:2 as master,o_down", "b:3 could not act for ms: NOQUORUM", "sentinels report different primaries of ms"}},
	} {
		c := status(ClusterOf(env, tc.cluster), map[string]health.Answer{tc.host: tc.answer})
		told := append(c.Problems, c.Passing...)
		if len(told) != len(tc.want) {
			t.Errorf("%s: %q", name, told)
		}
		for _, w := range tc.want {
			if !slices.ContainsFunc(told, func(p string) bool { return strings.Contains(p, w) }) {
				t.Errorf("%s: no %q in %q", name, w, told)
			}
		}
	}
}

func TestRedisStrangersAreTold(t *testing.T) {
	t.Parallel()
	env := redisEnv(t)
	units := []string{"ms-1-1", "ms-1-2"}
	follows := func(leader string) *value.Dict {
		return value.DictOf("role", "replica", "follows", leader, "link", "connected", "offset", int64(9))
	}
	leads := func(followers ...string) *value.Dict {
		return value.DictOf("role", "primary", "offset", int64(9), "followers", value.Strings(followers))
	}
	for want, a := range map[string]health.Answer{
		"": answer(units, leads("a:2"), follows("a:1")),
		"z:1 leads a:2 and is not in the inventory: put it back":                                                   answer(units, leads(), follows("z:1")),
		"z:2 follows a:1 and is not in the inventory: put it back; to remove it, put it back and run pig redis-rm": answer(units, leads("a:2", "z:2"), follows("a:1")),
	} {
		if got := strings.Join(status(ClusterOf(env, "ms"), map[string]health.Answer{"a": a}).Strangers, "\n"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
