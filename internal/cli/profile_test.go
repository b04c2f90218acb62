package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/jinja"
	"pig/internal/value"
)

// Everybody who logs in reads these aliases, root too: a name in them runs nothing, and is the same name when an alias runs.
func TestAliasesOfAClusterRunNoNames(t *testing.T) {
	text, err := os.ReadFile("../../roles/pgsql/templates/pg-alias.sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	const db = "d'b\"$(touch ran)`touch ran`"
	vars := variables{value.DictOf("pg_instance", "pg-1", "pg_dbsu", "postgres", "pg_bin_dir", dir, "pg_localhost", "/var/run/post gresql",
		"pg_port", int64(5432), "pgbouncer_port", int64(6432), "pg_primary_db", db, "pg_cluster", "pg", "pg_log_dir", "/pg/log")}
	got, err := jinja.New(jinja.Options{Filters: newSource(newScreen(&app{Build: built()}, nil, nil), nil).filters()}).Scope(vars).Text(string(text), "pgsql", jinja.TextOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"psql": "#!/bin/sh\nprintf '%s\\n' \"$@\"\n", "sudo": "#!/bin/sh\nshift 2\nexec \"$@\"\n", "tail": "#!/bin/sh\nprintf '%s\\n' \"$@\"\n",
		"aliases": got.(string), "login": "shopt -s expand_aliases\n. ./aliases\npgs\npgt\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	login := exec.CommandContext(t.Context(), "bash", "login")
	login.Dir, login.Env = dir, []string{"PATH=" + dir + ":/usr/bin:/bin"}
	out, err := login.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if lines := strings.Split(string(out), "\n"); len(lines) < 8 || lines[1] != "/var/run/post gresql" || lines[5] != db || !strings.HasPrefix(lines[7], "/pg/log/postgresql-") || strings.Contains(lines[7], "date") {
		t.Errorf("%q\n%s", lines, got)
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Errorf("the name of a database ran\n%s", got)
	}
}
