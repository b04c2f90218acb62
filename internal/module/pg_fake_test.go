package module

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"pig/internal/node"
	"pig/internal/value"
)

// fakeNode is a machine of which only commands, HTTP and units exist, each answered by a function, and files with a content.
type fakeNode struct {
	node.System
	planned bool
	exec    func(node.Cmd) (node.Output, error)
	http    func(node.Request) (node.Response, error)
	units   map[string]node.Unit
	files   map[string]string
	record  func(node.Change)
}

func (f *fakeNode) For(t node.Task) (node.System, error) {
	g := *f
	if t.Record != nil {
		g.record = t.Record
	}
	return &g, nil
}

func (f *fakeNode) Planned() bool           { return f.planned }
func (f *fakeNode) User() string            { return "postgres" }
func (f *fakeNode) Files() node.Files       { return fakeFiles{files: f.files} }
func (f *fakeNode) Services() node.Services { return fakeServices{f: f} }
func (f *fakeNode) Net() node.Net           { return fakeNet{f: f} }

func (f *fakeNode) Exec(_ context.Context, c node.Cmd) (node.Output, error) {
	if c.Change != nil && f.planned {
		f.record(*c.Change)
		return node.Output{}, nil
	}
	out, err := f.exec(c)
	if err == nil && out.RC == 0 && c.Change != nil {
		f.record(*c.Change)
	}
	return out, err
}

type fakeNet struct {
	node.Net
	f *fakeNode
}

func (n fakeNet) HTTP(_ context.Context, r node.Request) (node.Response, error) {
	if r.Change != nil && n.f.planned {
		n.f.record(*r.Change)
		return node.Response{Status: 200}, nil
	}
	res, err := n.f.http(r)
	if err == nil && res.Status < 300 && r.Change != nil {
		n.f.record(*r.Change)
	}
	return res, err
}

type fakeServices struct {
	node.Services
	f *fakeNode
}

func (s fakeServices) Unit(_ context.Context, name string) (node.Unit, error) {
	return s.f.units[name], nil
}

func (s fakeServices) Restart(_ context.Context, name string, _ node.UnitOptions) error {
	s.f.record(node.Change{Kind: "service", ID: name, Action: "restart"})
	return nil
}

type fakeFiles struct {
	node.Files
	files map[string]string
}

func (fakeFiles) Remove(string) error { return nil }

