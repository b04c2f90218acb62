package modules

import (
	"errors"
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

func TestACoordinatorWaitsForItsWorkers(t *testing.T) {
	t.Parallel()
	workers := value.NewList(value.DictOf("group", int64(1), "name", "pg-1"), value.DictOf("group", int64(2), "name", "pg-2"))
	asked := 0
	answers := []string{`{"group": 0, "nodes": [0]}`, `{"group": 0, "nodes": [0, 1]}`, `{"group": 0, "nodes": [0, 1, 2]}`}
	f := &fake.Node{OnExec: func(node.Cmd) (node.Output, error) {
		asked++
		return node.Output{Stdout: []byte(answers[min(asked, len(answers))-1] + "\n")}, nil
	}}
	args := func(timeout int) *value.Dict {
		return value.DictOf("database", "meta", "group", int64(0), "workers", workers, "timeout", int64(timeout))
	}
	if r := moduletest.Run(t, Table(), f, "citus_nodes", args(30)); r.Failed != "" || asked != 3 || value.Display(r.Values.At("missing")) != "[]" || len(r.Warnings) > 0 {
		t.Errorf("%q, asked %d times, %v, %q", r.Failed, asked, r.Values, r.Warnings)
	}
	answers, asked = answers[:2], 0
	r := moduletest.Run(t, Table(), f, "citus_nodes", args(1))
	if r.Failed != "" || len(r.Warnings) != 1 || !strings.HasPrefix(r.Warnings[0], "pg-2 (group 2) is not a node of Citus yet") {
		t.Errorf("a group that does not come: %q, %q", r.Failed, r.Warnings)
	}
	f.OnExec = func(node.Cmd) (node.Output, error) {
		return node.Output{RC: 1, Stderr: []byte(`ERROR:  relation "pg_dist_node" does not exist`)}, nil
	}
	if r := moduletest.Run(t, Table(), f, "citus_nodes", args(0)); !strings.Contains(r.Failed, "pg_dist_node") {
		t.Errorf("a database without Citus: %q", r.Failed)
	}
}

func TestAWorkerWaitsForACoordinatorThatLives(t *testing.T) {
	t.Parallel()
	leads := false
	asked := 0
	f := &fake.Node{OnExec: func(node.Cmd) (node.Output, error) {
		asked++
		return node.Output{Stdout: []byte(`{"group": 2, "nodes": [0, 2]}` + "\n")}, nil
	}, OnHTTP: func(node.Request) (node.Response, error) {
		if !leads {
			return node.Response{}, errors.New("connection refused")
		}
		return node.Response{Status: 200, Body: []byte(`{"members": [{"name": "pg-0-1", "role": "leader", "state": "running"}]}`)}, nil
	}}
	args := value.DictOf("database", "meta", "group", int64(2), "coordinator", value.Strings([]string{"10.10.10.10"}))
	if r := moduletest.Run(t, Table(), f, "citus_nodes", args); r.Failed != "" || asked > 0 {
		t.Errorf("before there is a coordinator: %q, asked %d times", r.Failed, asked)
	}
	leads = true
	if r := moduletest.Run(t, Table(), f, "citus_nodes", args); r.Failed != "" || asked == 0 || len(r.Warnings) > 0 {
		t.Errorf("under a coordinator: %q, asked %d times, %q", r.Failed, asked, r.Warnings)
	}
}

// What is declared for a group is made in this group: Citus would do it on the others at the same time.
func TestDeclarationsAreNotPropagated(t *testing.T) {
	t.Parallel()
	for distributed, want := range map[bool]bool{true: true, false: false} {
		var options []string
		f := &fake.Node{OnExec: func(c node.Cmd) (node.Output, error) {
			if c.ReadOnly {
				return node.Output{Stdout: []byte(`{"version": 170005, "recovery": false, "self": "postgres", "encryption": "scram-sha-256", "iterations": 4096, "users": {}}` + "\n")}, nil
			}
			options = append(options, c.Env["PGOPTIONS"])
			return node.Output{}, nil
		}}
		r := moduletest.Run(t, Table(), f, "postgres_roles", value.DictOf("roles", userList(), "distributed", distributed))
		if r.Failed != "" || len(options) != 2 || strings.Contains(options[0], "citus.enable_ddl_propagation=off") != want {
			t.Errorf("distributed %v: %q, %q", distributed, r.Failed, options)
		}
	}
}

// Rows of a group that leaves are nowhere else, so it leaves without any.
func TestAGroupLeavesADistributedDatabase(t *testing.T) {
	t.Parallel()
	const node3 = `"nodes": [{"host": "10.10.10.13", "port": 5432}]`
	for name, c := range map[string]struct{ answer, state, changes, failed, leads string }{
		"with shards": {`{"recovery": false, ` + node3 + `, "shards": {"visits": 11, "orders": 2}}`, "empty", "",
			"group 3 of Citus has shards of orders (2), visits (11): move them to the other groups first, on the coordinator: SELECT citus_drain_node('10.10.10.13', 5432)", ""},
		"with shards at the end": {`{"recovery": false, ` + node3 + `, "shards": {"visits": 1}}`, "absent", "", "has shards of visits (1)", ""},
		"without shards":         {`{"recovery": false, ` + node3 + `, "shards": null}`, "empty", "", "", "true"},
		"to go":                  {`{"recovery": false, ` + node3 + `, "shards": null}`, "absent", "citus node 10.10.10.13:5432 of group 3 delete", "", "true"},
		"gone":                   {`{"recovery": false, "nodes": null, "shards": null}`, "absent", "", "", "true"},
		"asked at a replica":     {`{"recovery": true, ` + node3 + `, "shards": {"visits": 11}}`, "absent", "", "", "false"},
	} {
		for _, planned := range []bool{false, true} {
			var told []string
			answer := c.answer
			f := &fake.Node{Planned: planned, OnExec: func(c node.Cmd) (node.Output, error) {
				if c.ReadOnly {
					return node.Output{Stdout: []byte(answer + "\n")}, nil
				}
				told = append(told, string(c.Stdin))
				return node.Output{}, nil
			}}
			r := moduletest.Run(t, Table(), f, "citus_group", value.DictOf("database", "meta", "group", int64(3), "state", c.state))
			if fake.Keys(r.Changes) != c.changes || (r.Failed == "") != (c.failed == "") || !strings.Contains(r.Failed, c.failed) {
				t.Errorf("%s, planned %t: %s; %s", name, planned, fake.Keys(r.Changes), r.Failed)
			}
			if r.Failed == "" && value.Display(r.Values.At("leads")) != map[string]string{"true": "True", "false": "False"}[c.leads] {
				t.Errorf("%s: %s", name, value.Display(r.Values))
			}
			if wrote := c.changes != "" && !planned; (len(told) == 1 && strings.Contains(told[0], "citus_remove_node('10.10.10.13', 5432)")) != wrote {
				t.Errorf("%s, planned %t: %q", name, planned, told)
			}
		}
	}
}

// A group that the inventory no longer has goes on to have rows.
func TestACoordinatorTellsOfGroupsThatAreNotDeclared(t *testing.T) {
	t.Parallel()
	f := &fake.Node{OnExec: func(node.Cmd) (node.Output, error) {
		return node.Output{Stdout: []byte(`{"group": 0, "nodes": [0, 1, 7]}` + "\n")}, nil
	}}
	r := moduletest.Run(t, Table(), f, "citus_nodes", value.DictOf("database", "meta", "group", int64(0), "workers", value.NewList(value.DictOf("group", int64(1), "name", "pg-1"))))
	if r.Failed != "" || len(r.Warnings) != 1 || !strings.HasPrefix(r.Warnings[0], "group 7 is a node of Citus") {
		t.Errorf("%q, %q", r.Failed, r.Warnings)
	}
}

// Patroni does not add a group that it has seen once.
func TestAGroupIsAddedToADistributedDatabase(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		leads  bool
		answer string
		want   string
	}{
		"new":                        {true, `{"recovery": false, "nodes": null, "shards": null}`, "citus node 10.10.10.12:5432 of group 2 create"},
		"there":                      {true, `{"recovery": false, "nodes": [{"host": "10.10.10.15", "port": 5432}], "shards": {"visits": 4}}`, ""},
		"asked at a replica":         {true, `{"recovery": true, "nodes": null, "shards": null}`, ""},
		"before there is a database": {false, "", ""},
	} {
		f := &fake.Node{OnExec: func(cmd node.Cmd) (node.Output, error) {
			if cmd.ReadOnly {
				return node.Output{Stdout: []byte(c.answer + "\n")}, nil
			}
			if !strings.Contains(string(cmd.Stdin), "citus_add_node('10.10.10.12', 5432, 2, 'primary', 'default')") {
				t.Errorf("%s: %s", name, cmd.Stdin)
			}
			return node.Output{}, nil
		}, OnHTTP: func(node.Request) (node.Response, error) {
			if !c.leads {
				return node.Response{}, errors.New("connection refused")
			}
			return node.Response{Status: 200, Body: []byte(`{"members": [{"name": "pg-0-1", "role": "leader", "state": "running"}]}`)}, nil
		}}
		r := moduletest.Run(t, Table(), f, "citus_group", value.DictOf("database", "meta", "group", int64(2), "state", "present", "host", "10.10.10.12", "coordinator", value.Strings([]string{"10.10.10.10"})))
		if r.Failed != "" || fake.Keys(r.Changes) != c.want {
			t.Errorf("%s: %s, want %s; %s", name, fake.Keys(r.Changes), c.want, r.Failed)
		}
	}
}
