package cmdb

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pig/internal/cmdb/cmdbtest"
	"pig/internal/dashboard"
	"pig/internal/params"
	"pig/internal/secret"
	"pig/internal/value"
)

// reader is a role as docs/cmdb.md makes it, and the connection string of it.
func reader(t *testing.T, s *cmdbtest.Server, dsn string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/cmdb.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "GRANT USAGE ON SCHEMA pigsty")
	grants, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("docs/cmdb.md grants nothing")
	}
	out, err := s.SQL(dsn, "DO $$ BEGIN CREATE ROLE dbuser_inventory LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT USAGE ON SCHEMA pigsty"+grants)
	if err != nil {
		t.Fatal(out)
	}
	return strings.Replace(dsn, "user=postgres", "user=dbuser_inventory", 1)
}

// asked are the queries of the page of the inventory, with the values of its variables.
func asked(t *testing.T, group, version string) map[string]string {
	t.Helper()
	text, err := dashboard.Inventory().JSON()
	if err != nil {
		t.Fatal(err)
	}
	var page struct {
		Templating struct {
			List []struct{ Name, Query string }
		}
		Panels []struct {
			Title   string
			Targets []struct{ RawSql string }
		}
	}
	if err := json.Unmarshal(text, &page); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, v := range page.Templating.List {
		all["$"+v.Name] = v.Query
	}
	for _, p := range page.Panels {
		for _, q := range p.Targets {
			all[p.Title] = strings.NewReplacer("$group", group, "$version", version).Replace(q.RawSql)
		}
	}
	if len(all) != 8 {
		t.Fatalf("the page has the queries %v", slices.Sorted(maps.Keys(all)))
	}
	return all
}

