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
	if r.Failed != "" || len(r.Warnings) != 1 || !strings.HasPrefix(r.Warnings[0], "Citus does not have pg-2 (group 2) as a node yet") {
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
