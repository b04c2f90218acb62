package model

import (
	"encoding/json"
	"strings"
	"testing"
)

// clusterOf reads a cluster as Patroni's GET /cluster tells it.
func clusterOf(t *testing.T, text string) ClusterView {
	t.Helper()
	var v ClusterView
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNobodyIsTakenDownUnlessAllAreWell(t *testing.T) {
	t.Parallel()
	const leader = `{"name": "a", "role": "leader", "state": "running"}`
	for name, c := range map[string]struct{ members, says string }{
		"all well":            {leader + `, {"name": "b", "role": "replica", "state": "streaming", "lag": 0}`, ""},
		"a leader alone":      {leader, ""},
		"no leader":           {`{"name": "b", "role": "replica", "state": "streaming", "lag": 0}`, "the cluster has no leader"},
		"a replica that fell": {leader + `, {"name": "b", "role": "replica", "state": "stopped"}`, "b is stopped"},
		"a leader that fell":  {`{"name": "a", "role": "leader", "state": "crashed"}, {"name": "b", "role": "replica", "state": "streaming", "lag": 0}`, "a is crashed"},
		"a replica at start":  {leader + `, {"name": "b", "role": "replica", "state": "starting"}`, "b is starting"},
	} {
		err := clusterOf(t, `{"scope": "pg", "members": [`+c.members+`]}`).Fit()
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	if err := clusterOf(t, `{"scope": "pg", "pause": true, "members": [`+leader+`]}`).Fit(); err == nil || !strings.Contains(err.Error(), "maintenance") {
		t.Errorf("a paused cluster: %v", err)
	}
}

func TestTheLeadGoesToWhoIsClosestBehind(t *testing.T) {
	t.Parallel()
	const leader = `{"name": "a", "role": "leader", "state": "running"}`
	for name, c := range map[string]struct{ members, want string }{
		"the least behind":          {`{"name": "b", "role": "replica", "state": "streaming", "lag": 900}, {"name": "c", "role": "replica", "state": "streaming", "lag": 10}`, "c"},
		"the synchronous one":       {`{"name": "b", "role": "replica", "state": "streaming", "lag": 0}, {"name": "c", "role": "sync_standby", "state": "streaming", "lag": 10}`, "c"},
		"by name where all is even": {`{"name": "c", "role": "replica", "state": "streaming", "lag": 0}, {"name": "b", "role": "replica", "state": "streaming", "lag": 0}`, "b"},
		"not one that must not":     {`{"name": "b", "role": "replica", "state": "streaming", "lag": 0, "tags": {"nofailover": true}}, {"name": "c", "role": "replica", "state": "streaming", "lag": 10}`, "c"},
		"not one that is ill":       {`{"name": "b", "role": "replica", "state": "stopped", "lag": 0}, {"name": "c", "role": "replica", "state": "streaming", "lag": 10}`, "c"},
		"not one of unknown lag":    {`{"name": "b", "role": "replica", "state": "streaming", "lag": "unknown"}`, ""},
		"nobody":                    {`{"name": "b", "role": "replica", "state": "stopped", "lag": 0}`, ""},
	} {
		m, ok := clusterOf(t, `{"scope": "pg", "members": [`+leader+`, `+c.members+`]}`).Candidate()
		if m.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", name, m.Name, c.want)
		}
	}
}

func TestTheLeaderRestartsLast(t *testing.T) {
	t.Parallel()
	v := clusterOf(t, `{"scope": "pg", "members": [{"name": "b", "role": "leader", "state": "running"}, {"name": "c", "role": "replica", "state": "streaming"}, {"name": "a", "role": "replica", "state": "streaming"}]}`)
	for _, c := range []struct {
		names       []string
		leaderFirst bool
		want        string
	}{
		{[]string{"a", "b", "c"}, false, "a c b"}, {[]string{"a", "b", "c"}, true, "b a c"}, {[]string{"c", "b"}, false, "c b"}, {nil, false, ""}, {[]string{"x"}, false, ""},
	} {
		var got []string
		for _, m := range v.RestartOrder(c.names, c.leaderFirst) {
			got = append(got, m.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v, leader first %v: %v, want %s", c.names, c.leaderFirst, got, c.want)
		}
	}
}
