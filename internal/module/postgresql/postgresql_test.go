package postgresql_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/module/postgresql"
	"pig/internal/node"
	"pig/internal/value"
)

func table() map[string]module.Module {
	all := map[string]module.Module{}
	for _, m := range postgresql.Table() {
		all[m.Name] = m
	}
	return all
}

// server is a PostgreSQL of this machine in a directory of its own, on a socket only; the test is skipped where there is none to start.
func server(t *testing.T) (socket string) {
	t.Helper()
	if os.Getenv("PIG_SANDBOX_TESTS") == "" {
		t.Skip("a real server is tested with PIG_SANDBOX_TESTS=1")
	}
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(bins) == 0 || os.Geteuid() != 0 {
		t.Skip("no PostgreSQL to start here, or nobody who may")
	}
	bin := filepath.Dir(bins[len(bins)-1])
	dir, err := os.MkdirTemp("/tmp", "pgmod-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	as := func(argv ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, "runuser", append([]string{"-u", "postgres", "--"}, argv...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("%v: %v\n%s", argv, err, out)
		}
	}
	if out, err := exec.Command("chown", "postgres", dir).CombinedOutput(); err != nil {
		t.Skipf("%v %s", err, out)
	}
	data := filepath.Join(dir, "data")
	as(filepath.Join(bin, "initdb"), "-D", data, "-A", "trust", "-N")
	as(filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", "-c listen_addresses='' -c fsync=off -c wal_level=logical -k "+dir, "start")
	t.Cleanup(func() { as(filepath.Join(bin, "pg_ctl"), "-D", data, "-m", "immediate", "stop") })
	return dir
}

// deed is what a module is asked, and what has to come of it.
type deed struct {
	module string
	args   []value.Value
	makes  string
	failed string
	says   string
}

