package modules

import (
	"encoding/json"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

func TestPostgresPassword(t *testing.T) {
	t.Parallel()
	enc := pgsql.Encryption{Method: "scram-sha-256", Iterations: 4096}
	old, err := pgsql.Verifier("replicator", "Old.Password.1", enc)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, user, password string
		running, recovery    bool
		changes              int
	}{
		{"another password on the leader", "replicator", "New.Password.2", true, false, 1},
		{"the same password", "replicator", "Old.Password.1", true, false, 0},
		{"on a replica", "replicator", "New.Password.2", true, true, 0},
		{"a user that is not there", "nobody", "New.Password.2", true, false, 0},
		{"no server", "replicator", "New.Password.2", false, false, 0},
	} {
		for _, planned := range []bool{false, true} {
			var changes []node.Change
			var said strings.Builder
			f := &fake.Node{Planned: planned, Contents: map[string]string{}, Record: func(ch node.Change) { changes = append(changes, ch) }}
			if c.running {
				f.Contents["/pg/data/postmaster.pid"] = "1"
			}
			f.OnExec = func(cmd node.Cmd) (node.Output, error) {
				said.Write(cmd.Stdin)
				if cmd.Change != nil {
					return node.Output{}, nil
				}
				live, err := json.Marshal(map[string]any{"version": 170000, "recovery": c.recovery, "encryption": enc.Method, "iterations": enc.Iterations,
					"users": map[string]any{"replicator": map[string]any{"password": old}}})
				return node.Output{Stdout: live}, err
			}
			m := postgresPassword()
			args, err := m.Spec.Check(m.Name, value.DictOf("user", c.user, "password", c.password, "bin_dir", "/bin"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Run(t.Context(), &module.Call{System: f, Args: module.NewArgs(args)}); err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			if len(changes) != c.changes {
				t.Errorf("%s (planned %v): %v", c.what, planned, changes)
			}
			if strings.Contains(said.String(), c.password) {
				t.Errorf("%s: the password itself goes to the server", c.what)
			}
		}
	}
}