func (f fakeFiles) Read(path string) ([]byte, error) {
	if text, ok := f.files[path]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

func (fakeFiles) Stat(path string, _ bool) (node.Info, error) {
	return node.Info{Path: path, Kind: node.Absent}, nil
}
func (fakeFiles) List(string) ([]string, error) { return nil, errors.New("none") }

func keysOf(r Result) string {
	var keys []string
	for _, c := range r.Changes {
		keys = append(keys, c.Kind+" "+c.ID+" "+c.Action)
	}
	return strings.Join(keys, "; ")
}

func runFake(t *testing.T, f *fakeNode, module string, args *value.Dict) Result {
	t.Helper()
	return Run(t.Context(), f, Table(), Task{Module: module, Args: args, User: "postgres"})
}

func userList() *value.List {
	return value.NewList(value.DictOf("name", "app", "password", "Very.Secret"), value.DictOf("name", "ro", "login", "no"))
}

func TestRolesWherePostgresIsOnlyPlanned(t *testing.T) {
	t.Parallel()
	f := &fakeNode{planned: true, exec: func(node.Cmd) (node.Output, error) { return node.Output{}, node.ErrNotYet }}
	r := runFake(t, f, "postgres_roles", value.DictOf("roles", userList()))
	if r.Failed != "" || keysOf(r) != "role app create; role ro create" {
		t.Errorf("%s, %s", r.Failed, keysOf(r))
	}
	r = runFake(t, f, "postgres_roles", value.DictOf("roles", userList(), "primary", false))
	if r.Failed != "" || keysOf(r) != "" {
		t.Errorf("on a replica to be: %s, %s", r.Failed, keysOf(r))
	}
}

func TestRolesKeepSecretsOffTheCommandLine(t *testing.T) {
	t.Parallel()
	seen := 0
	f := &fakeNode{exec: func(c node.Cmd) (node.Output, error) {
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
	r := runFake(t, f, "postgres_roles", value.DictOf("roles", userList()))
	if seen != 1 || r.Failed != `create role app: ERROR:  role "x" does not exist` || len(r.Changes) != 0 {
		t.Errorf("%d writes, %q, %v", seen, r.Failed, r.Changes)
	}
}

func TestRolesOnAReplica(t *testing.T) {
	t.Parallel()
	f := &fakeNode{exec: func(c node.Cmd) (node.Output, error) {
		if !c.ReadOnly {
			t.Error("a write on a replica")
		}
		return node.Output{Stdout: []byte(`{"recovery": true}` + "\n")}, nil
	}}
	if r := runFake(t, f, "postgres_roles", value.DictOf("roles", userList())); r.Failed != "" || r.Values.At("on_replica") != true {
		t.Errorf("%+v", r)
	}
}

func TestDefinitionsThatAreWrong(t *testing.T) {
	t.Parallel()
	f := &fakeNode{exec: func(node.Cmd) (node.Output, error) { t.Error("a command ran"); return node.Output{}, nil }}
	for _, c := range []struct {
		module, arg string
		item        *value.Dict
		want        string
	}{
		{"postgres_roles", "roles", value.DictOf("name", "a", "login", "maybe"), "user a: login"},
		{"postgres_roles", "roles", value.DictOf("password", "x"), "has no name"},
		{"postgres_roles", "roles", value.DictOf("name", "a", "state", "gone"), "state must be one of"},
		{"postgres_databases", "databases", value.DictOf("name", "d", "connlimit", "many"), "database d: connlimit"},
		{"postgres_databases", "databases", value.DictOf("name", "d\nx"), "none for PostgreSQL"},
	} {
		r := runFake(t, f, c.module, value.DictOf(c.arg, value.NewList(c.item)))
		if !strings.Contains(r.Failed, c.want) {
			t.Errorf("%v: %q", value.Repr(c.item), r.Failed)
		}
	}
}

// fakeCluster is a cluster of Patroni that does what it is told at once.
type fakeCluster struct {
	mu      sync.Mutex
	leader  string
	members []string
	pending map[string]bool
	ill     string
	config  map[string]any
	calls   []string
}

func (k *fakeCluster) http(r node.Request) (node.Response, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	host, path, _ := strings.Cut(strings.TrimPrefix(r.URL, "http://"), "/")
	answer := func(v any) (node.Response, error) {
		body, _ := json.Marshal(v)
		return node.Response{Status: 200, Body: body}, nil
	}
	switch {
	case path == "cluster":
		list := []map[string]any{}
		for _, m := range k.members {
			role, state := "replica", "streaming"
			if m == k.leader {
				role, state = "leader", "running"
			}
			if m == k.ill {
				state = "start failed"
			}
			list = append(list, map[string]any{"name": m, "role": role, "state": state, "lag": 0, "api_url": "http://" + m + "/patroni"})
		}
		return answer(map[string]any{"scope": "pg", "members": list, "pause": k.config["pause"] == true})
	case path == "config" && r.Method == "PATCH":
		k.calls = append(k.calls, "patch "+string(r.Body))
		return answer("ok")
	case path == "config":
		return answer(k.config)
	case path == "patroni":
		return answer(map[string]any{"pause": true, "state": "running", "replication_state": "streaming", "pending_restart": k.pending[host], "patroni": map[string]any{"version": "4.0.7", "scope": "pg"}})
	case path == "restart" && r.Method == "POST":
		k.calls = append(k.calls, "restart "+host)
		delete(k.pending, host)
		return answer("ok")
	case path == "switchover" && r.Method == "POST":
		var body struct{ Leader, Candidate string }
		_ = json.Unmarshal(r.Body, &body)
		k.calls = append(k.calls, "switchover "+body.Leader+" "+body.Candidate)
		k.leader = body.Candidate
		delete(k.pending, body.Leader)
		return answer("ok")
	}
	return node.Response{Status: 404}, nil
}

func TestPatroniRestart(t *testing.T) {
	t.Parallel()
	all := func(names ...string) map[string]bool {
		m := map[string]bool{}
		for _, n := range names {
			m[n] = true
		}
		return m
	}
	for name, c := range map[string]struct {
		members []string
		pending map[string]bool
		ill     string
		args    []value.Value
		calls   string
		failed  string
	}{
		"nothing waits":          {members: []string{"a", "b", "c"}},
		"all wait":               {members: []string{"a", "b", "c"}, pending: all("a", "b", "c"), calls: "restart b, restart c, switchover a b"},
		"only a replica":         {members: []string{"a", "b", "c"}, pending: all("c"), calls: "restart c"},
		"alone":                  {members: []string{"a"}, pending: all("a"), calls: "restart a"},
		"no switchover":          {members: []string{"a", "b"}, pending: all("a", "b"), args: []value.Value{"switchover", false}, calls: "restart b, restart a"},
		"less of something":      {members: []string{"a", "b"}, pending: all("a", "b"), args: []value.Value{"shrinks", true}, calls: "restart a, restart b"},
		"one is not well":        {members: []string{"a", "b", "c"}, pending: all("a", "b"), ill: "c", failed: "c is start failed"},
		"ill, but nothing to do": {members: []string{"a", "b", "c"}, ill: "c"},
		"forced":                 {members: []string{"a", "b"}, args: []value.Value{"force", true, "members", value.NewList("b")}, calls: "restart b"},
		"one listens elsewhere":  {members: []string{"a", "b", "c"}, pending: all("c"), args: []value.Value{"moves", value.NewList("c", "gone")}, calls: "restart c"},
		"a stranger":             {members: []string{"a", "b"}, args: []value.Value{"members", value.NewList("z")}, failed: "has no member z"},
	} {
		k := &fakeCluster{leader: "a", members: c.members, pending: c.pending, ill: c.ill}
		f := &fakeNode{http: k.http, exec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }, units: map[string]node.Unit{}}
		args := value.DictOf(append([]value.Value{"url", "http://a"}, c.args...)...)
		r := runFake(t, f, "patroni_restart", args)
		if strings.Join(k.calls, ", ") != c.calls || !strings.Contains(r.Failed, c.failed) || (r.Failed != "") != (c.failed != "") {
			t.Errorf("%s: %v, %q", name, k.calls, r.Failed)
		}
		if r.Changed != (c.calls != "") {
			t.Errorf("%s: changed is %v", name, r.Changed)
		}
	}
}

func TestPatroniRestartInAPlan(t *testing.T) {
	t.Parallel()
	for name, expected := range map[string]value.Value{"known": true, "unknown": value.Unknown{Why: "x"}} {
		k := &fakeCluster{leader: "a", members: []string{"a", "b", "c"}}
		f := &fakeNode{planned: true, http: k.http}
		r := runFake(t, f, "patroni_restart", value.DictOf("url", "http://a", "expected", expected))
		if want := "patroni member b restart; patroni member c restart; patroni cluster pg switchover"; keysOf(r) != want || len(k.calls) != 0 {
			t.Errorf("%s: %s, %v, %s", name, keysOf(r), k.calls, r.Failed)
		}
	}
	k := &fakeCluster{leader: "a", members: []string{"a", "b", "c"}}
	f := &fakeNode{planned: true, http: k.http}
	if r := runFake(t, f, "patroni_restart", value.DictOf("url", "http://a", "moves", value.NewList("c"))); keysOf(r) != "patroni member c restart" {
		t.Errorf("one moves: %s, %s", keysOf(r), r.Failed)
	}
	k.config = map[string]any{"pause": true}
	if r := runFake(t, f, "patroni_restart", value.DictOf("url", "http://a", "moves", value.NewList("c"))); !strings.Contains(r.Failed, "maintenance") {
		t.Errorf("paused: %s, %s", keysOf(r), r.Failed)
	}
	if r := runFake(t, f, "patroni_restart", value.DictOf("url", "http://a", "moves", value.NewList("c"), "resumes", true)); keysOf(r) != "patroni member c restart" {
		t.Errorf("resumed: %s, %s", keysOf(r), r.Failed)
	}
	f = &fakeNode{planned: true, http: func(node.Request) (node.Response, error) { return node.Response{}, node.ErrNotYet }}
	if r := runFake(t, f, "patroni_restart", value.DictOf("url", "http://a", "expected", true)); keysOf(r) != "" || r.Failed != "" || r.Changed != false {
		t.Errorf("%+v", r)
	}
}

func TestPatroniPause(t *testing.T) {
	t.Parallel()
	const pauses, resumes = `patch {"pause":true,"paused_by":"pig"}`, `patch {"pause":null,"paused_by":null}`
	for name, c := range map[string]struct {
		config map[string]any
		state  string
		calls  string
	}{
		"to pause":              {config: map[string]any{"ttl": 30}, state: "paused", calls: pauses},
		"paused already":        {config: map[string]any{"pause": true, "paused_by": "pig"}, state: "paused"},
		"resumed by somebody":   {config: map[string]any{"paused_by": "pig"}, state: "paused", calls: pauses},
		"paused by an other":    {config: map[string]any{"pause": true}, state: "resumed"},
		"to pause for good":     {config: map[string]any{"pause": true}, state: "paused", calls: pauses},
		"to resume":             {config: map[string]any{"pause": true, "paused_by": "pig"}, state: "resumed", calls: resumes},
		"nothing to be resumed": {state: "resumed"},
	} {
		for _, planned := range []bool{false, true} {
			k := &fakeCluster{leader: "a", members: []string{"a", "b"}, config: c.config}
			r := runFake(t, &fakeNode{planned: planned, http: k.http}, "patroni_pause", value.DictOf("url", "http://a", "cluster", "pg", "state", c.state))
			if r.Failed != "" || r.Changed != (c.calls != "") || !planned && strings.Join(k.calls, ", ") != c.calls || planned && len(k.calls) > 0 {
				t.Errorf("%s, planned %v: %v, changed %v, %s", name, planned, k.calls, r.Changed, r.Failed)
			}
		}
	}
	f := &fakeNode{planned: true, http: func(r node.Request) (node.Response, error) {
		if r.Change == nil {
			return node.Response{}, node.ErrNotYet
		}
		return node.Response{Status: 200}, nil
	}}
	if r := runFake(t, f, "patroni_pause", value.DictOf("url", "http://a", "cluster", "pg", "state", "paused")); keysOf(r) != "patroni cluster pg pause" {
		t.Errorf("before there is a cluster: %s, %s", keysOf(r), r.Failed)
	}
}

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
		f := &fakeNode{http: fakeEtcd(c.answers, &calls), units: map[string]node.Unit{}, exec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }}
		r := runFake(t, f, "etcd_auth", args())
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
		f := &fakeNode{http: rootOf("Old.Secret"), files: files, exec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }}
		if r := runFake(t, f, "etcd_auth", args()); r.Failed != "" || keysOf(r) != where {
			t.Errorf("another password of root: %s, %s, want %s", keysOf(r), r.Failed, where)
		}
	}
	f := &fakeNode{planned: true, http: func(node.Request) (node.Response, error) { return node.Response{}, node.ErrUnknown }}
	r := runFake(t, f, "etcd_auth", args())
	if len(r.Changes) != 8 || slices.ContainsFunc(r.Changes, func(c node.Change) bool { return !c.Assumed }) {
		t.Errorf("%v, %s", r.Changes, r.Failed)
	}
}

