package modules

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

// A port that is declared anew counts only once its server has read it: until then questions go to where it listens.
func TestServersAreAskedWhereTheyListen(t *testing.T) {
	t.Parallel()
	var asked []string
	f := &fake.Node{
		Planned:  true,
		States:   map[string]node.Unit{"patroni.service": {Name: "patroni.service", Exists: true, Active: "active", PID: 7}},
		Contents: map[string]string{"/pg/data/postmaster.pid": "99\n/pg/data\n1700000000\n5432\n/var/run/postgresql\n*\n"},
		OnExec: func(c node.Cmd) (node.Output, error) {
			if c.Argv[0] == "ss" {
				return node.Output{Stdout: []byte("LISTEN 0 5 10.0.0.1:22 0.0.0.0:* users:((\"sshd\",pid=1,fd=3))\nLISTEN 0 5 10.0.0.1:8008 0.0.0.0:* users:((\"patroni\",pid=7,fd=4))\n")}, nil
			}
			asked = append(asked, strings.Join(c.Argv, " "))
			return node.Output{Stdout: []byte("{}\n")}, nil
		},
		OnHTTP: func(r node.Request) (node.Response, error) {
			if !strings.HasPrefix(r.URL, "http://10.0.0.1:8008/") {
				return node.Response{}, errors.Join(errors.New("connection refused"), node.ErrUnknown)
			}
			return node.Response{Status: 200, Body: []byte(`{"ttl": 30}`)}, nil
		},
	}
	args := value.DictOf("url", "http://10.0.0.1:8108", "port", int64(5442), "config", value.DictOf("ttl", int64(20)))
	r := moduletest.Run(t, Table(), f, "patroni_config", args)
	if r.Failed != "" || fake.Keys(r.Changes) != "patroni config cluster update" {
		t.Errorf("%s, %s", fake.Keys(r.Changes), r.Failed)
	}
	if !slices.ContainsFunc(asked, func(c string) bool { return strings.Contains(c, " -p 5432 ") }) {
		t.Errorf("PostgreSQL was asked elsewhere: %q", asked)
	}
}