// The role of the page may ask what the page asks, and nothing else. Every query has rows, and none has a secret.
func thePageIsShown(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	all := samples(t)
	for _, name := range []string{"odd.yml", "meta.yml", "custom.yml"} {
		text := all[name]
		db, dsn := created(t, s)
		load(t, db, text, vaultKeys())
		as := reader(t, s, dsn)
		read, err := ReadText(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		shown := ""
		for title, sql := range asked(t, "all", "1") {
			out, err := s.SQL(as, sql)
			if err != nil {
				t.Errorf("%s: %s: %s", name, title, out)
			}
			if out == "" && title != "Host parameters" {
				t.Errorf("%s: %s: no rows", name, title)
			}
			shown += out
		}
		if out, err := s.SQL(as, `SELECT string_agg(concat_ws('|', cls, host, path, value), E'\n') FROM pigsty.shown_variable`); err != nil {
			t.Error(name, out)
		} else {
			shown += out
		}
		for _, row := range read.Rows.All() {
			for _, plain := range value.Secrets(row.Value) {
				if len(plain) > 5 && strings.Contains(shown, plain) {
					t.Errorf("%s shows a secret of %s", name, row.What())
				}
			}
		}
	}
	_, dsn := created(t, s)
	as := reader(t, s, dsn)
	for _, sql := range []string{
		`SELECT * FROM pigsty.group_var`, `SELECT * FROM pigsty.change`, `SELECT * FROM pigsty.layout`, `SELECT * FROM pigsty.inventory`, `SELECT * FROM pigsty.history`,
		`INSERT INTO pigsty.group (cls) VALUES ('x')`, `DELETE FROM pigsty.version`, `SELECT pigsty.version_begin()`, `SELECT pigsty.current_version()`,
	} {
		if out, err := s.SQL(as, sql); err == nil || !strings.Contains(out, "permission denied") {
			t.Errorf("the role of the page may do %s: %s", sql, out)
		}
	}
}

// A version shows what it changed: item by item, and a secret that somebody wrote in clear text as a secret.
func aVersionShowsItsDifferences(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	db, dsn := created(t, s)
	load(t, db, `
all:
  children:
    pg-test:
      hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary } }
      vars: { pg_cluster: pg-test, pg_users: [ { name: app, pgbouncer: true }, { name: old } ], node_packages: [ a, b ] }
  vars: { admin_ip: 10.10.10.10 }
`, vaultKeys())
	as := reader(t, s, dsn)
	for _, c := range []struct{ sql, want string }{
		{`UPDATE pigsty.group_var SET value = '[{"name": "new"}, {"name": "app", "pgbouncer": false}]' WHERE key = 'pg_users'`, `
update|pg-test||pg_users[app].pgbouncer|true|false
update|pg-test||pg_users[new].name||new
update|pg-test||pg_users[old].name|old|`},
		{`UPDATE pigsty.group_var SET value = '[{"name": "app", "password": "S3cret-one"}]' WHERE key = 'pg_users'`, `
update|pg-test||pg_users[app].password||(secret)
update|pg-test||pg_users[app].pgbouncer|false|
update|pg-test||pg_users[new].name|new|`},
		{`UPDATE pigsty.group_var SET value = '[{"name": "app", "password": "S3cret-two"}]' WHERE key = 'pg_users'`, `
update|pg-test||pg_users[app].password|(secret)|(secret)`},
		{`UPDATE pigsty.group_var SET value = '["a", "c"]' WHERE key = 'node_packages'`, `
update|pg-test||node_packages|["a", "b"]|["a", "c"]`},
		{`INSERT INTO pigsty.group_var (cls, key, value) VALUES ('pg-test', 'x_env', '{"url": "http://me:S3cret-x@proxy", "line": "password = S3cret-y", "my_token": ["S3cret-z"], "none": null}')`, `
insert|pg-test||x_env.line||(has a secret in it)
insert|pg-test||x_env.my_token||(secret)
insert|pg-test||x_env.none||
insert|pg-test||x_env.url||(has a secret in it)`},
		{`INSERT INTO pigsty.host (cls, ip) VALUES ('pg-test', '10.10.10.12'); INSERT INTO pigsty.host_var (cls, ip, key, value) VALUES ('pg-test', '10.10.10.12', 'pg_seq', '2')`, `
insert|pg-test|10.10.10.12|host||
insert|pg-test|10.10.10.12|pg_seq||2`},
		{`INSERT INTO pigsty.group (cls) VALUES ('more'); INSERT INTO pigsty.group_child (cls, child) VALUES ('more', 'pg-test')`, `
insert|more||group||
insert|more||child pg-test||`},
		{`DELETE FROM pigsty.global_var WHERE key = 'admin_ip'`, `
delete|all||admin_ip|10.10.10.10|`},
	} {
		if out, err := s.SQL(dsn, "BEGIN; "+c.sql+"; COMMIT"); err != nil {
			t.Fatal(out)
		}
		last, err := s.SQL(as, `SELECT max(version) FROM pigsty.shown_version`)
		if err != nil {
			t.Fatal(last)
		}
		got, err := s.SQL(as, asked(t, "pg-test", strings.TrimSpace(last))["Changes from the previous version"])
		if err != nil || strings.TrimSpace(got) != strings.TrimSpace(c.want) {
			t.Errorf("%s shows %v\n%s", c.sql, err, got)
		}
	}
	for title, sql := range asked(t, "pg-test", "4") {
		if out, err := s.SQL(as, sql); err != nil || strings.Contains(out, "S3cret") || out == "" {
			t.Errorf("%s: %v %s", title, err, out)
		}
	}
	got, err := s.SQL(as, `SELECT version, changed FROM pigsty.shown_version WHERE version IN (2, 7, 8, 9) ORDER BY 1`)
	if want := "2|pg-test: pg_users\n7|pg-test 10.10.10.12: created, pg_seq\n8|more: created, pg-test\n9|all: admin_ip\n"; err != nil || got != want {
		t.Errorf("the versions are %v\n%s", err, got)
	}
}

// What the catalog and the names of pig take for a secret is one to the views too; other parameters are shown.
func viewsKnowWhatIsSecret(t *testing.T, s *cmdbtest.Server) {
	t.Helper()
	_, dsn := created(t, s)
	want := map[string]bool{"pg_pwd_enc": false, "x_password": true, "x_privateKey": true, "apikey": true, "signing_key": true, "hint": false}
	add := func(p *params.Param, top bool) {
		is := p.Secret || p.Type.Kind == "password"
		if top || is || secret.Named(p.Name) && params.Lookup(p.Name) == nil {
			want[p.Name] = is || !top
		}
	}
	c := params.Load()
	for _, p := range c.Params {
		add(p, true)
	}
	for _, o := range c.Objects {
		for _, f := range o.Fields {
			if params.Lookup(f.Name) == nil {
				add(f, false)
			}
		}
	}
	var rows []string
	for name := range want {
		rows = append(rows, fmt.Sprintf("('%s')", name))
	}
	out, err := s.SQL(dsn, `SELECT name, pigsty.secretive(name) FROM (VALUES `+strings.Join(rows, ", ")+`) v (name)`)
	if err != nil {
		t.Fatal(out)
	}
	for line := range strings.Lines(out) {
		name, is, _ := strings.Cut(strings.TrimSpace(line), "|")
		if want[name] != (is == "t") {
			t.Errorf("%s: to the views %s", name, is)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("no answer for %v", want)
	}
}