// On a real server: what a plan foresees is what a run does, and it is not done again.
func TestModulesOnAServer(t *testing.T) {
	socket := server(t)
	live := node.NewLive()
	space := filepath.Join(socket, "space")
	if out, err := exec.Command("install", "-d", "-o", "postgres", "-m", "0700", space).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	const scram = "SCRAM-SHA-256$4096:3Tx4xS1ZNoIJoFhmW9rmlg==$x/DxM9NOjpj5AYSNnbN2ZUOa0L1a8LbYqTtZE6TC5aA=:vAvL6ZoJxDVqnSO3gPQv3O5TkVyhGpwkBo4+UAcjJfg="
	for _, d := range []deed{
		{"postgresql_ping", nil, "", "", "'is_available': True, 'server_version': {'raw': 'PostgreSQL "},
		{"postgresql_db", []value.Value{"name", "shop", "encoding", "UTF-8", "template", "template0", "comment", "it's"}, "database shop create; database shop update", "", `CREATE DATABASE "shop" TEMPLATE "template0" ENCODING \'UTF-8\'`},
		{"postgresql_db", []value.Value{"name", "shop", "encoding", "LATIN1"}, "", "Changing encoding is not supported", ""},
		{"postgresql_user", []value.Value{"name", "al\"ice", "password", "pa'ss", "role_attr_flags", "CREATEDB,NOSUPERUSER", "conn_limit", int64(5), "expires", "2030-01-01"}, `role al"ice create`, "", "PASSWORD ********"},
		{"postgresql_user", []value.Value{"name", "al\"ice", "password", "other", "comment", "c", "configuration", value.DictOf("work_mem", "16MB")}, `role al"ice update; role al"ice update; role al"ice update`, "", ""},
		{"postgresql_user", []value.Value{"name", "al\"ice", "role_attr_flags", "NOCREATEDB,LOGIN", "reset_unspecified_configuration", true}, `role al"ice update; role al"ice update`, "", "NOCREATEDB"},
		{"postgresql_user", []value.Value{"name", "bob", "password", scram}, "role bob create", "", ""},
		{"postgresql_user", []value.Value{"name", "bob", "role_attr_flags", "FLY"}, "", "Invalid role_attr_flags specified: FLY", ""},
		{"postgresql_user", []value.Value{"name", "bob;x", "trust_input", false}, "", "potentially dangerous", ""},
		{"postgresql_db", []value.Value{"name", "shop", "owner", "bob", "conn_limit", "7"}, "database shop update; database shop update", "", ""},
		{"postgresql_tablespace", []value.Value{"tablespace", "fast"}, "", "Parameter 'location' is needed", ""},
		{"postgresql_tablespace", []value.Value{"tablespace", "fast", "location", space, "set", value.DictOf("random_page_cost", "1")}, "tablespace fast create; tablespace fast update", "", ""},
		{"postgresql_tablespace", []value.Value{"tablespace", "fast", "location", "/elsewhere"}, "", "exists with different location", ""},
		{"postgresql_tablespace", []value.Value{"tablespace", "fast", "owner", "bob"}, "tablespace fast update", "", ""},
		{"postgresql_tablespace", []value.Value{"tablespace", "fast", "state", "absent"}, "tablespace fast delete", "", ""},
		{"postgresql_schema", []value.Value{"name", "app", "login_db", "shop", "owner", "bob"}, "schema shop.app create", "", ""},
		{"postgresql_schema", []value.Value{"name", "app", "database", "shop", "owner", "postgres", "comment", "x"}, "schema shop.app update; schema shop.app update", "", ""},
		{"postgresql_ext", []value.Value{"name", "plpgsql", "db", "shop", "comment", "language"}, "extension shop.plpgsql update", "", ""},
		{"postgresql_ext", []value.Value{"name", "plpgsql", "db", "shop", "state", "absent"}, "extension shop.plpgsql delete", "", ""},
		{"postgresql_membership", []value.Value{"group", "pg_monitor", "target_roles", value.NewList("bob")}, "member bob of pg_monitor create", "", "'granted': {'pg_monitor': ['bob']}"},
		{"postgresql_membership", []value.Value{"group", "pg_monitor", "target_roles", value.NewList("nobody")}, "", "Role nobody does not exist", ""},
		{"postgresql_membership", []value.Value{"group", "pg_monitor", "state", "exact"}, "member bob of pg_monitor delete", "", ""},
		{"postgresql_set", []value.Value{"name", "work_mem", "value", "8MB"}, "setting work_mem update", "", "'restart_required': False"},
		{"postgresql_set", []value.Value{"name", "shared_buffers", "value", "64MB"}, "setting shared_buffers update", "", "'restart_required': True"},
		{"postgresql_set", []value.Value{"name", "nosuch", "value", "1"}, "", "does not exist or is not known", ""},
		{"postgresql_set", []value.Value{"name", "block_size", "value", "1"}, "", "internal context", ""},
		{"postgresql_slot", []value.Value{"name", "s1"}, "replication slot s1 create", "", ""},
		{"postgresql_slot", []value.Value{"name", "s1", "state", "absent"}, "replication slot s1 delete", "", ""},
		{"postgresql_query", []value.Value{"db", "shop", "query", "SELECT %s AS a, %(x)s", "named_args", value.DictOf("x", "it's")}, "", "needs a value for %s", ""},
		{"postgresql_query", []value.Value{"db", "shop", "query", "SELECT %s::int AS a, %s AS b", "positional_args", value.NewList(int64(5), "it's")}, "", "", "'query_result': [{'a': 5, 'b': \"it's\"}]"},
		{"postgresql_query", []value.Value{"db", "shop", "query", "SHOW server_encoding"}, "", "", "'query_result': [{'server_encoding': 'UTF8'}], 'query_all_results'"},
		{"postgresql_privs", []value.Value{"db", "shop", "role", "bob", "type", "schema", "objs", "app", "privs", "ALL"}, "privileges bob on schema app create", "", `GRANT CREATE, USAGE ON SCHEMA app TO "bob"`},
		{"postgresql_privs", []value.Value{"db", "shop", "role", "bob", "type", "schema", "objs", "app", "privs", "CREATE", "state", "absent"}, "privileges bob on schema app delete", "", ""},
		{"postgresql_privs", []value.Value{"db", "shop", "roles", "PUBLIC", "type", "database", "privs", "TEMP", "state", "absent"}, "privileges PUBLIC on database shop delete", "", ""},
		{"postgresql_privs", []value.Value{"db", "shop", "role", "bob", "schema", "pg_catalog", "objs", "pg_authid,pg_shadow", "privs", "select,insert", "grant_option", true}, "privileges bob on table pg_catalog.pg_authid create; privileges bob on table pg_catalog.pg_shadow create", "", "WITH GRANT OPTION"},
		{"postgresql_privs", []value.Value{"db", "shop", "role", "bob", "type", "default_privs", "objs", "TABLES", "privs", "SELECT", "schema", "app"}, `default privileges bob FOR ROLE "postgres" IN SCHEMA "app" TABLES create`, "", ""},
		{"postgresql_privs", []value.Value{"db", "shop", "role", "bob", "type", "default_privs", "objs", "TABLES", "privs", "SELECT", "schema", "app", "state", "absent"}, `default privileges bob FOR ROLE "postgres" IN SCHEMA "app" TABLES delete`, "", ""},
		{"postgresql_privs", []value.Value{"role", "bob", "type", "group", "objs", "pg_monitor"}, "member bob of pg_monitor create", "", ""},
		{"postgresql_privs", []value.Value{"role", "bob", "type", "group", "objs", "pg_monitor", "state", "absent"}, "member bob of pg_monitor delete", "", ""},
		{"postgresql_privs", []value.Value{"role", "bob", "objs", "nosuch", "privs", "SELECT"}, "", "table \"nosuch\" not found in database postgres", ""},
		{"postgresql_privs", []value.Value{"role", "bob", "objs", "x", "privs", "FLY"}, "", "Invalid privs specified: FLY", ""},
		{"postgresql_privs", []value.Value{"role", "nobody2", "objs", "x", "privs", "SELECT"}, "", "Role 'nobody2' does not exist", ""},
		{"postgresql_privs", []value.Value{"db", "shop", "role", "bob", "schema", "pg_catalog", "objs", "pg_authid,pg_shadow", "privs", "ALL", "state", "absent"}, "privileges bob on table pg_catalog.pg_authid delete; privileges bob on table pg_catalog.pg_shadow delete", "", ""},
		{"postgresql_privs", []value.Value{"db", "shop", "role", "bob", "type", "schema", "objs", "app", "privs", "ALL", "state", "absent"}, "privileges bob on schema app delete", "", ""},
		{"postgresql_db", []value.Value{"name", "shop", "target", "store", "state", "rename"}, "database shop update", "", ""},
		{"postgresql_db", []value.Value{"name", "store", "state", "absent", "force", true}, "database store delete", "", ""},
		{"postgresql_user", []value.Value{"name", "bob", "state", "absent"}, "role bob delete", "", ""},
	} {
		args := value.DictOf(append([]value.Value{"login_unix_socket", socket}, d.args...)...)
		task := module.Task{Module: d.module, Args: args, User: "postgres"}
		name := d.module + " " + value.Display(args)
		planned := module.Run(t.Context(), node.NewShadow(live), table(), task)
		did := module.Run(t.Context(), live, table(), task)
		if got := fake.Keys(did.Changes); got != d.makes || fake.Keys(planned.Changes) != got {
			t.Errorf("%s: did %q, planned %q, want %q", name, got, fake.Keys(planned.Changes), d.makes)
		}
		if !strings.Contains(did.Failed, d.failed) || (did.Failed == "") != (d.failed == "") || planned.Failed != did.Failed {
			t.Errorf("%s: failed %q, planned %q, want %q", name, did.Failed, planned.Failed, d.failed)
		}
		if said := value.Display(did.Values); !strings.Contains(said, d.says) {
			t.Errorf("%s: said %s, want %s in it", name, said, d.says)
		}
		if d.failed != "" || slices.Contains(d.args, value.Value("rename")) {
			continue
		}
		if again := module.Run(t.Context(), live, table(), task); len(again.Changes) > 0 || again.Failed != "" {
			t.Errorf("%s: again %q %q", name, fake.Keys(again.Changes), again.Failed)
		}
	}
	write := module.Task{Module: "postgresql_query", User: "postgres", Args: value.DictOf("login_unix_socket", socket, "db", "postgres", "query", value.NewList("CREATE TABLE t (a int)", "INSERT INTO t VALUES (1), (2)"))}
	if r := module.Run(t.Context(), node.NewShadow(live), table(), write); !value.IsUnknown(r.Changed) {
		t.Errorf("a plan says of an INSERT: changed %v, %s", r.Changed, r.Failed)
	}
	if r := module.Run(t.Context(), live, table(), write); r.Changed != true || r.Values.At("rowcount") != int64(2) || r.Values.At("statusmessage") != "INSERT 0 2" {
		t.Errorf("an INSERT: %v, %s", value.Display(r.Values), r.Failed)
	}
	if r := module.Run(t.Context(), live, table(), module.Task{Module: "postgresql_ping", User: "postgres", Args: value.DictOf("login_unix_socket", "/nosuch")}); r.Failed != "" || r.Values.At("is_available") != false {
		t.Errorf("a server that is not there: %v, %s", value.Display(r.Values), r.Failed)
	}
}

