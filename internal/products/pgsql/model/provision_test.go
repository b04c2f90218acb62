package model

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pig/internal/value"
)

func ptr[T any](v T) *T { return &v }

func TestQuoting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{Ident(`a"b`), `"a""b"`},
		{Idents([]string{"a", "B"}), `"a", "B"`},
		{Literal("it's"), `'it''s'`},
		{Literal(`a\'b`), ` E'a\\''b'`},
		{TextArray(nil), "ARRAY[]::text[]"},
		{Connect(`o'"\`), `\connect -reuse-previous=on "dbname='o\'""\\'"`},
		{Script([]string{"A", `\x`, "B;"}, true), "BEGIN;\nA;\n\\x\nB;\nCOMMIT;\n"},
	} {
		if c.got != c.want {
			t.Errorf("%s, not %s", c.got, c.want)
		}
	}
}

// All three verifiers were made by PostgreSQL 17.
func TestPasswords(t *testing.T) {
	t.Parallel()
	const scram = "SCRAM-SHA-256$4096:1tv7Hrm0Wb6KRvPQjUToXA==$pfF9mRomJ30YD+yCObDXfwhqmW5/GEqXnRgq6fEdnvU=:BV9/0FBfWtzni69qezBuU//dRcoaRbETyBb9iDL/7ZI="
	const umlaut = "SCRAM-SHA-256$4096:3uZqRUnR5w8M6NBzSOQi4A==$hG7NJ12/Dy6vlohEJOaHK8w6CrK/56e+Lc1uZ4glaD4=:YAssmoTv+kxMyNV8/Ee17jAPTqMR1aazAp+sqYJAQQ4="
	const md5 = "md54c7f8229c3bb9271212ebf63c7ca3967"
	sha, old := Encryption{"scram-sha-256", 4096}, Encryption{"md5", 4096}
	for _, c := range []struct {
		name, stored, password string
		e                      Encryption
		want                   bool
	}{
		{"same", scram, "DBUser.Meta", sha, true},
		{"another", scram, "DBUser.meta", sha, false},
		{"other letters", umlaut, "pässw0rd", sha, true},
		{"none yet", "", "x", sha, false},
		{"a verifier", scram, scram, sha, true},
		{"another verifier", scram, umlaut, sha, false},
		{"md5 where that is used", md5, "DBUser.Meta", old, true},
		{"md5 where it is no longer used", md5, "DBUser.Meta", sha, false},
		{"scram where md5 is used", scram, "DBUser.Meta", old, true},
		{"nonsense", "SCRAM-SHA-256$x", "x", sha, false},
	} {
		if got := PasswordMatches(c.stored, "t1", c.password, c.e); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	for _, e := range []Encryption{sha, old} {
		v, err := Verifier("t1", "it's \\ secret", e)
		if err != nil || !IsVerifier(v) || !PasswordMatches(v, "t1", "it's \\ secret", e) {
			t.Errorf("%v: %s, %v", e, v, err)
		}
	}
	// SASLprep: a ligature and a blank that are written otherwise are the same password.
	for _, same := range [][2]string{{"pässw0rd", "pässw0rd"}, {"ﬁx\u00a0it", "fix it"}} {
		if v, _ := Verifier("t1", same[0], sha); !IsVerifier(v) || !PasswordMatches(v, "t1", same[1], sha) {
			t.Errorf("%q is not %q to SCRAM", same[0], same[1])
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, declared, live string
		same                 bool
		literal              string
	}{
		{"search_path", `"$user", public, App`, `"$user", public, app`, true, "'$user', 'public', 'app'"},
		{"search_path", `"App,x"`, `app,x`, false, "'App,x'"},
		{"search_path", "", `""`, false, "''"},
		{"work_mem", "64MB", "64MB", true, "'64MB'"},
		{"jit", "off", "false", true, "'off'"},
		{"jit", "on", "off", false, "'on'"},
		{"log_min_duration_statement", "1", "on", false, "'1'"},
		{"log_destination", "csvlog, stderr", "csvlog, stderr", true, "'csvlog, stderr'"},
	} {
		s := Setting{c.name, c.declared}
		if s.equal(c.live) != c.same || s.literal() != c.literal {
			t.Errorf("%v: %v, %s", c, s.equal(c.live), s.literal())
		}
	}
}

func liveUsers(users map[string]LiveUser) UsersState {
	return UsersState{LiveServer: LiveServer{Version: 170005, Self: "postgres", Today: "2026-01-30", Encryption: "scram-sha-256", Iterations: 4096},
		Users: users, Databases: []string{"postgres", "o'db"}, Dates: map[string]string{"2030-01-01": "1893456000.000000"}}
}

func TestPlanUsers(t *testing.T) {
	t.Parallel()
	base := LiveUser{Login: true, Inherit: true, ConnLimit: -1}
	with := func(f func(*LiveUser)) LiveUser {
		u := base
		f(&u)
		return u
	}
	for _, c := range []struct {
		name string
		user User
		live *LiveUser
		want string // statements that must be there, with blanks between; "" is nothing
	}{
		{"new", User{Name: "a", Comment: ptr("c")}, nil, `CREATE ROLE "a" LOGIN|COMMENT ON ROLE "a" IS 'c'`},
		{"there", User{Name: "a"}, &base, ""},
		{"attributes", User{Name: "a", Login: ptr(false), Superuser: ptr(true), ConnLimit: ptr(5)}, &base, `ALTER ROLE "a" NOLOGIN SUPERUSER CONNECTION LIMIT 5`},
		{"settings", User{Name: "a", Settings: []Setting{{"jit", "off"}, {"work_mem", "Default"}}}, ptr(with(func(u *LiveUser) { u.Settings = []string{"work_mem=1MB", "x=1"} })),
			`ALTER ROLE "a" SET "jit" = 'off'|ALTER ROLE "a" RESET "work_mem"`},
		{"expires, first seen", User{Name: "a", ExpireIn: ptr(7)}, &base, `ALTER ROLE "a" VALID UNTIL '2026-02-06'|ALTER ROLE "a" SET "pig.expire_in" = '7'`},
		{"expires, days later", User{Name: "a", ExpireIn: ptr(7)}, ptr(with(func(u *LiveUser) { u.Until, u.Settings = "1769700000", []string{"pig.expire_in=7"} })), ""},
		{"expires, made by something else", User{Name: "a", ExpireIn: ptr(7)}, ptr(with(func(u *LiveUser) { u.Until = "1769700000" })), ""},
		{"expires, edited", User{Name: "a", ExpireIn: ptr(30)}, ptr(with(func(u *LiveUser) { u.Until, u.Settings = "1769700000", []string{"pig.expire_in=7"} })),
			`ALTER ROLE "a" VALID UNTIL '2026-03-01'|ALTER ROLE "a" SET "pig.expire_in" = '30'`},
		{"a date", User{Name: "a", ExpireAt: "2030-01-01"}, &base, `ALTER ROLE "a" VALID UNTIL '2030-01-01'`},
		{"the same date", User{Name: "a", ExpireAt: "2030-01-01"}, ptr(with(func(u *LiveUser) { u.Until = "1893456000.000000" })), ""},
		{"memberships", User{Name: "a", Member: []Membership{{Role: "g"}, {Role: "h", Absent: true}, {Role: "i", Admin: ptr(true)}, {Role: "j", Set: ptr(false)}}},
			ptr(with(func(u *LiveUser) {
				u.Member = []LiveMembership{{Role: "h"}, {Role: "i"}, {Role: "j", Set: ptr(true)}, {Role: "k"}}
			})),
			`GRANT "g" TO "a"|REVOKE "h" FROM "a"|GRANT "i" TO "a" WITH ADMIN OPTION|GRANT "j" TO "a" WITH SET FALSE`},
		{"memberships as they are", User{Name: "a", Member: []Membership{{Role: "g"}, {Role: "h", Absent: true}}}, ptr(with(func(u *LiveUser) { u.Member = []LiveMembership{{Role: "g"}} })), ""},
		{"gone already", User{Name: "a", Absent: true}, nil, ""},
		{"to go", User{Name: "a", Absent: true}, &base, `ALTER ROLE "a" NOLOGIN|REASSIGN OWNED BY "a" TO CURRENT_USER|DROP OWNED BY "a"|DROP ROLE "a"`},
	} {
		users := map[string]LiveUser{"postgres": base}
		if c.live != nil {
			users[c.user.Name] = *c.live
		}
		plan, err := PlanUsers([]User{c.user}, liveUsers(users), UserPolicy{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var sql []string
		for _, s := range plan.Steps {
			sql = append(sql, s.SQL...)
		}
		if c.want == "" && len(sql) > 0 || len(sql) < strings.Count(c.want, "|")+1 && c.want != "" {
			t.Errorf("%s: %q", c.name, sql)
		}
		for statement := range strings.SplitSeq(c.want, "|") {
			if c.want != "" && !slices.Contains(sql, statement) {
				t.Errorf("%s: no %s in %q", c.name, statement, sql)
			}
		}
	}
}

func TestPlanUsersAsAWhole(t *testing.T) {
	t.Parallel()
	live := liveUsers(map[string]LiveUser{"postgres": {}, "replicator": {}, "stray": {}, "pg_monitor": {}})
	plan, err := PlanUsers([]User{{Name: "a", Member: []Membership{{Role: "b"}}}, {Name: "b"}}, live, UserPolicy{Keep: []string{"replicator"}})
	if err != nil || plan.Steps[0].Name != "b" || !slices.Equal(plan.Undeclared, []string{"stray"}) || len(plan.Steps) != 2 {
		t.Errorf("%+v, %v", plan, err)
	}
	if plan, _ = PlanUsers(nil, live, UserPolicy{Keep: []string{"replicator"}, Prune: true}); len(plan.Steps) != 1 || !plan.Steps[0].DataLoss {
		t.Errorf("%+v", plan)
	}
	for name, users := range map[string][]User{
		"a circle":   {{Name: "a", Member: []Membership{{Role: "b"}}}, {Name: "b", Member: []Membership{{Role: "a"}}}},
		"twice":      {{Name: "a"}, {Name: "a"}},
		"the system": {{Name: "replicator", Absent: true}},
		"itself":     {{Name: "postgres", Absent: true}},
	} {
		if _, err := PlanUsers(users, live, UserPolicy{Keep: []string{"replicator"}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	// Nothing runs yet: everything is made.
	if plan, err = PlanUsers([]User{{Name: "a", Password: ptr("x"), ExpireIn: ptr(1)}}, UsersState{}, UserPolicy{}); err != nil || len(plan.Steps) != 1 || plan.Steps[0].Action != "create" {
		t.Errorf("%+v, %v", plan, err)
	}
}

func TestDefaultPrivileges(t *testing.T) {
	t.Parallel()
	row := []LiveDefault{{Role: "o", Type: "r", ACL: ACL{{"o", "SELECT", false}, {"ro", "SELECT", false}}}}
	for _, c := range []struct {
		text      string
		live      []LiveDefault
		satisfied bool
	}{
		{"GRANT SELECT     ON TABLES     TO  ro", row, true},
		{"grant select, insert on tables to ro;", row, false},
		{"GRANT SELECT ON TABLES TO ro WITH GRANT OPTION", row, false},
		{"GRANT ALL ON TABLES TO ro", row, false},
		{"GRANT EXECUTE ON FUNCTIONS TO PUBLIC", nil, true},
		{"REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC", nil, false},
		{"GRANT EXECUTE ON ROUTINES TO ro", nil, false},
		{"IN SCHEMA s GRANT SELECT ON TABLES TO ro", row, false},
		{`GRANT USAGE ON SCHEMAS TO "Ro"`, []LiveDefault{{Role: "o", Type: "n", ACL: ACL{{"Ro", "USAGE", false}}}}, true},
	} {
		d, err := ParseDefaultPrivilege(c.text)
		if err != nil || d.satisfied("o", c.live) != c.satisfied {
			t.Errorf("%s: %+v, %v", c.text, d, err)
		}
	}
	for _, text := range []string{"GRANT SELECT ON TABLES FROM x", "GRANT FLY ON TABLES TO x", "SELECT 1", "GRANT USAGE ON SCHEMA s TO x"} {
		if _, err := ParseDefaultPrivilege(text); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}

// What PostgreSQL would refuse is found before anything is changed.
func TestDatabasesThatCannotBe(t *testing.T) {
	t.Parallel()
	state := DatabasesState{
		LiveServer: LiveServer{Version: 170005, Self: "postgres"}, Roles: []string{"postgres", "o"}, Databases: map[string]LiveDatabase{"template1": {Owner: "postgres"}},
		Available: map[string]string{"vector": "0.8.0"}, Versions: map[string][]string{"vector": {"0.7.0", "0.8.0"}},
	}
	vector := func(version string) Database {
		return Database{Name: "n", Extensions: []Extension{{Name: "vector", Version: version}}}
	}
	for _, c := range []struct {
		db     Database
		inside LiveInside
		want   string
	}{
		{vector("0.7.0"), LiveInside{}, ""},
		{vector("0.9.0"), LiveInside{}, `database n: version "0.9.0" of extension vector is not on this node, which has 0.7.0, 0.8.0`},
		{vector("0.6.0"), LiveInside{Extensions: map[string]LiveExtension{"vector": {Version: "0.6.0"}}}, ""}, // it is so, whatever its package brings now
		{Database{Name: "n", Extensions: []Extension{{Name: "postgis"}}}, LiveInside{}, "extension postgis is not on this node"},
		{Database{Name: "n", Extensions: []Extension{{Name: "postgis", Version: "3", Absent: true}}}, LiveInside{}, ""},
		{Database{Name: "n", Owner: "o"}, LiveInside{}, ""},
		{Database{Name: "n", Owner: "soon", Schemas: []Schema{{Name: "s", Owner: "soon"}}}, LiveInside{}, ""},
		{Database{Name: "n", Owner: "nobody"}, LiveInside{}, `database n: owner "nobody" not found in the cluster, pg_users or pg_default_roles`},
		{Database{Name: "n", Schemas: []Schema{{Name: "s", Owner: "nobody"}}}, LiveInside{}, `database n: owner "nobody" of schema s not found`},
		{Database{Name: "n", Owner: "nobody", Absent: true}, LiveInside{}, ""},
	} {
		_, err := DatabasePolicy{Roles: []string{"soon"}}.Plan([]Database{c.db}, state, map[string]LiveInside{"n": c.inside})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.db, err, c.want)
		}
	}
}

func TestPlanDatabases(t *testing.T) {
	t.Parallel()
	policy := DatabasePolicy{Admin: "dbrole_admin", Superadmin: "dba", Connectors: []string{"repl"}}
	public := map[string]LiveSchema{"public": {Owner: "postgres", ACL: ACL{{"dbrole_admin", "CREATE", false}}}}
	state := DatabasesState{
		LiveServer: LiveServer{Version: 170005, Self: "postgres"}, Roles: []string{"postgres", "dbrole_admin", "dba", "repl", "o"}, Available: map[string]string{"vector": "0.8"},
		Databases: map[string]LiveDatabase{
			"template1": {Owner: "postgres"}, "postgres": {Owner: "postgres"}, "stray": {Owner: "o"},
			"a": {Owner: "o", Encoding: "UTF8", Collate: "C", AllowConn: true, ConnLimit: -1, ACL: ACL{
				{"", "CONNECT", false}, {"dbrole_admin", "CREATE", false}, {"o", "CREATE", false}, {"o", "CONNECT", false}, {"o", "TEMPORARY", false}}},
		},
	}
	inside := map[string]LiveInside{
		"a":         {Read: true, Schemas: public, Extensions: map[string]LiveExtension{"vector": {Version: "0.7", Schema: "public", Relocatable: true}}},
		"template1": {Read: true, Schemas: public},
	}
	for _, c := range []struct {
		name string
		db   Database
		keys string // kind name action of each step
		sql  string
	}{
		{"as it is", Database{Name: "a", Owner: "o", Encoding: "utf-8", Schemas: []Schema{{Name: "public"}}, Extensions: []Extension{{Name: "vector"}}}, "", ""},
		{"new", Database{Name: "n", Owner: "o", Extensions: []Extension{{Name: "vector", Schema: "ext"}}, Baseline: "SELECT 1"}, "database n create",
			`CREATE DATABASE "n" OWNER "o"|CREATE SCHEMA IF NOT EXISTS "ext"|CREATE EXTENSION IF NOT EXISTS "vector" SCHEMA "ext" CASCADE|ALTER DATABASE "n" SET "pig.baseline" = 'e004ebd5b5532a4b'`},
		{"extension", Database{Name: "a", Extensions: []Extension{{Name: "vector", Schema: "x", Version: "0.8"}}}, "extension a/vector update",
			`ALTER EXTENSION "vector" UPDATE TO '0.8'|CREATE SCHEMA IF NOT EXISTS "x"|ALTER EXTENSION "vector" SET SCHEMA "x"`},
		{"schema", Database{Name: "a", Schemas: []Schema{{Name: "s", Owner: "o"}, {Name: "public", Absent: true}}}, "schema a/s create,schema a/public delete", `DROP SCHEMA "public" CASCADE`},
		{"shut", Database{Name: "a", RevokeConn: ptr(true)}, "database a update",
			`REVOKE CONNECT ON DATABASE "a" FROM PUBLIC|GRANT CONNECT ON DATABASE "a" TO "repl"|GRANT CONNECT ON DATABASE "a" TO "dba" WITH GRANT OPTION`},
		{"closed last", Database{Name: "a", AllowConn: ptr(false), Schemas: []Schema{{Name: "s"}}}, "schema a/s create,database a update", `ALTER DATABASE "a" ALLOW_CONNECTIONS false`},
		{"to go", Database{Name: "a", Absent: true}, "database a delete", `DROP DATABASE IF EXISTS "a" WITH (FORCE)`},
		{"gone", Database{Name: "zz", Absent: true}, "", ""},
		{"to be made anew, not confirmed", Database{Name: "a", Recreate: true}, "", ""},
	} {
		plan, err := policy.Plan([]Database{c.db}, state, inside)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var keys, sql []string
		for _, s := range plan.Steps {
			keys, sql = append(keys, s.Kind+" "+s.Name+" "+s.Action), append(sql, s.SQL...)
		}
		if strings.Join(keys, ",") != c.keys {
			t.Errorf("%s: %q", c.name, keys)
		}
		for statement := range strings.SplitSeq(c.sql, "|") {
			if c.sql != "" && !slices.Contains(sql, statement) {
				t.Errorf("%s: no %s in %q", c.name, statement, sql)
			}
		}
		if want := []string{"a", "stray"}; c.db.Name == "a" && !slices.Equal(plan.Undeclared, want[1:]) || c.db.Name != "a" && !slices.Equal(plan.Undeclared, want) {
			t.Errorf("%s: undeclared %v", c.name, plan.Undeclared)
		}
	}
	policy.MayRecreate = []string{"a"}
	if plan, err := policy.Plan([]Database{{Name: "a", Recreate: true}}, state, inside); err != nil || len(plan.Steps) != 2 || !plan.Steps[0].DataLoss {
		t.Errorf("%+v, %v", plan, err)
	}
	if plan, err := policy.Plan([]Database{{Name: "a", Encoding: "LATIN1"}}, state, inside); err != nil || len(plan.Notes) != 1 || len(plan.Steps) != 0 {
		t.Errorf("%+v, %v", plan, err)
	}
	for name, d := range map[string]Database{"extension": {Name: "a", Extensions: []Extension{{Name: "nosuch"}}}, "system": {Name: "postgres", Absent: true}, "template": {Name: "q", Template: "nosuch"}} {
		if _, err := policy.Plan([]Database{d}, state, inside); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestDiffConfig(t *testing.T) {
	t.Parallel()
	read := func(text string) *value.Dict {
		v, err := value.ParseJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return v.(*value.Dict)
	}
	live := read(`{"ttl": 30, "synchronous_mode": false, "slots": {"x": {"type": "physical"}}, "standby_cluster": {"host": "h"},
		"postgresql": {"use_slots": true, "pg_hba": ["a"], "parameters": {"max_connections": "100", "work_mem": "4MB", "jit": "off", "old": 1, "wal_level": "logical"}}}`)
	declared := read(`{"ttl": "30", "synchronous_mode": true, "standby_cluster": null, "nosuch": null,
		"postgresql": {"pg_hba": ["a", "b"], "parameters": {"max_connections": 50, "work_mem": "8MB", "jit": false, "wal_level": "logical", "unheard.of": 1}}}`)
	changes := DiffConfig(declared, live, map[string]string{"max_connections": "postmaster", "work_mem": "user", "old": "sighup"})
	got := map[string]Effect{}
	for _, c := range changes {
		got[c.Name()] = c.Effect
		if c.Shrinks != (c.Name() == "max_connections") {
			t.Errorf("%s shrinks: %v", c.Name(), c.Shrinks)
		}
	}
	want := map[string]Effect{"synchronous_mode": EffectNone, "standby_cluster": EffectPromote, "postgresql.pg_hba": EffectReload,
		"max_connections": EffectRestart, "work_mem": EffectReload, "unheard.of": EffectRestart, "old": EffectReload}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if string(a) != string(b) {
		t.Errorf("%s, not %s", a, b)
	}
	patch := string(value.PlainJSON(Patch(changes)))
	for _, part := range []string{`"old":null`, `"max_connections":50`, `"standby_cluster":null`, `"pg_hba":["a","b"]`} {
		if !strings.Contains(patch, part) {
			t.Errorf("no %s in %s", part, patch)
		}
	}
	if again := DiffConfig(declared, read(`{"ttl":30,"synchronous_mode":true,"postgresql":{"pg_hba":["a","b"],"parameters":{"max_connections":"50","work_mem":"8MB","jit":"off","wal_level":"logical","unheard.of":"1"}}}`), nil); len(again) != 0 {
		t.Errorf("%+v", again)
	}
}

func TestClusterView(t *testing.T) {
	t.Parallel()
	var v ClusterView
	if err := json.Unmarshal([]byte(`{"members": [
		{"name": "c", "role": "replica", "state": "streaming", "lag": 0, "tags": {"nofailover": true}},
		{"name": "b", "role": "replica", "state": "streaming", "lag": 10},
		{"name": "a", "role": "leader", "state": "running"},
		{"name": "d", "role": "sync_standby", "state": "streaming", "lag": 100},
		{"name": "e", "role": "replica", "state": "streaming", "lag": "unknown"}]}`), &v); err != nil {
		t.Fatal(err)
	}
	if m, ok := v.Candidate(); !ok || m.Name != "d" {
		t.Errorf("candidate %s", m.Name)
	}
	names := func(list []MemberView) (s string) {
		for _, m := range list {
			s += m.Name
		}
		return s
	}
	if got := names(v.RestartOrder([]string{"a", "b", "c"}, false)); got != "bca" {
		t.Error(got)
	}
	if got := names(v.RestartOrder([]string{"a", "b", "c"}, true)); got != "abc" {
		t.Error(got)
	}
	if err := v.Fit(); err != nil {
		t.Error(err)
	}
	v.Members[1].State = "stopped"
	if err := v.Fit(); err == nil || !strings.Contains(err.Error(), "b is stopped") {
		t.Error(err)
	}
	v.Paused = true
	if err := v.Fit(); err == nil || !strings.Contains(err.Error(), "maintenance") {
		t.Error(err)
	}
}

// A password reaches the server as a verifier, after the session was told to record nothing.
func TestPasswordsGoAsVerifiersAndUnrecorded(t *testing.T) {
	t.Parallel()
	const clear = "sesame's street"
	for _, method := range []string{"scram-sha-256", "md5"} {
		live := liveUsers(map[string]LiveUser{"postgres": {}, "there": {Login: true, ConnLimit: -1}})
		live.Encryption = method
		plan, err := PlanUsers([]User{{Name: "new", Password: ptr(clear)}, {Name: "there", Password: ptr(clear)}}, live, UserPolicy{})
		if err != nil {
			t.Fatal(err)
		}
		step, err := PlanPassword("there", clear, live)
		if err != nil || len(plan.Steps) != 2 {
			t.Fatal(plan.Steps, err)
		}
		for _, s := range append(plan.Steps, step) {
			at := slices.IndexFunc(s.SQL, func(q string) bool { return strings.Contains(q, " PASSWORD ") })
			if at < 0 || strings.Contains(strings.Join(s.SQL, "\n"), "sesame") {
				t.Errorf("%s %s: %q", method, s.Name, s.SQL)
				continue
			}
			_, literal, _ := strings.Cut(s.SQL[at], " PASSWORD ")
			if !IsVerifier(strings.Trim(literal, "'")) {
				t.Errorf("%s %s: %s", method, s.Name, s.SQL[at])
			}
			for _, quiet := range []string{
				"log_statement = 'none'", "log_min_duration_statement = -1", "log_min_duration_sample = -1", "log_duration = off", "log_min_error_statement = 'panic'",
				"auto_explain.log_min_duration = -1", "pg_stat_statements.track_utility = off", "pgaudit.log = 'none'",
			} {
				if !slices.Contains(s.SQL[:at], "SET "+quiet) {
					t.Errorf("%s %s: SET %s does not come before the password: %q", method, s.Name, quiet, s.SQL)
				}
			}
		}
	}
}
