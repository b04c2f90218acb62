package cli

import (
	"testing"

	"pig/internal/health"
)

func TestTheLeaderOrTheLeastBehindServes(t *testing.T) {
	lag := func(n int64) *int64 { return &n }
	c := health.Cluster{Leader: "pg-2", Members: []health.Member{
		{Name: "pg-1", Host: "h1", State: "streaming", Lag: lag(9)},
		{Name: "pg-2", Host: "h2", State: "running"},
		{Name: "pg-3", Host: "h3", State: "streaming", Lag: lag(3)},
		{Name: "pg-4", Host: "h4", State: "stopped", Lag: lag(0)},
		{Name: "pg-5", Host: "h5", State: "streaming"},
	}}
	for _, test := range []struct {
		replica bool
		leader  string
		want    string
	}{{false, "pg-2", "h2"}, {true, "pg-2", "h3"}, {false, "", ""}, {true, "", "h3"}} {
		c.Leader = test.leader
		if got := choose(c, test.replica); got != test.want {
			t.Errorf("leader %q, replica %v: %q, want %q", test.leader, test.replica, got, test.want)
		}
	}
}
