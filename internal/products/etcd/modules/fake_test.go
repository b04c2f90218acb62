package modules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

// fakeEtcd is an etcd cluster with a table of answers by path.
func fakeEtcd(answers map[string]string, calls *[]string) func(node.Request) (node.Response, error) {
	return func(r node.Request) (node.Response, error) {
		_, path, _ := strings.Cut(strings.TrimPrefix(r.URL, "https://"), "/")
		if !r.ReadOnly && r.Method == "POST" {
			*calls = append(*calls, strings.TrimPrefix(path, "v3/"))
			return node.Response{Status: 200, Body: []byte("{}")}, nil
		}
		text, ok := answers[path]
		if !ok {
			return node.Response{}, errors.New("connection refused")
		}
		if strings.HasPrefix(text, "!") {
			return node.Response{Status: 400, Body: []byte(`{"error": "` + text[1:] + `"}`)}, nil
		}
		return node.Response{Status: 200, Body: []byte(text)}, nil
	}
}

func TestEtcdAuth(t *testing.T) {
	t.Parallel()
	args := func() *value.Dict {
		return value.DictOf("endpoints", value.NewList("a:2379"), "root_password", "Root.Secret", "user", "pg", "password", "Pg.Secret", "prefix", "/pg/pg/")
	}
	const closed = "!etcdserver: user name is empty"
	for name, c := range map[string]struct {
		answers       map[string]string
		calls, failed string
	}{
		"new": {map[string]string{"v3/auth/user/list": "{}", "v3/auth/user/get": "!etcdserver: user name not found", "v3/auth/role/get": "!etcdserver: role name not found", "v3/auth/authenticate": `{"token": "t"}`},
			"auth/role/add auth/user/add auth/user/grant auth/enable auth/role/add auth/role/grant auth/user/add auth/user/grant", ""},
		"as it should be": {map[string]string{"v3/auth/user/list": closed, "v3/auth/authenticate": `{"token": "t"}`, "v3/auth/user/get": `{"roles": ["pg"]}`,
			"v3/auth/role/get": `{"perm": [{"permType": "READWRITE", "key": "L3BnL3BnLw==", "range_end": "L3BnL3BnMA=="}]}`}, "", ""},
		"a wrong password": {map[string]string{"v3/auth/user/list": closed, "v3/auth/authenticate": "!etcdserver: authentication failed, invalid user ID or password"}, "", "refuses the password of root"},
		"no answer":        {map[string]string{}, "", "does not answer"},
	} {
		var calls []string
		f := &fake.Node{OnHTTP: fakeEtcd(c.answers, &calls), States: map[string]node.Unit{}, OnExec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }}
		r := moduletest.Run(t, Table(), f, "etcd_auth", args())
		if strings.Join(calls, " ") != c.calls || !strings.Contains(r.Failed, c.failed) || (r.Failed != "") != (c.failed != "") {
			t.Errorf("%s: %v, %q", name, calls, r.Failed)
		}
	}
	rootOf := func(known string) func(node.Request) (node.Response, error) { // an etcd whose root has this password
		return func(r node.Request) (node.Response, error) {
			switch body := string(r.Body); {
			case strings.HasSuffix(r.URL, "auth/user/list"):
				return node.Response{Status: 400, Body: []byte(`{"error": "` + closed[1:] + `"}`)}, nil
			case strings.HasSuffix(r.URL, "auth/user/changepw"):
				known = "Root.Secret"
			case strings.HasSuffix(r.URL, "auth/authenticate") && strings.Contains(body, `"root"`) && !strings.Contains(body, known):
				return node.Response{Status: 400, Body: []byte(`{"error": "etcdserver: authentication failed"}`)}, nil
			case strings.HasSuffix(r.URL, "auth/authenticate"):
				return node.Response{Status: 200, Body: []byte(`{"token": "t"}`)}, nil
			case strings.HasSuffix(r.URL, "auth/user/get"):
				return node.Response{Status: 200, Body: []byte(`{"roles": ["pg"]}`)}, nil
			}
			return node.Response{Status: 200, Body: []byte(`{"perm": [{"permType": "READWRITE", "key": "L3BnL3BnLw==", "range_end": "L3BnL3BnMA=="}]}`)}, nil
		}
	}
	for where, files := range map[string]map[string]string{"etcd user root password update": {"/etc/etcd/etcd.pass": "Old.Secret"}, "": nil} {
		f := &fake.Node{OnHTTP: rootOf("Old.Secret"), Contents: files, OnExec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }}
		if r := moduletest.Run(t, Table(), f, "etcd_auth", args()); r.Failed != "" || fake.Keys(r.Changes) != where {
			t.Errorf("another password of root: %s, %s, want %s", fake.Keys(r.Changes), r.Failed, where)
		}
	}
	f := &fake.Node{Planned: true, OnHTTP: func(node.Request) (node.Response, error) { return node.Response{}, node.ErrUnknown }}
	r := moduletest.Run(t, Table(), f, "etcd_auth", args())
	if len(r.Changes) != 8 || slices.ContainsFunc(r.Changes, func(c node.Change) bool { return !c.Assumed }) {
		t.Errorf("%v, %s", r.Changes, r.Failed)
	}
}