// In a plan, what a database of the plan is to hold is planned too.
func TestAPlanOfADatabaseAndWhatIsInIt(t *testing.T) {
	t.Parallel()
	var changes []node.Change
	m := &fake.Node{Planned: true, Facts: map[string]string{}, OnExec: func(c node.Cmd) (node.Output, error) {
		if strings.Contains(strings.Join(c.Argv, " "), "shop") {
			return node.Output{RC: 2, Stderr: []byte(`FATAL: database "shop" does not exist`)}, nil
		}
		return node.Output{}, nil
	}}
	for _, task := range []module.Task{
		{Module: "postgresql_db", Args: value.DictOf("name", "shop")},
		{Module: "postgresql_schema", Args: value.DictOf("name", "app", "db", "shop")},
		{Module: "postgresql_ext", Args: value.DictOf("name", "pgcrypto", "db", "shop")},
		{Module: "postgresql_ext", Args: value.DictOf("name", "pgcrypto", "db", "shop")},
		{Module: "postgresql_db", Args: value.DictOf("name", "shop", "state", "absent")},
	} {
		r := module.Run(t.Context(), m, table(), task)
		if r.Failed != "" {
			t.Errorf("%s: %s", task.Module, r.Failed)
		}
		changes = append(changes, r.Changes...)
	}
	if got := fake.Keys(changes); got != "database shop create; schema shop.app create; extension shop.pgcrypto create; database shop delete" {
		t.Errorf("planned %s", got)
	}
}
