package modules

import (
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

// A plan that promotes a standby cluster makes the roles in it, which its PostgreSQL, a standby still, cannot have; without the promotion they
// are the business of whoever leads.
func TestAPlannedPromotionMakesALeader(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		promotes bool
		changes  string
	}{"promoted": {true, "role app create"}, "a standby": {false, ""}} {
		k := &fakeCluster{leader: "a", members: []string{"a"}, config: map[string]any{"standby_cluster": map[string]any{"host": "b"}}}
		f := &fake.Node{Planned: true, OnHTTP: k.http, Facts: map[string]string{}, States: map[string]node.Unit{}, OnExec: func(c node.Cmd) (node.Output, error) {
			switch text := string(c.Stdin) + strings.Join(c.Argv, " "); {
			case c.Argv[0] == "ss":
				return node.Output{RC: 1}, nil
			case strings.Contains(text, "pg_is_in_recovery() THEN 'replica'"):
				return node.Output{Stdout: []byte("replica\n")}, nil
			case strings.Contains(text, "pg_settings"):
				return node.Output{Stdout: []byte("{}\n")}, nil
			}
			return node.Output{Stdout: []byte(`{"version": 170005, "recovery": true, "self": "postgres", "encryption": "scram-sha-256", "iterations": 4096, "users": {}}` + "\n")}, nil
		}}
		if c.promotes {
			if r := moduletest.Run(t, Table(), f, "patroni_config", value.DictOf("url", "http://a", "config", value.DictOf("standby_cluster", nil))); fake.Keys(r.Changes) != "patroni config pg (leadership) update" {
				t.Fatalf("%s: %q, %s", name, fake.Keys(r.Changes), r.Failed)
			}
		}
		r := moduletest.Run(t, Table(), f, "postgres_ready", value.DictOf("role", "primary", "declared", "primary"))
		if noted := len(r.Warnings) > 0; r.Failed != "" || value.Str(r.Values.At("role")) != "primary" || noted == c.promotes {
			t.Errorf("%s: %v, %v, %s", name, r.Values, r.Warnings, r.Failed)
		}
		r = moduletest.Run(t, Table(), f, "postgres_roles", value.DictOf("roles", value.NewList(value.DictOf("name", "app"))))
		if fake.Keys(r.Changes) != c.changes || r.Failed != "" || r.Values.At("on_replica") == c.promotes {
			t.Errorf("%s: %q, %v, %s", name, fake.Keys(r.Changes), r.Values, r.Failed)
		}
	}
}