// The groups of Citus share a user of etcd, and install at the same time.
func TestAnEtcdUserMayBeCreatedByAnotherMeanwhile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refuses string // the call that another one was faster with
		wants   string
	}{
		"the role": {"auth/role/add", "etcd role pg /pg/pg/ grant; etcd user pg create; etcd user pg role pg grant"},
		"the user": {"auth/user/add", "etcd role pg create; etcd role pg /pg/pg/ grant; etcd user pg role pg grant"},
	} {
		made := map[string]bool{}
		f := &fake.Node{States: map[string]node.Unit{}, OnHTTP: func(r node.Request) (node.Response, error) {
			_, path, _ := strings.Cut(r.URL, "/v3/")
			missing := node.Response{Status: 400, Body: []byte(`{"error": "etcdserver: user name not found, role name not found"}`)}
			switch {
			case path == c.refuses && !made[path]:
				made[path] = true
				return node.Response{Status: 400, Body: []byte(`{"error": "etcdserver: name already exists"}`)}, nil
			case path == "auth/user/list":
				return node.Response{Status: 400, Body: []byte(`{"error": "etcdserver: user name is empty"}`)}, nil
			case path == "auth/authenticate":
				return node.Response{Status: 200, Body: []byte(`{"token": "t"}`)}, nil
			case path == "auth/user/get" && !made["auth/user/add"], path == "auth/role/get" && !made["auth/role/add"]:
				return missing, nil
			case path == "auth/role/get" && made["auth/role/grant"]:
				return node.Response{Status: 200, Body: []byte(`{"perm": [{"permType": "READWRITE", "key": "L3BnL3BnLw==", "range_end": "L3BnL3BnMA=="}]}`)}, nil
			}
			made[path] = true
			return node.Response{Status: 200, Body: []byte("{}")}, nil
		}}
		r := moduletest.Run(t, Table(), f, "etcd_auth", value.DictOf("endpoints", value.NewList("a:2379"), "root_password", "Root.Secret", "user", "pg", "password", "Pg.Secret", "prefix", "/pg/pg/"))
		if r.Failed != "" || fake.Keys(r.Changes) != c.wants {
			t.Errorf("%s: %s, want %s; %s", name, fake.Keys(r.Changes), c.wants, r.Failed)
		}
	}
}

// Root and a cluster's user get other passwords in one run: the plan of the second meets an etcd that has neither.
func TestEtcdAuthIsPlannedBehindAnotherPasswordOfRoot(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{"Pg.Secret": "", "Pg.Other": "etcd user pg password update"} {
		for _, planned := range []bool{true, false} {
			http := func(r node.Request) (node.Response, error) {
				switch {
				case strings.HasSuffix(r.URL, "auth/authenticate") && strings.Contains(string(r.Body), `"Pg.Secret"`):
					return node.Response{Status: 200, Body: []byte(`{"token": "t"}`)}, nil
				case strings.HasSuffix(r.URL, "auth/authenticate"):
					return node.Response{Status: 400, Body: []byte(`{"error": "etcdserver: authentication failed"}`)}, nil
				case r.Change != nil:
					return node.Response{Status: 200}, nil
				}
				return node.Response{Status: 400, Body: []byte(`{"error": "etcdserver: user name is empty"}`)}, nil
			}
			f := &fake.Node{Planned: planned, OnHTTP: http, States: map[string]node.Unit{}, OnExec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }}
			r := moduletest.Run(t, Table(), f, "etcd_auth", value.DictOf("endpoints", value.NewList("a:2379"), "root_password", "Root.Secret", "user", "pg", "password", password, "prefix", "/pg/"))
			if planned && (r.Failed != "" || fake.Keys(r.Changes) != want) {
				t.Errorf("planned: %s, %s, want %s", fake.Keys(r.Changes), r.Failed, want)
			}
			if refused := strings.Contains(r.Failed, "refuses the password of root"); !planned && refused != (want != "") {
				t.Errorf("in a run: %s, %s", fake.Keys(r.Changes), r.Failed)
			}
		}
	}
}

