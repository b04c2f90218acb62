package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/cmdb/cmdbtest"
)

// cmdbFolder runs pig in a folder of its own.
type cmdbFolder struct{ t *testing.T }

// pig runs a verb; the exit status must be as wanted.
func (f cmdbFolder) pig(status int, args ...string) (out, errs string) {
	f.t.Helper()
	var o, e bytes.Buffer
	got := Run(context.Background(), Deps{Build: built(), In: strings.NewReader(""), Out: &o, Err: &e}, append([]string{"pig"}, args...))
	if got != status {
		f.t.Errorf("pig %s: exit status %d, not %d\n%s%s", strings.Join(args, " "), got, status, o.String(), e.String())
	}
	return o.String(), e.String()
}

// says wants all of words in a text, in this order.
func (f cmdbFolder) says(text string, words ...string) {
	f.t.Helper()
	rest := text
	for _, w := range words {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			f.t.Errorf("%q is not said, or not in its place:\n%s", w, text)
			return
		}
		rest = after
	}
}

// newer reads the tables, and tells what came since a plan of version 1.
func (f cmdbFolder) newer(dsn string) {
	f.t.Helper()
	var said bytes.Buffer
	a := &app{Build: built(), in: strings.NewReader(""), out: &said, err: &said}
	s, err := a.open(f.t.Context(), &runOptions{inventory: []string{dsn}, passwords: passwordOptions{vaultFile: "key"}})
	if err != nil {
		f.t.Fatal(err)
	}
	defer s.close()
	now := s.cmdb.tables()
	said.Reset()
	s.tellNewer(now)
	if said.Len() > 0 {
		f.t.Errorf("nothing came since: %s", said.String())
	}
	was := *now
	was.Version = 1
	s.tellNewer(&was)
	f.says(said.String(), "The plan was made from version 1 of the CMDB. Since then:", "version 2", "bob", "~ pg_parameters of pg-test")
	if s.sourcesRead()[1] != s.cmdb.String() || !strings.HasSuffix(s.cmdb.String(), "version 3") {
		f.t.Errorf("the journal names %v", s.sourcesRead())
	}
}

