//go:build linux

package acceptance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

const kernelInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-polar:
      hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary }, 10.10.10.12: { pg_seq: 2, pg_role: replica } }
      vars:
        pg_cluster: pg-polar
        pg_mode: polar
        pg_users: [ { name: app, password: Kernel.App.34, pgbouncer: true, roles: [ dbrole_admin ] } ]
        pg_databases: [ { name: app, owner: app, extensions: [ pg_trgm ] } ]
  vars: { admin_ip: 10.10.10.10, pg_conf: tiny.yml, pg_shared_buffer_ratio: 0.1, node_repo_modules: local, node_tune: none }
`

// TestKernel runs a cluster of another kernel: PostgreSQL under the kernel's name and paths, in a package that an operator brings.
func TestKernel(t *testing.T) {
	thorough(t)
	deb, err := sandbox.Kernel(t.Context(), "debian13", "polardb-17", "/usr/polar-17", 17, func(s string) { t.Log(s) })
	if err != nil {
		t.Fatal(err)
	}
	l := labOf(t, sandbox.Config{Prepared: true}, kernelInventory, "10.10.10.10", "10.10.10.11", "10.10.10.12")
	if code, out := l.run("apply", "--yes"); code != 2 || !strings.Contains(out, "polardb-17") {
		t.Fatalf("without the package, exit status %d:\n%s", code, tail(out))
	}
	l.must(0, "repo", "add", deb)
	if out := l.must(0, "apply", "--yes"); strings.Contains(out, "not as planned") {
		t.Errorf("the apply did something else than was planned:\n%s", tail(out))
	}
	if all := changes(l.plan()); len(all) > 0 {
		t.Errorf("what was applied is planned again:\n%s", strings.Join(all, "\n"))
	}
	if programs := l.node("10.10.10.11", "sh", "-c", "readlink -f /proc/$(head -1 /pg/data/postmaster.pid)/exe"); strings.TrimSpace(programs) != "/usr/polar-17/bin/postgres" {
		t.Errorf("the server is %s", programs)
	}
	if out := l.must(0, "status", "pg-polar"); strings.Contains(out, "problem") {
		t.Errorf("status:\n%s", out)
	}
	app := func(query string) (string, error) {
		out, code := l.try("10.10.10.12", "env", "PGPASSWORD=Kernel.App.34", "PGSSLMODE=require", "PGCONNECT_TIMEOUT=3", "/usr/pgsql/bin/psql", "-X", "-Atq", "-v", "ON_ERROR_STOP=1",
			"-h", "10.10.10.12", "-p", "5433", "-U", "app", "-d", "app", "-c", query)
		if code != 0 {
			return out, fmt.Errorf("psql: exit status %d: %s", code, out)
		}
		return strings.TrimSpace(out), nil
	}
	if got, err := app("CREATE TABLE t AS SELECT i FROM generate_series(1, 10) i; SELECT count(*) FROM t"); err != nil || got != "10" {
		t.Errorf("through the pool: %q, %v", got, err)
	}
	l.node("10.10.10.11", "su", "postgres", "-c", "patronictl -c /etc/patroni/patroni.yml switchover pg-polar --leader pg-polar-1 --candidate pg-polar-2 --force")
	l.eventually(90*time.Second, "writes after the switchover", func() error {
		_, err := app("INSERT INTO t VALUES (11)")
		return err
	})
	l.eventually(60*time.Second, "an empty plan after the switchover", func() error {
		if all := changes(l.plan()); len(all) > 0 {
			return fmt.Errorf("%s", strings.Join(all, "\n"))
		}
		return nil
	})
	if out := l.node("10.10.10.11", "su", "postgres", "-c", "pgbackrest --stanza=pg-polar info"); !strings.Contains(out, "full backup") {
		t.Errorf("no backup:\n%s", out)
	}
}
