package modules

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

func userList() *value.List {
	return value.NewList(value.DictOf("name", "app", "password", "Very.Secret"), value.DictOf("name", "ro", "login", "no"))
}

func TestRolesWherePostgresIsOnlyPlanned(t *testing.T) {
	t.Parallel()
	f := &fake.Node{Planned: true, OnExec: func(node.Cmd) (node.Output, error) { return node.Output{}, node.ErrNotYet }}
	r := moduletest.Run(t, Table(), f, "postgres_roles", value.DictOf("roles", userList()))
	if r.Failed != "" || fake.Keys(r.Changes) != "role app create; role ro create" {
		t.Errorf("%s, %s", r.Failed, fake.Keys(r.Changes))
	}
	r = moduletest.Run(t, Table(), f, "postgres_roles", value.DictOf("roles", userList(), "primary", false))
	if r.Failed != "" || fake.Keys(r.Changes) != "" {
		t.Errorf("on a replica to be: %s, %s", r.Failed, fake.Keys(r.Changes))
	}
}

func TestRolesKeepSecretsOffTheCommandLine(t *testing.T) {
	t.Parallel()
	seen := 0
	f := &fake.Node{OnExec: func(c node.Cmd) (node.Output, error) {
		if strings.Contains(fmt.Sprint(c.Argv, c.Env), "Secret") {
			t.Errorf("a secret in %v %v", c.Argv, c.Env)
		}
		if c.ReadOnly {
			return node.Output{Stdout: []byte(`{"version": 170005, "recovery": false, "self": "postgres", "encryption": "scram-sha-256", "iterations": 4096, "users": {}}` + "\n")}, nil
		}
		seen++
		if strings.Contains(string(c.Stdin), "Very.Secret") {
			t.Error("the password is sent in the clear")
		}
		return node.Output{RC: 3, Stderr: []byte("psql:<stdin>:3: ERROR:  role \"x\" does not exist\nLINE 1: ALTER ROLE app PASSWORD 'SCRAM...'\n                 ^\n")}, nil
	}}
	r := moduletest.Run(t, Table(), f, "postgres_roles", value.DictOf("roles", userList()))
	if seen != 1 || r.Failed != `create role app: ERROR:  role "x" does not exist` || len(r.Changes) != 0 {
		t.Errorf("%d writes, %q, %v", seen, r.Failed, r.Changes)
	}
}

func TestRolesOnAReplica(t *testing.T) {
	t.Parallel()
	f := &fake.Node{OnExec: func(c node.Cmd) (node.Output, error) {
		if !c.ReadOnly {
			t.Error("a write on a replica")
		}
		return node.Output{Stdout: []byte(`{"recovery": true}` + "\n")}, nil
	}}
	if r := moduletest.Run(t, Table(), f, "postgres_roles", value.DictOf("roles", userList())); r.Failed != "" || r.Values.At("on_replica") != true {
		t.Errorf("%+v", r)
	}
}

func TestDefinitionsThatAreWrong(t *testing.T) {
	t.Parallel()
	f := &fake.Node{OnExec: func(node.Cmd) (node.Output, error) { t.Error("a command ran"); return node.Output{}, nil }}
	for _, c := range []struct {
		module, arg string
		item        *value.Dict
		want        string
	}{
		{"postgres_roles", "roles", value.DictOf("name", "a", "login", "maybe"), "user a: login"},
		{"postgres_roles", "roles", value.DictOf("password", "x"), "has no name"},
		{"postgres_roles", "roles", value.DictOf("name", "a", "state", "gone"), "state must be one of"},
		{"postgres_databases", "databases", value.DictOf("name", "d", "connlimit", "many"), "database d: connlimit"},
		{"postgres_databases", "databases", value.DictOf("name", "d\nx"), "at most 63 bytes in one line"},
	} {
		r := moduletest.Run(t, Table(), f, c.module, value.DictOf(c.arg, value.NewList(c.item)))
		if !strings.Contains(r.Failed, c.want) {
			t.Errorf("%v: %q", value.Repr(c.item), r.Failed)
		}
	}
}