// The verbs of a CMDB, from the first load to a rollback, as an operator and a colleague with psql use them.
func TestTheCMDBOfAFolder(t *testing.T) {
	s := cmdbtest.Start(t)
	dsn := s.Database(t)
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	t.Setenv("METADB_URL", "")
	t.Setenv("ANSIBLE_VAULT_PASSWORD_FILE", "")
	t.Setenv("PIG_AGE_IDENTITY", "")
	text := []byte(strings.Replace(cmdbSample, "PASSWORD", "DBUser.Of.Our.Own", 1))
	for name, content := range map[string]string{"pigsty.yml": string(text), "key": "a long vault password\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := cmdbFolder{t: t}
	const key = "--vault-password-file=key"

	_, errs := f.pig(1, "cmdb", "load", "-d", dsn)
	f.says(errs, "the database has no CMDB", "hint: create the tables: pig cmdb init")
	out, _ := f.pig(0, "cmdb", "init", "-d", dsn)
	f.says(out, "Created the tables in schema pigsty")
	_, errs = f.pig(1, "inventory", "list", "-i", dsn)
	f.says(errs, "has no inventory")
	_, errs = f.pig(1, "cmdb", "load", "-d", dsn)
	f.says(errs, "cannot load secrets in clear text (pg_users of pg-test", "pigsty.yml:12:9", "hint: give --vault-password-file")
	out, _ = f.pig(0, "cmdb", "load", "-d", dsn, "-m", "the first one", key)
	f.says(out, "is at version 1", "0 changed, 0 removed")

	// Without the key nobody can tell whether a secret has changed: that is no difference, nor the lack of one.
	out, _ = f.pig(2, "cmdb", "diff", "-d", dsn)
	f.says(out, "? pg_users of pg-test: cannot compare encrypted values without a key")
	if strings.Contains(out, "~") {
		t.Errorf("differences that are none:\n%s", out)
	}
	_, errs = f.pig(0, "cmdb", "enable", "-d", dsn)
	if strings.Contains(errs, "differs") {
		t.Errorf("the file that was loaded is said to differ:\n%s", errs)
	}
	f.pig(0, "cmdb", "disable")
	_, errs = f.pig(1, "cmdb", "init", "-d", strings.Replace(dsn, "dbname=", "dbname=no", 1))
	f.says(errs, "cannot connect to the CMDB", "does not exist", "hint: create the database: createdb no")
	out, _ = f.pig(0, "cmdb", "load", "-d", dsn, key)
	f.says(out, "Nothing to load", "version 1")

	// What verbs read of the tables is what they read of the file, also in places.
	for _, args := range [][]string{{"inventory", "list", "--show-secrets"}, {"inventory", "graph"}, {"inventory", "resolve"}, {"plan", "--offline"}} {
		file, _ := f.pig(0, append(args, "-i", "pigsty.yml", key)...)
		tables, errs := f.pig(0, append(args, "-i", dsn, key)...)
		if file != tables {
			t.Errorf("%v: the tables say something else:\n%s\n%s", args, file, tables)
		}
		f.says(errs, "Inventory: CMDB ", "version 1, by ", ": the first one")
	}

	// Pigsty's inventory script reads the same of the view.
	script := "#!/bin/sh\nexec " + s.Psql() + " -d '" + dsn + "' -AXtwc 'SELECT text FROM pigsty.inventory;'\n"
	if err := os.WriteFile("inventory.sh", []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	file, _ := f.pig(0, "inventory", "list", "--show-secrets", "-i", "pigsty.yml", key)
	view, _ := f.pig(0, "inventory", "list", "--show-secrets", "-i", "inventory.sh", key)
	if file != view {
		t.Errorf("the view says something else:\n%s\n%s", file, view)
	}

	// A colleague edits; a mistake of hers points at the row.
	if out, err := s.SQL(dsn, `SET pigsty.author = 'bob'; SET pigsty.reason = 'more connections'; UPDATE pigsty.group_var SET value = '{"work_mem": "64MB"}' WHERE key = 'pg_parameters'`); err != nil {
		t.Fatal(out)
	}
	if out, err := s.SQL(dsn, `INSERT INTO pigsty.group_var (cls, key, value) VALUES ('pg-test', 'pg_serivces', '[]')`); err != nil {
		t.Fatal(out)
	}
	_, errs = f.pig(1, "validate", "-i", dsn, key)
	f.says(errs, "unknown parameter", "cmdb:group_var/pg-test/pg_serivces:", "pg_serivces: []", "did you mean pg_services")
	out, _ = f.pig(0, "cmdb", "history", "pg-test", "-d", dsn, "--diff")
	f.says(out, "version 1", "version 2", "bob", "more connections", "~ pg_parameters of pg-test", "work_mem: 16MB", "work_mem: 64MB", "version 3", "+ pg_serivces of pg-test")
	if strings.Contains(out, "DBUser.Of.Our.Own") || strings.Contains(out, "ANSIBLE_VAULT") {
		t.Errorf("the history shows a secret:\n%s", out)
	}

	// Who loads a file of before is told, and nothing is written.
	if err := os.WriteFile("pigsty.yml", append(text, []byte("# mine\n")...), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs = f.pig(1, "cmdb", "load", "-d", dsn, key)
	f.says(errs, "nothing was loaded: the CMDB has versions after version 1, which pigsty.yml is based on", "version 2", "bob", "~ pg_parameters of pg-test")
	_, errs = f.pig(1, "cmdb", "dump", "pigsty.yml", "-d", dsn, key)
	f.says(errs, "cannot replace pigsty.yml", "hint: load it first")
	out, _ = f.pig(2, "cmdb", "diff", "-d", dsn, key)
	f.says(out, "~ pg_parameters of pg-test", "- pg_serivces of pg-test")

	// A plan of version 1 is told what has come since.
	f.newer(dsn)

	// Back to before, and no difference is left.
	out, _ = f.pig(0, "cmdb", "rollback", "1", "-d", dsn, key)
	f.says(out, "is at version 4")
	out, _ = f.pig(0, "cmdb", "diff", "1", "-d", dsn, key)
	f.says(out, "No differences.")
	out, _ = f.pig(0, "cmdb", "dump", "-d", dsn, key)
	if out != string(text) {
		t.Errorf("after the rollback the dump is another text:\n%s", out)
	}

	// The folder reads the tables, and says so; a file beside that says something else is told.
	out, _ = f.pig(0, "cmdb", "enable", "-d", dsn, key)
	f.says(out, "This folder reads its inventory from the CMDB")
	if err := os.WriteFile("pigsty.yml", []byte(strings.Replace(string(text), "16MB", "8MB", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs = f.pig(0, "inventory", "graph", key)
	f.says(errs, "Inventory: CMDB", "version 4", "warning: pigsty.yml is not read and differs from the CMDB in 1 row")
	out, _ = f.pig(0, "cmdb", "status", key)
	f.says(out, "This folder reads its inventory from the CMDB", "version 4", "2 groups, 2 hosts")

	// The database is down: said at once, with what there is in its place.
	s.Stop(t)
	_, errs = f.pig(1, "inventory", "graph", key)
	f.says(errs, "the CMDB cannot be reached", "hint: version 4 was read at", "pig cmdb dump --last")
	f.pig(0, "cmdb", "dump", "--last", "last.yml", key)
	if last, _ := os.ReadFile("last.yml"); string(last) != string(text) {
		t.Errorf("the last inventory is another text:\n%s", last)
	}
	kept, _ := filepath.Glob("state/pig/cmdb/last-*")
	for _, path := range kept {
		if all, _ := os.ReadFile(path); strings.Contains(string(all), "DBUser.Of.Our.Own") {
			t.Errorf("%s shows a secret", path)
		}
	}
	if len(kept) == 0 {
		t.Error("no inventory was kept")
	}
	out, _ = f.pig(0, "cmdb", "disable")
	f.says(out, "This folder reads pigsty.yml")
}

const cmdbSample = `# A cluster.
all:
  children:
    etcd: { hosts: { 10.10.10.11: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }  # the first
        10.10.10.12: { pg_seq: 2, pg_role: replica }
      vars:
        pg_cluster: pg-test
        pg_parameters: { work_mem: 16MB }
        pg_users:
          - { name: test, password: PASSWORD, pgbouncer: true, roles: [dbrole_admin] }
        pg_databases:
          - { name: test, owner: test }   # its owner
`
