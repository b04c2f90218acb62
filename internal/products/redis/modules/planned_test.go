package modules

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"

	"pig/internal/module/fake"
	"pig/internal/value"
)

// A run and its plan come to the same, whatever is the matter with the cluster: what the plan shows is done, and what fails in the run fails in the plan.
func TestARedisClusterIsPlannedAsItIsChanged(t *testing.T) {
	const (
		fourth   = "dd d:1@10001 master - 0 0 0 connected\n"
		replica  = "rr r:1@10001 slave cc 0 0 3 disconnected\n"
		gone     = "cc :0@0 master,noaddr - 0 0 3 disconnected 10922-16383\n"
		taken    = "rr r:1@10001 master - 0 0 4 connected 10922-16383\n"
		forsaken = "cc :0@0 master,noaddr - 0 0 3 disconnected\n"
	)
	firstTwo := strings.Join(strings.SplitAfter(three, "\n")[:2], "")
	seen := func(text string, ids ...string) map[string]string {
		nodes := map[string]string{}
		for _, id := range ids {
			nodes[id+":1"] = seenFrom(id, text)
		}
		return nodes
	}
	alone := func(id string) string { return strings.Replace(lone, "aa a", id+id+" "+id, 1) }
	for name, c := range map[string]struct {
		nodes, after map[string]string // before and after a command with the word turn
		turn, keys   string
		args         *value.Dict
		changes      string
		failed       string
	}{
		"one joins while another one is down": {
			nodes: with(seen(three+replica, "a", "b", "c"), "d:1", alone("d")), turn: "MEET", after: seen(three+replica+fourth, "a", "b", "c", "d"),
			args: clusterArgs("a:1", "b:1", "c:1", "r:1", "d:1"), changes: "redis cluster member d:1 create",
		},
		"one is lost for good": {
			nodes: seen(firstTwo+gone+strings.Replace(replica, "disconnected", "connected", 1), "a", "b", "r"), turn: "TAKEOVER", after: seen(firstTwo+forsaken+taken, "a", "b", "r"),
			args: clusterArgs("a:1", "b:1", "r:1"), changes: "redis cluster n failover; redis cluster member cc delete",
		},
		"instances with data, none of which is in a cluster": {
			nodes: map[string]string{"a:1": alone("a"), "b:1": alone("b"), "c:1": alone("c")}, keys: "7",
			args: clusterArgs("a:1", "b:1", "c:1"), failed: "has data",
		},
	} {
		for _, planned := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, planned %v", name, planned), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					nodes := maps.Clone(c.nodes)
					f := newRedisNode(nil)
					f.answer = func(at string, command []string) any {
						if c.turn != "" && strings.Contains(strings.Join(command, " "), c.turn) {
							nodes = c.after
						}
						keys := c.keys
						if keys == "" {
							keys = "0"
						}
						return nativeNodes(nodes, keys)(at, command)
					}
					f.planned = planned
					r := f.run(t, "redis_cluster", c.args)
					if fake.Keys(r.Changes) != c.changes || !strings.Contains(r.Failed, c.failed) || (r.Failed != "") != (c.failed != "") {
						t.Errorf("%q, %s", fake.Keys(r.Changes), r.Failed)
					}
					if commands := f.commands("CLUSTER"); planned && (strings.Contains(commands, "MEET") || strings.Contains(commands, "TAKEOVER") || strings.Contains(commands, "FORGET")) {
						t.Errorf("a plan did something: %s", commands)
					}
				})
			})
		}
	}
	// Those that do not run yet are taken for empty; those that do are asked.
	f := newRedisNode(nativeNodes(map[string]string{"a:1": alone("a"), "b:1": alone("b")}, "7"))
	f.planned = true
	if r := f.run(t, "redis_cluster", clusterArgs("a:1", "b:1", "c:1")); !strings.Contains(r.Failed, "has data") || len(r.Changes) > 0 {
		t.Errorf("one is still to start: %q, %s", r.Failed, fake.Keys(r.Changes))
	}
}

func with(nodes map[string]string, at, text string) map[string]string {
	nodes[at] = text
	return nodes
}