func TestEtcdRestartKeepsQuorum(t *testing.T) {
	t.Parallel()
	members := `{"members": [{"ID": "1", "name": "e-1", "clientURLs": ["https://a:2379"]}, {"ID": "2", "name": "e-2", "clientURLs": ["https://b:2379"]}]}`
	well := map[string]bool{}
	base := func(r node.Request) (node.Response, error) {
		return fakeEtcd(map[string]string{"v3/auth/user/list": "{}", "v3/cluster/member/list": members}, new([]string))(r)
	}
	f := &fake.Node{States: map[string]node.Unit{"etcd.service": {Name: "etcd.service", Exists: true, Active: "active"}},
		OnExec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil },
		OnHTTP: func(r node.Request) (node.Response, error) {
			if host, ok := strings.CutSuffix(r.URL, "/health"); ok {
				return node.Response{Status: 200, Body: fmt.Appendf(nil, `{"health": "%v"}`, well[host])}, nil
			}
			return base(r)
		}}
	run := func() module.Result {
		return moduletest.Run(t, Table(), f, "etcd_restart", value.DictOf("endpoints", value.NewList("a:2379"), "name", "e-1", "timeout", int64(0), "reads", value.NewList()))
	}
	well["https://a:2379"] = true
	if r := run(); !strings.Contains(r.Failed, "cannot restart e-1") || len(r.Changes) != 0 {
		t.Errorf("%q, %v", r.Failed, r.Changes)
	}
	well["https://b:2379"] = true
	if r := run(); r.Failed != "" || fake.Keys(r.Changes) != "service etcd.service restart" {
		t.Errorf("%q, %v", r.Failed, r.Changes)
	}
	// Another port of members: it is asked where it listens, and tells the others where it goes.
	f.States["etcd.service"] = node.Unit{Name: "etcd.service", Exists: true, Active: "active", PID: 7}
	f.OnExec = func(node.Cmd) (node.Output, error) {
		return node.Output{Stdout: []byte(`LISTEN 0 9 a:2379 0.0.0.0:* users:(("etcd",pid=7,fd=3))`)}, nil
	}
	asked := f.OnHTTP
	f.OnHTTP = func(r node.Request) (node.Response, error) {
		if strings.HasPrefix(r.URL, "https://a:2479/v3") {
			return node.Response{}, errors.New("connection refused")
		}
		if strings.HasSuffix(r.URL, "member/update") {
			return node.Response{Status: 200}, nil
		}
		return asked(r)
	}
	moved := value.DictOf("endpoints", value.NewList("a:2479"), "name", "e-1", "timeout", int64(0), "reads", value.NewList(), "peer_url", "https://a:2480")
	if r := moduletest.Run(t, Table(), f, "etcd_restart", moved); r.Failed != "" || fake.Keys(r.Changes) != "etcd member e-1 update; service etcd.service restart" {
		t.Errorf("moved: %q, %v", r.Failed, r.Changes)
	}
	args := value.DictOf("endpoints", value.NewList("a:2479"), "name", "e-1", "peer_url", "https://a:2380", "url", "https://a:2479", "init", "existing")
	if r := moduletest.Run(t, Table(), f, "etcd_member", args); !strings.Contains(r.Failed, "cannot move member e-1 from https://a:2379") {
		t.Errorf("another port for clients: %q, %v", r.Failed, r.Changes)
	}
}

// A member of PostgreSQL asks an etcd that runs elsewhere: what its own node has of etcd is no cause.
func TestTroubleIsLookedForWhereEtcdIs(t *testing.T) {
	t.Parallel()
	args := value.DictOf("endpoints", value.NewList("a:2379"), "root_password", "Root.Secret", "user", "pg", "password", "Pg.Secret", "prefix", "/pg/pg/")
	for what, c := range map[string]struct {
		files    map[string]string
		has, not string
	}{
		"elsewhere": {nil, "health of https://a:2379", "unit etcd.service"},
		"here":      {map[string]string{"/etc/etcd/etcd.conf": "name: a"}, "unit etcd.service is inactive", "nothing"},
	} {
		var calls []string
		f := &fake.Node{OnHTTP: fakeEtcd(nil, &calls), States: map[string]node.Unit{"etcd.service": {Exists: true, Active: "inactive", Sub: "dead", Result: "success"}}, Contents: c.files,
			OnExec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }}
		r := moduletest.Run(t, Table(), f, "etcd_auth", args)
		if !strings.Contains(r.Failed, c.has) || strings.Contains(r.Failed, c.not) {
			t.Errorf("%s: %s", what, r.Failed)
		}
	}
}
