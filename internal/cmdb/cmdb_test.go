package cmdb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/cmdb/cmdbtest"
	"pig/internal/credential"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/value"
)

const password = "correct horse battery staple"

func vaultKeys() *Keys { return NewKeys(credential.Vault{Password: password}) }

// TestTables runs all tests of tables on one server: starting one takes longer than any of them.
func TestTables(t *testing.T) {
	t.Parallel()
	s := cmdbtest.Start(t)
	template := open(t, s.DSN(s.Template(t)))
	if _, err := template.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	template.Close()
	for name, test := range map[string]func(*testing.T, *cmdbtest.Server){
		"WhatWasLoadedIsDumped":       whatWasLoadedIsDumped,
		"ADumpWithoutTheKeyHasVaults": aDumpWithoutTheKeyHasVaults,
		"AnEditBySQLIsDumped":         anEditBySQLIsDumped,
		"ASecondWriterIsTold":         aSecondWriterIsTold,
		"AVersionComesBack":           aVersionComesBack,
		"TablesRefuseWhatIsWrong":     tablesRefuseWhatIsWrong,
		"AKilledLoadLeavesTheOld":     aKilledLoadLeavesTheOld,
		"InitKeepsWhatIsThere":        initKeepsWhatIsThere,
		"ThePageIsShown":              thePageIsShown,
		"AVersionShowsItsDifferences": aVersionShowsItsDifferences,
		"ViewsKnowWhatIsSecret":       viewsKnowWhatIsSecret,
	} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

func open(t *testing.T, dsn string) *DB {
	t.Helper()
	db, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// created is a database with empty tables.
func created(t *testing.T, s *cmdbtest.Server) (*DB, string) {
	t.Helper()
	dsn := s.Database(t)
	db := open(t, dsn)
	t.Cleanup(db.Close)
	return db, dsn
}

func load(t *testing.T, db *DB, text string, keys *Keys) *Loaded {
	t.Helper()
	done, err := db.Load(t.Context(), Load{Text: text, Source: "pigsty.yml", Author: "alice", Kind: "load", Base: -1}, keys)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func dumped(t *testing.T, db *DB, keys *Keys) string {
	t.Helper()
	state, err := db.Read(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := state.Text(keys)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// listed is the whole inventory of a text as ansible-inventory prints it.
func listed(t *testing.T, text string) string {
	t.Helper()
	inv, _, err := inventory.LoadText("x.yml", []byte(text), inventory.Options{Vault: func(s string) (string, error) {
		plain, err := credential.Vault{Password: password}.Open([]byte(strings.TrimSpace(s)))
		return string(plain), err
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(value.PlainJSON(inv.List(inventory.View{})))
}

func samples(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, dir := range []string{"../../inventory", "../../testdata/seed", "testdata"} {
		files, _ := filepath.Glob(dir + "/*.yml")
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.Base(f)] = string(text)
		}
	}
	if len(all) < 12 {
		t.Fatalf("only %d samples", len(all))
	}
	return all
}

// What was loaded is dumped byte by byte, and no dump of the database shows a secret. The same inventory made of the rows alone is the same to Ansible.
func whatWasLoadedIsDumped(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	for name, text := range samples(t) {
		keys := vaultKeys()
		db, dsn := created(t, s)
		load(t, db, text, keys)
		if got := dumped(t, db, keys); got != text {
			t.Errorf("%s: the dump is another text", name)
		}
		state, err := db.Read(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		read, err := ReadText(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		bare, err := plainText(state.Rows, read, keys)
		if err != nil {
			t.Errorf("%s: from the rows alone: %v", name, err)
		} else if got := strings.ReplaceAll(listed(t, bare), `"87654321"`, "87654321"); got != listed(t, text) { // a password is a text
			t.Errorf("%s: from the rows alone the inventory is another one:\n%s\n%s", name, listed(t, bare), listed(t, text))
		}
		if again := load(t, db, text, keys); len(again.Changes) > 0 || again.Layout || again.Version != 1 {
			t.Errorf("%s: loaded again: version %d, %d changes", name, again.Version, len(again.Changes))
		}
		viewsSayWhatAnsibleSays(t, s, dsn, name, text, keys)
		all, err := s.Dump(dsn)
		if err != nil {
			t.Fatal(all, err)
		}
		for _, row := range read.Rows.All() {
			for _, plain := range value.Secrets(row.Value) {
				if len(plain) > 5 && !IsSealed(plain) && strings.Contains(all, plain) {
					t.Errorf("%s: a dump of the database shows the secret of %s", name, row.What())
				}
			}
		}
	}
}

// Without the key a dump has vaults in place of secrets, which the key opens.
func aDumpWithoutTheKeyHasVaults(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	db, _ := created(t, s)
	text := samples(t)["full.yml"]
	text += "    grafana_admin_password: Grafana.of.our.own\n"
	load(t, db, text, vaultKeys())
	got := dumped(t, db, NewKeys(nil))
	if strings.Contains(got, "Grafana.of.our.own") || !strings.Contains(got, "grafana_admin_password: !vault |") {
		t.Fatalf("no vault in place of the secret:\n%s", got)
	}
	if listed(t, got) != listed(t, text) {
		t.Errorf("with the key the dump is another inventory:\n%s\n%s", listed(t, got), listed(t, text))
	}
	none := NewKeys(nil)
	_, err := db.Load(t.Context(), Load{Text: text, Source: "x.yml", Base: -1}, none)
	if err == nil || !strings.Contains(err.Error(), "secrets in clear text (") {
		t.Errorf("secrets went to the database in the clear: %v", err)
	}
}

// An edit by psql is in the next dump; all else stays as it was written.
func anEditBySQLIsDumped(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	text, err := os.ReadFile("testdata/odd.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, sql, from, to string }{
		{"a value", `UPDATE pigsty.group_var SET value = '"2.5GB"' WHERE key = 'pg_size'`, "pg_size: 1.50          # a float that keeps its nought", "pg_size: 2.5GB         # a float that keeps its nought"},
		{"a value in braces", `UPDATE pigsty.host_var SET value = '"replica"' WHERE key = 'pg_role' AND ip = '10.10.10.11'`, "10.10.10.11: { pg_seq: 1, pg_role: primary }", "10.10.10.11: { pg_seq: 1, pg_role: replica }"},
		{"a host", `INSERT INTO pigsty.host (cls, ip) VALUES ('pg-odd', '10.10.10.14'); INSERT INTO pigsty.host_var (cls, ip, key, value) VALUES ('pg-odd', '10.10.10.14', 'pg_seq', '4')`,
			"        db-by-name: { pg_seq: 3, pg_role: replica }\n", "        db-by-name: { pg_seq: 3, pg_role: replica }\n        10.10.10.14: {pg_seq: 4}\n"},
		{"a variable that goes", `DELETE FROM pigsty.group_var WHERE key = 'pg_size'`, "        pg_size: 1.50          # a float that keeps its nought\n", ""},
		{"an instance", `UPDATE pigsty.host_var SET value = value || '{"6381": {}}' WHERE key = 'redis_instances'`, "redis_instances: { 6379: {}, 6380: { replica_of: '10.10.10.10 6379' } }", "redis_instances: {6379: {}, 6380: {replica_of: 10.10.10.10 6379}, 6381: {}}"},
		{"a user", `UPDATE pigsty.group_var SET value = value || '[{"name": "new", "pgbouncer": true}]' WHERE key = 'pg_users'`, "", "- {name: new, pgbouncer: true}\n"},
		{"a group", `INSERT INTO pigsty.group (cls) VALUES ('pg-new'); INSERT INTO pigsty.group_var (cls, key, value) VALUES ('pg-new', 'pg_cluster', '"pg-new"')`, "", "    pg-new:\n      vars: {pg_cluster: pg-new}\n"},
		{"a group that goes", `DELETE FROM pigsty.group WHERE cls = 'empty'`, "    empty:                     # nothing yet\n", ""},
		{"a global variable", `INSERT INTO pigsty.global_var (key, value) VALUES ('pg_version', '17')`, "", "    pg_version: 17\n"},
	} {
		keys := vaultKeys()
		db, dsn := created(t, s)
		load(t, db, string(text), keys)
		if out, err := s.SQL(dsn, c.sql); err != nil {
			t.Errorf("%s: %s", c.name, out)
			continue
		}
		got := dumped(t, db, keys)
		if c.from != "" {
			if want := strings.Replace(string(text), c.from, c.to, 1); got != want || want == string(text) {
				t.Errorf("%s: got\n%s", c.name, got)
			}
		} else if !strings.Contains(got, c.to) || !strings.Contains(got, "# Why there are three.") {
			t.Errorf("%s: got\n%s", c.name, got)
		}
	}
}

// viewsSayWhatAnsibleSays: the views that Pigsty's script reads have Ansible's precedence, and an empty group breaks none.
func viewsSayWhatAnsibleSays(t *testing.T, s *cmdbtest.Server, dsn, name, text string, keys *Keys) {
	t.Helper()
	sql := `INSERT INTO pigsty.group (cls) VALUES ('empty-one');`
	for _, view := range []string{"raw_config", "host_config", "group_config", "global_config", "parameters", "pg_cluster", "pg_instance", "pg_service", "pg_database", "pg_users", "pg_hba", "pgb_hba", "pg_remote",
		"redis_cluster", "redis_node", "redis_instance", "minio_cluster", "minio_instance", "etcd_cluster", "etcd_instance", "history"} {
		sql += "CREATE TEMPORARY TABLE v_" + view + " AS SELECT * FROM pigsty." + view + ";"
	}
	out, err := s.SQL(dsn, sql+`SELECT text FROM pigsty.inventory`)
	if err != nil {
		t.Errorf("%s: %s", name, out)
		return
	}
	v, err := decode([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	hostvars := v.(*value.Dict).At("_meta").(*value.Dict).At("hostvars").(*value.Dict)
	inv, _, err := inventory.LoadText(name, []byte(text), inventory.Options{Vault: func(s string) (string, error) { return s, nil }})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range inv.Hosts() {
		got, ok := hostvars.At(h.Name).(*value.Dict)
		want := params.Protect(inv.Vars(h))
		if !ok || !keys.same(want, params.Protect(got)) {
			t.Errorf("%s: variables of host %s:\n%s\n%s", name, h.Name, value.PlainJSON(want), value.PlainJSON(got))
			return
		}
	}
}

// Two who write at once: the second one is told, and who changed what.
func aSecondWriterIsTold(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	db, dsn := created(t, s)
	keys := vaultKeys()
	text := samples(t)["ha.yml"]
	first := load(t, db, text, keys)
	if out, err := s.SQL(dsn, `SET pigsty.author = 'bob'; UPDATE pigsty.group_var SET value = '"pg-other"' WHERE key = 'pg_cluster' AND cls = 'pg-test'`); err != nil {
		t.Fatal(out)
	}
	_, err := db.Load(t.Context(), Load{Text: text + "# mine\n", Source: "x.yml", Author: "alice", Kind: "load", Base: first.Version}, keys)
	var conflict *Conflict
	if !errors.As(err, &conflict) {
		t.Fatalf("no conflict: %v", err)
	}
	if e := conflict.Behind[0]; e.Author != "bob" || len(e.Changes) != 1 || e.Changes[0].What() != "pg_cluster of pg-test" {
		t.Errorf("the conflict tells %+v", e)
	}
	if state, _ := db.Read(t.Context(), 0); state.Version.ID != 2 {
		t.Errorf("the refused load made version %d", state.Version.ID)
	}
	// While one transaction writes, another one waits, and then finds a newer version than its base.
	out, err := s.SQL(dsn, fmt.Sprintf(`SET pigsty.base = %d; UPDATE pigsty.group_var SET value = '"x"' WHERE key = 'pg_cluster' AND cls = 'pg-test'`, first.Version))
	if err == nil || !strings.Contains(out, "the CMDB is at version 2, not at version 1") {
		t.Errorf("SQL wrote over a newer version: %s", out)
	}
}

// A version of before comes back with its text, as a new version.
func aVersionComesBack(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	db, dsn := created(t, s)
	keys := vaultKeys()
	text := samples(t)["odd.yml"]
	load(t, db, text, keys)
	for _, sql := range []string{`TRUNCATE pigsty.host_var, pigsty.group_var, pigsty.global_var, pigsty.host, pigsty.group, pigsty.group_child`, `INSERT INTO pigsty.group (cls) VALUES ('other')`} {
		if out, err := s.SQL(dsn, sql); err != nil {
			t.Fatal(out)
		}
	}
	state, err := db.Read(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := state.Text(keys)
	if err != nil || got != text {
		t.Errorf("version 1 is %v\n%s", err, got)
	}
	if out, err := s.SQL(dsn, `DELETE FROM pigsty.change`); err == nil || !strings.Contains(out, "the history is not altered") {
		t.Errorf("the history was altered: %s", out)
	}
}

// Tables refuse what is no value of a parameter, and clusters with two members of one number.
func tablesRefuseWhatIsWrong(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	db, dsn := created(t, s)
	load(t, db, samples(t)["ha.yml"], vaultKeys())
	for sql, want := range map[string]string{
		`UPDATE pigsty.host_var SET value = '1' WHERE key = 'pg_seq' AND cls = 'pg-test'`:                                 "several members of pg-test have pg_seq 1",
		`UPDATE pigsty.host_var SET value = '"primary"' WHERE key = 'pg_role' AND cls = 'pg-test'`:                        "several members of pg-test have pg_role primary",
		`INSERT INTO pigsty.group_var (cls, key, value) VALUES ('pg-test', 'pg_port', '"many"')`:                          "invalid pg_port of pg-test: want a whole number",
		`INSERT INTO pigsty.group_var (cls, key, value) VALUES ('pg-test', 'pg_port', '70000')`:                           "invalid pg_port of pg-test: want at most 65535",
		`INSERT INTO pigsty.group_var (cls, key, value) VALUES ('pg-test', 'pg_services', '1')`:                           "invalid pg_services of pg-test: want service[]",
		`INSERT INTO pigsty.global_var (key, value) VALUES ('pgbackrest_enabled', '"perhaps"')`:                           "invalid pgbackrest_enabled of all: want true or false",
		`INSERT INTO pigsty.host_var (cls, ip, key, value) VALUES ('pg-test', '10.9.9.9', 'a', '1')`:                      "violates foreign key constraint",
		`UPDATE pigsty.host_var SET value = '"leader"' WHERE key = 'pg_role' AND cls = 'pg-test'`:                         "invalid pg_role of pg-test",
		`INSERT INTO pigsty.host (cls, ip) VALUES ('pg-tset', '10.10.10.19')`:                                             "violates foreign key constraint",
		`INSERT INTO pigsty.group_child (cls, child) VALUES ('pg-test', 'pg-test')`:                                       "violates check constraint",
		`INSERT INTO pigsty.group_child (cls, child) VALUES ('pg-test', 'etcd'), ('etcd', 'infra'), ('infra', 'pg-test')`: "adding group etcd as child to pg-test creates a recursive dependency loop",
		`UPDATE pigsty.group_var SET value = '{"name": "a"}' WHERE key = 'pg_users'`:                                      "invalid pg_users of pg-test: want user[]",
		`UPDATE pigsty.group_var SET value = '"a"' WHERE key = 'pg_users'`:                                                "invalid pg_users of pg-test: want user[]",
		`INSERT INTO pigsty.global_var (key, value) VALUES ('pg_parameters', '["a"]')`:                                    "invalid pg_parameters of all: want ",
	} {
		if out, err := s.SQL(dsn, sql); err == nil || !strings.Contains(out, want) {
			t.Errorf("%s\nwant %q, got %q", sql, want, out)
		}
	}
	for _, sql := range []string{
		`UPDATE pigsty.group_var SET value = '"{{ users }}"' WHERE key = 'pg_users'`,
		`INSERT INTO pigsty.global_var (key, value) VALUES ('pg_extensions', '"postgis"')`,
		`INSERT INTO pigsty.group_child (cls, child) VALUES ('pg-test', 'etcd'), ('infra', 'pg-test'), ('infra', 'etcd')`,
		`INSERT INTO pigsty.group_child (cls, child) VALUES ('pg-test', 'etcd'); DELETE FROM pigsty.group_child WHERE child = 'etcd'; INSERT INTO pigsty.group_child (cls, child) VALUES ('etcd', 'pg-test')`,
	} {
		if out, err := s.SQL(dsn, "BEGIN; "+sql+"; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK"); err != nil {
			t.Errorf("%s\nis refused: %s", sql, out)
		}
	}
	if state, _ := db.Read(t.Context(), 0); state.Version.ID != 1 {
		t.Errorf("what was refused made version %d", state.Version.ID)
	}
}

// Init on tables that are there changes no row, and refuses a schema that somebody else made.
func initKeepsWhatIsThere(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	db, _ := created(t, s)
	keys := vaultKeys()
	text := samples(t)["meta.yml"]
	load(t, db, text, keys)
	if fresh, err := db.Init(t.Context()); err != nil || fresh {
		t.Fatal(fresh, err)
	}
	if got := dumped(t, db, keys); got != text {
		t.Error("the inventory has changed")
	}
	other := s.Empty(t)
	if out, err := s.SQL(other, `CREATE SCHEMA pigsty; CREATE TABLE pigsty.group (cls text)`); err != nil {
		t.Fatal(out)
	}
	foreign, err := Open(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	if _, err := foreign.Init(t.Context()); err == nil || !strings.Contains(err.Error(), "has tables that pig did not create") {
		t.Errorf("tables of somebody else's were taken: %v", err)
	}
}