func TestEtcdRestartKeepsQuorum(t *testing.T) {
	t.Parallel()
	members := `{"members": [{"ID": "1", "name": "e-1", "clientURLs": ["https://a:2379"]}, {"ID": "2", "name": "e-2", "clientURLs": ["https://b:2379"]}]}`
	well := map[string]bool{}
	base := func(r node.Request) (node.Response, error) {
		return fakeEtcd(map[string]string{"v3/auth/user/list": "{}", "v3/cluster/member/list": members}, new([]string))(r)
	}
	f := &fakeNode{units: map[string]node.Unit{"etcd.service": {Name: "etcd.service", Exists: true, Active: "active"}},
		exec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil },
		http: func(r node.Request) (node.Response, error) {
			if host, ok := strings.CutSuffix(r.URL, "/health"); ok {
				return node.Response{Status: 200, Body: fmt.Appendf(nil, `{"health": "%v"}`, well[host])}, nil
			}
			return base(r)
		}}
	run := func() Result {
		return runFake(t, f, "etcd_restart", value.DictOf("endpoints", value.NewList("a:2379"), "name", "e-1", "timeout", int64(0), "reads", value.NewList()))
	}
	well["https://a:2379"] = true
	if r := run(); !strings.Contains(r.Failed, "e-1 is not restarted") || len(r.Changes) != 0 {
		t.Errorf("%q, %v", r.Failed, r.Changes)
	}
	well["https://b:2379"] = true
	if r := run(); r.Failed != "" || keysOf(r) != "service etcd.service restart" {
		t.Errorf("%q, %v", r.Failed, r.Changes)
	}
	// Another port of members: it is asked where it listens, and tells the others where it goes.
	f.units["etcd.service"] = node.Unit{Name: "etcd.service", Exists: true, Active: "active", PID: 7}
	f.exec = func(node.Cmd) (node.Output, error) {
		return node.Output{Stdout: []byte(`LISTEN 0 9 a:2379 0.0.0.0:* users:(("etcd",pid=7,fd=3))`)}, nil
	}
	asked := f.http
	f.http = func(r node.Request) (node.Response, error) {
		if strings.HasPrefix(r.URL, "https://a:2479/v3") {
			return node.Response{}, errors.New("connection refused")
		}
		if strings.HasSuffix(r.URL, "member/update") {
			return node.Response{Status: 200}, nil
		}
		return asked(r)
	}
	moved := value.DictOf("endpoints", value.NewList("a:2479"), "name", "e-1", "timeout", int64(0), "reads", value.NewList(), "peer_url", "https://a:2480")
	if r := runFake(t, f, "etcd_restart", moved); r.Failed != "" || keysOf(r) != "etcd member e-1 update; service etcd.service restart" {
		t.Errorf("moved: %q, %v", r.Failed, r.Changes)
	}
	args := value.DictOf("endpoints", value.NewList("a:2479"), "name", "e-1", "peer_url", "https://a:2380", "url", "https://a:2479", "init", "existing")
	if r := runFake(t, f, "etcd_member", args); !strings.Contains(r.Failed, "e-1 cannot move from https://a:2379") {
		t.Errorf("another port for clients: %q, %v", r.Failed, r.Changes)
	}
}
