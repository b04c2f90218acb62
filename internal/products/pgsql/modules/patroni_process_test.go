package modules

import (
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

// What pauses the cluster for a restart of Patroni resumes it, and nobody else's pause.
func TestPatroniProcess(t *testing.T) {
	t.Parallel()
	const self = "pig, for Patroni of a"
	const pauses, resumes = `patch {"pause":true,"paused_by":"` + self + `"}`, `patch {"pause":null,"paused_by":null}`
	for name, c := range map[string]struct {
		config  map[string]any
		started string
		calls   string
		changes string
	}{
		"older than its unit":            {config: map[string]any{"ttl": 30}, started: "0", calls: pauses + ", " + resumes, changes: "patroni cluster pg pause; service patroni.service restart; patroni cluster pg resume"},
		"paused by somebody":             {config: map[string]any{"pause": true}, started: "0", changes: "service patroni.service restart"},
		"interrupted before the restart": {config: map[string]any{"pause": true, "paused_by": self}, started: "0", calls: resumes, changes: "service patroni.service restart; patroni cluster pg resume"},
		"interrupted after the restart":  {config: map[string]any{"pause": true, "paused_by": self}, started: "9000000000000", calls: resumes, changes: "patroni cluster pg resume"},
		"paused for another's restart":   {config: map[string]any{"pause": true, "paused_by": "pig, for Patroni of b"}, started: "9000000000000"},
		"younger than its unit":          {config: map[string]any{"ttl": 30}, started: "9000000000000"},
	} {
		k := &fakeCluster{leader: "a", members: []string{"a", "b"}, config: c.config}
		f := &fake.Node{OnHTTP: k.http, Contents: map[string]string{"/proc/uptime": "100.0 1", "/unit": "x"},
			States: map[string]node.Unit{"patroni.service": {Name: "patroni.service", Exists: true, Active: "active", PID: 7}},
			OnExec: func(node.Cmd) (node.Output, error) { return node.Output{Stdout: []byte(c.started + "\n")}, nil }}
		r := moduletest.Run(t, Table(), f, "patroni_process", value.DictOf("url", "http://a", "cluster", "pg", "name", "a", "reads", value.NewList("/unit"), "timeout", int64(5)))
		if r.Failed != "" || fake.Keys(r.Changes) != c.changes || strings.Join(k.calls, ", ") != c.calls {
			t.Errorf("%s: %s, %v, %s", name, fake.Keys(r.Changes), k.calls, r.Failed)
		}
	}
}
