package modules

import (
	"strings"
	"testing"

	"pig/internal/module/fake"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

func clusterArgs(endpoints ...value.Value) *value.Dict {
	return value.DictOf("name", "n", "endpoints", value.NewList(endpoints...), "replicas", int64(0), "timeout", int64(1))
}

// nativeNodes answers as instances of a cluster do: nodes by address, errDown for those that are missing.
func nativeNodes(nodes map[string]string, keys string) func(string, []string) any {
	return func(at string, command []string) any {
		text, up := nodes[at]
		switch {
		case !up:
			return errDown
		case command[0] == "CLUSTER" && command[1] == "NODES":
			return text
		case command[0] == "DBSIZE":
			return keys
		}
		return "OK"
	}
}

const (
	lone  = "aa a:1@10001 myself,master - 0 0 0 connected\n"
	three = "aa a:1@10001 myself,master - 0 0 1 connected 0-5460\nbb b:1@10001 master - 0 0 2 connected 5461-10921\ncc c:1@10001 master - 0 0 3 connected 10922-16383\n"
)

func seenFrom(id, text string) string {
	text = strings.Replace(text, "myself,", "", 1)
	return strings.Replace(text, id+":1@10001 ", id+":1@10001 myself,", 1)
}

func TestRedisClusterIsForeseen(t *testing.T) {
	t.Parallel()
	whole := map[string]string{"a:1": seenFrom("a", three), "b:1": seenFrom("b", three), "c:1": seenFrom("c", three)}
	for name, tc := range map[string]struct {
		nodes map[string]string
		args  *value.Dict
		want  string
	}{
		"nothing runs yet":     {nil, clusterArgs("a:1", "b:1", "c:1"), "redis cluster n create"},
		"all is there":         {whole, clusterArgs("a:1", "b:1", "c:1"), ""},
		"one more is to start": {whole, clusterArgs("a:1", "b:1", "c:1", "d:1"), "redis cluster member d:1 create"},
		"one of them is down":  {map[string]string{"a:1": whole["a:1"], "b:1": whole["b:1"]}, clusterArgs("a:1", "b:1", "c:1"), ""},
	} {
		f := newRedisNode(nativeNodes(tc.nodes, "0"))
		f.planned = true
		if r := f.run(t, "redis_cluster", tc.args); r.Failed != "" || fake.Keys(r.Changes) != tc.want {
			t.Errorf("%s: %q, %s", name, fake.Keys(r.Changes), r.Failed)
		}
	}
	f := newRedisNode(nativeNodes(nil, "0"))
	f.planned = true
	f.files["/d/nodes.conf"] = "aa a:1@1 myself,master - 0 0 1 connected 0-1\nbb b:1@1 master - 0 0 2 connected 2-3\n"
	args := clusterArgs("a:1", "b:1", "c:1")
	args.Set("own", value.NewList("/d/nodes.conf"))
	if r := f.run(t, "redis_cluster", args); fake.Keys(r.Changes) != "" {
		t.Errorf("a cluster that is down is made anew: %s", fake.Keys(r.Changes))
	}
}

// A move of a slot that was interrupted is ended, and a plan says so.
func TestAnInterruptedMoveOfASlotIsPlanned(t *testing.T) {
	t.Parallel()
	moving := strings.Replace(three, "0-5460\n", "0-5460 [5460->-bb]\n", 1)
	nodes := map[string]string{"a:1": moving, "b:1": seenFrom("b", three), "c:1": seenFrom("c", three)}
	for _, planned := range []bool{true, false} {
		f := newRedisNode(nativeNodes(nodes, "0"))
		f.planned = planned
		r := f.run(t, "redis_rebalance", value.DictOf("name", "n", "endpoints", value.NewList("a:1", "b:1", "c:1")))
		// b has one more then than its share, and a one less: c, which has as many as b, gives a one back.
		if want := "redis slots n a:1 to b:1 move; redis slots n c:1 to a:1 move"; r.Failed != "" || fake.Keys(r.Changes) != want || value.Str(r.Values.At("moved")) != "2" {
			t.Errorf("planned %v: %q, moved %v, %s", planned, fake.Keys(r.Changes), r.Values.At("moved"), r.Failed)
		}
		if sent := strings.Contains(f.commands("CLUSTER"), "a:1 CLUSTER SETSLOT 5460 MIGRATING bb"); sent == planned {
			t.Errorf("planned %v: sent %s", planned, f.commands("CLUSTER"))
		}
	}
}

// What a run refuses because of what runs, its plan refuses too.
func TestAPlanRefusesAnInstanceWithDataThatJoins(t *testing.T) {
	t.Parallel()
	f := newRedisNode(nativeNodes(map[string]string{"a:1": three, "b:1": seenFrom("b", three), "c:1": seenFrom("c", three), "d:1": strings.Replace(lone, "aa a", "dd d", 1)}, "7"))
	f.planned = true
	if r := f.run(t, "redis_cluster", clusterArgs("a:1", "b:1", "c:1", "d:1")); !strings.Contains(r.Failed, "would be lost") || len(r.Changes) > 0 {
		t.Errorf("%q, %s", r.Failed, fake.Keys(r.Changes))
	}
}

func TestRedisClusterRefuses(t *testing.T) {
	t.Parallel()
	other := strings.NewReplacer("aa ", "xx ", "a:1", "d:1", "b:1", "y:1", "c:1", "z:1").Replace(three)
	for name, tc := range map[string]struct {
		nodes map[string]string
		keys  string
		args  *value.Dict
		want  string
	}{
		"an instance that does not run":  {map[string]string{"a:1": lone, "b:1": strings.Replace(lone, "aa a", "bb b", 1)}, "0", clusterArgs("a:1", "b:1", "c:1"), "all instances must run"},
		"instances that hold data":       {map[string]string{"a:1": lone, "b:1": strings.Replace(lone, "aa a", "bb b", 1), "c:1": strings.Replace(lone, "aa a", "cc c", 1)}, "7", clusterArgs("a:1", "b:1", "c:1"), "has data"},
		"one of another cluster":         {map[string]string{"a:1": three, "b:1": seenFrom("b", three), "c:1": seenFrom("c", three), "d:1": other}, "0", clusterArgs("a:1", "b:1", "c:1", "d:1"), "does not belong to the cluster of the other instances"},
		"one that joins and holds data":  {map[string]string{"a:1": three, "b:1": seenFrom("b", three), "c:1": seenFrom("c", three), "d:1": strings.Replace(lone, "aa a", "dd d", 1)}, "7", clusterArgs("a:1", "b:1", "c:1", "d:1"), "would be lost"},
		"one that comes back without it": {map[string]string{"a:1": strings.Replace(three, "cc c:1@10001 master", "cc c:1@10001 master,fail", 1), "c:1": strings.Replace(lone, "aa a", "ee c", 1)}, "0", clusterArgs("a:1", "c:1"), "no other copy of its 5462 slots"},
	} {
		f := newRedisNode(nativeNodes(tc.nodes, tc.keys))
		r := f.run(t, "redis_cluster", tc.args)
		if !strings.Contains(r.Failed, tc.want) || len(r.Changes) > 0 {
			t.Errorf("%s: %q, %s", name, r.Failed, fake.Keys(r.Changes))
		}
		if got := f.commands("CLUSTER"); strings.Contains(got, "MEET") || strings.Contains(got, "ADDSLOTS") || strings.Contains(got, "FORGET") {
			t.Errorf("%s: it was begun: %s", name, got)
		}
	}
}

func TestRedisLeaveRefusesWhatWouldBeMissed(t *testing.T) {
	t.Parallel()
	args := func(more ...any) *value.Dict {
		d := value.DictOf("cluster", "n", "name", "n-1", "host", "a", "port", int64(1), "step", "lead", "endpoints", value.NewList("a:1", "b:1", "c:1"), "leaving", value.NewList("a:1"))
		d.Update(value.DictOf(more...))
		return d
	}
	f := newRedisNode(nativeNodes(map[string]string{"b:1": seenFrom("b", three), "c:1": seenFrom("c", three)}, "0"))
	if r := f.run(t, "redis_leave", args("mode", redis.Native)); !strings.Contains(r.Failed, "but needs 3") {
		t.Errorf("a third primary leaves: %q", r.Failed)
	}
	all := value.NewList("a:1", "b:1", "c:1")
	if r := f.run(t, "redis_leave", args("mode", redis.Native, "leaving", all)); r.Failed != "" || fake.Keys(r.Changes) != "" {
		t.Errorf("where all go: %q, %s", r.Failed, fake.Keys(r.Changes))
	}
	monitors := value.NewList(value.DictOf("name", "ms", "address", "x:1", "quorum", int64(2), "password", "", "remove", false))
	if r := f.run(t, "redis_leave", args("mode", redis.Sentinels, "leaving", value.NewList("a:1", "b:1"), "monitors", monitors)); !strings.Contains(r.Failed, "has a quorum of 2") {
		t.Errorf("too few sentinels: %q", r.Failed)
	}
	f = newRedisNode(func(at string, command []string) any {
		switch {
		case command[0] == "ROLE" && at == "a:1":
			return primary()
		case command[0] == "ROLE":
			return []any{"slave", "a", int64(1), "connected", int64(1)}
		}
		return "OK"
	})
	if r := f.run(t, "redis_leave", args("peers", value.NewList("b:1"))); !strings.Contains(r.Failed, "promote one of them first") {
		t.Errorf("a primary leaves its replicas: %q", r.Failed)
	}
}
