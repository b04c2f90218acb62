package modules

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

// fakeCluster is a cluster of Patroni that does what it is told at once.
type fakeCluster struct {
	mu      sync.Mutex
	leader  string
	members []string
	pending map[string]bool
	ill     string
	config  map[string]any
	calls   []string
	busy    int // patches that are refused as long as etcd does not answer
}

func (k *fakeCluster) http(r node.Request) (node.Response, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	host, path, _ := strings.Cut(strings.TrimPrefix(r.URL, "http://"), "/")
	answer := func(v any) (node.Response, error) {
		body, _ := json.Marshal(v)
		return node.Response{Status: 200, Body: body}, nil
	}
	switch {
	case path == "cluster":
		list := []map[string]any{}
		for _, m := range k.members {
			role, state := "replica", "streaming"
			if m == k.leader {
				role, state = "leader", "running"
			}
			if m == k.ill {
				state = "start failed"
			}
			list = append(list, map[string]any{"name": m, "role": role, "state": state, "lag": 0, "api_url": "http://" + m + "/patroni"})
		}
		return answer(map[string]any{"scope": "pg", "members": list, "pause": k.config["pause"] == true})
	case path == "config" && r.Method == "PATCH" && k.busy > 0:
		k.busy--
		return node.Response{Status: 503, Body: []byte("no answer of etcd")}, nil
	case path == "config" && r.Method == "PATCH":
		k.calls = append(k.calls, "patch "+string(r.Body))
		return answer("ok")
	case path == "config":
		return answer(k.config)
	case path == "patroni":
		return answer(map[string]any{"pause": k.paused(), "state": "running", "replication_state": "streaming", "pending_restart": k.pending[host], "patroni": map[string]any{"version": "4.0.7", "scope": "pg"}})
	case path == "restart" && r.Method == "POST":
		k.calls = append(k.calls, "restart "+host)
		delete(k.pending, host)
		return answer("ok")
	case path == "switchover" && r.Method == "POST":
		var body struct{ Leader, Candidate string }
		_ = json.Unmarshal(r.Body, &body)
		k.calls = append(k.calls, "switchover "+body.Leader+" "+body.Candidate)
		k.leader = body.Candidate
		delete(k.pending, body.Leader)
		return answer("ok")
	}
	return node.Response{Status: 404}, nil
}

// paused is what members know: the last patch, or the configuration before there is one.
func (k *fakeCluster) paused() bool {
	for _, call := range slices.Backward(k.calls) {
		if strings.HasPrefix(call, "patch ") {
			return strings.Contains(call, `"pause":true`)
		}
	}
	return k.config["pause"] == true
}

func TestPatroniRestart(t *testing.T) {
	t.Parallel()
	all := func(names ...string) map[string]bool {
		m := map[string]bool{}
		for _, n := range names {
			m[n] = true
		}
		return m
	}
	for name, c := range map[string]struct {
		members []string
		pending map[string]bool
		ill     string
		args    []value.Value
		calls   string
		failed  string
	}{
		"nothing waits":          {members: []string{"a", "b", "c"}},
		"all wait":               {members: []string{"a", "b", "c"}, pending: all("a", "b", "c"), calls: "restart b, restart c, switchover a b"},
		"only a replica":         {members: []string{"a", "b", "c"}, pending: all("c"), calls: "restart c"},
		"alone":                  {members: []string{"a"}, pending: all("a"), calls: "restart a"},
		"no switchover":          {members: []string{"a", "b"}, pending: all("a", "b"), args: []value.Value{"switchover", false}, calls: "restart b, restart a"},
		"less of something":      {members: []string{"a", "b"}, pending: all("a", "b"), args: []value.Value{"shrinks", true}, calls: "restart a, restart b"},
		"one is not well":        {members: []string{"a", "b", "c"}, pending: all("a", "b"), ill: "c", failed: "c is start failed"},
		"ill, but nothing to do": {members: []string{"a", "b", "c"}, ill: "c"},
		"forced":                 {members: []string{"a", "b"}, args: []value.Value{"force", true, "members", value.NewList("b")}, calls: "restart b"},
		"one listens elsewhere":  {members: []string{"a", "b", "c"}, pending: all("c"), args: []value.Value{"moves", value.NewList("c", "gone")}, calls: "restart c"},
		"a stranger":             {members: []string{"a", "b"}, args: []value.Value{"members", value.NewList("z")}, failed: "has no member z"},
	} {
		k := &fakeCluster{leader: "a", members: c.members, pending: c.pending, ill: c.ill}
		f := &fake.Node{OnHTTP: k.http, OnExec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }, States: map[string]node.Unit{}}
		args := value.DictOf(append([]value.Value{"url", "http://a"}, c.args...)...)
		r := moduletest.Run(t, Table(), f, "patroni_restart", args)
		if strings.Join(k.calls, ", ") != c.calls || !strings.Contains(r.Failed, c.failed) || (r.Failed != "") != (c.failed != "") {
			t.Errorf("%s: %v, %q", name, k.calls, r.Failed)
		}
		if r.Changed != (c.calls != "") {
			t.Errorf("%s: changed is %v", name, r.Changed)
		}
	}
}

func TestPatroniRestartInAPlan(t *testing.T) {
	t.Parallel()
	for name, expected := range map[string]value.Value{"known": true, "unknown": value.Unknown{Why: "x"}} {
		k := &fakeCluster{leader: "a", members: []string{"a", "b", "c"}}
		f := &fake.Node{Planned: true, OnHTTP: k.http}
		r := moduletest.Run(t, Table(), f, "patroni_restart", value.DictOf("url", "http://a", "expected", expected))
		if want := "patroni member b restart; patroni member c restart; patroni cluster pg switchover"; fake.Keys(r.Changes) != want || len(k.calls) != 0 {
			t.Errorf("%s: %s, %v, %s", name, fake.Keys(r.Changes), k.calls, r.Failed)
		}
	}
	k := &fakeCluster{leader: "a", members: []string{"a", "b", "c"}}
	f := &fake.Node{Planned: true, OnHTTP: k.http, Facts: map[string]string{}}
	if r := moduletest.Run(t, Table(), f, "patroni_restart", value.DictOf("url", "http://a", "moves", value.NewList("c"))); fake.Keys(r.Changes) != "patroni member c restart" {
		t.Errorf("one moves: %s, %s", fake.Keys(r.Changes), r.Failed)
	}
	k.config = map[string]any{"pause": true}
	if r := moduletest.Run(t, Table(), f, "patroni_restart", value.DictOf("url", "http://a", "moves", value.NewList("c"))); !strings.Contains(r.Failed, "maintenance") {
		t.Errorf("paused: %s, %s", fake.Keys(r.Changes), r.Failed)
	}
	k.config = map[string]any{"pause": true, "paused_by": "pig"}
	if r := moduletest.Run(t, Table(), f, "patroni_pause", value.DictOf("url", "http://a", "cluster", "pg", "state", "resumed")); fake.Keys(r.Changes) != "patroni cluster pg resume" {
		t.Errorf("resumes: %s, %s", fake.Keys(r.Changes), r.Failed)
	}
	if r := moduletest.Run(t, Table(), f, "patroni_restart", value.DictOf("url", "http://a", "moves", value.NewList("c"))); fake.Keys(r.Changes) != "patroni member c restart" {
		t.Errorf("resumed: %s, %s", fake.Keys(r.Changes), r.Failed)
	}
	f = &fake.Node{Planned: true, OnHTTP: func(node.Request) (node.Response, error) { return node.Response{}, node.ErrNotYet }}
	if r := moduletest.Run(t, Table(), f, "patroni_restart", value.DictOf("url", "http://a", "expected", true)); fake.Keys(r.Changes) != "" || r.Failed != "" || r.Changed != false {
		t.Errorf("%+v", r)
	}
}

func TestPatroniPause(t *testing.T) {
	t.Parallel()
	const pauses, resumes = `patch {"pause":true,"paused_by":"pig"}`, `patch {"pause":null,"paused_by":null}`
	for name, c := range map[string]struct {
		config map[string]any
		state  string
		calls  string
	}{
		"to pause":              {config: map[string]any{"ttl": 30}, state: "paused", calls: pauses},
		"paused already":        {config: map[string]any{"pause": true, "paused_by": "pig"}, state: "paused"},
		"resumed by somebody":   {config: map[string]any{"paused_by": "pig"}, state: "paused", calls: pauses},
		"paused by an other":    {config: map[string]any{"pause": true}, state: "resumed"},
		"to pause for good":     {config: map[string]any{"pause": true}, state: "paused", calls: pauses},
		"to resume":             {config: map[string]any{"pause": true, "paused_by": "pig"}, state: "resumed", calls: resumes},
		"nothing to be resumed": {state: "resumed"},
	} {
		for _, planned := range []bool{false, true} {
			k := &fakeCluster{leader: "a", members: []string{"a", "b"}, config: c.config}
			r := moduletest.Run(t, Table(), &fake.Node{Planned: planned, OnHTTP: k.http}, "patroni_pause", value.DictOf("url", "http://a", "cluster", "pg", "state", c.state))
			if r.Failed != "" || r.Changed != (c.calls != "") || !planned && strings.Join(k.calls, ", ") != c.calls || planned && len(k.calls) > 0 {
				t.Errorf("%s, planned %v: %v, changed %v, %s", name, planned, k.calls, r.Changed, r.Failed)
			}
		}
	}
	f := &fake.Node{Planned: true, OnHTTP: func(r node.Request) (node.Response, error) {
		if r.Change == nil {
			return node.Response{}, node.ErrNotYet
		}
		return node.Response{Status: 200}, nil
	}}
	if r := moduletest.Run(t, Table(), f, "patroni_pause", value.DictOf("url", "http://a", "cluster", "pg", "state", "paused")); fake.Keys(r.Changes) != "patroni cluster pg pause" {
		t.Errorf("before there is a cluster: %s, %s", fake.Keys(r.Changes), r.Failed)
	}
}

// Patroni answers 503 while etcd elects a leader: a patch is sent again.
func TestAPatchIsSentAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for busy, failed := range map[int]string{2: "", 1 << 20: "503"} {
			k := &fakeCluster{leader: "a", members: []string{"a", "b"}, config: map[string]any{"ttl": 30}, busy: busy}
			r := moduletest.Run(t, Table(), &fake.Node{OnHTTP: k.http}, "patroni_pause", value.DictOf("url", "http://a", "cluster", "pg", "state", "paused"))
			if (len(k.calls) == 1) != (failed == "") || !strings.Contains(r.Failed, failed) || (r.Failed == "") != (failed == "") {
				t.Errorf("%d times 503: %v, %s", busy, k.calls, r.Failed)
			}
		}
	})
}
