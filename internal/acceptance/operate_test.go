//go:build linux

package acceptance

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

const operateInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-test:
      hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary }, 10.10.10.12: { pg_seq: 2, pg_role: replica }, 10.10.10.13: { pg_seq: 3, pg_role: replica } }
      vars:
        pg_cluster: pg-test
        pg_users: [ { name: test, password: Canary.Test.8861, pgbouncer: true, roles: [ dbrole_admin ] } ]
        pg_databases: [ { name: test } ]
  vars: { admin_ip: 10.10.10.10, pg_version: 17, pg_conf: tiny.yml, pg_shared_buffer_ratio: 0.1, node_repo_modules: local, node_tune: none, vlogs_enabled: false, grafana_enabled: false }
`

// TestOperations asks a cluster for what an operator asks of it, while a client writes: the lead moves, members restart, a replica is copied anew,
// a leader is lost while the cluster is paused.
func TestOperations(t *testing.T) {
	thorough(t)
	l := labOf(t, sandbox.Config{Prepared: true}, operateInventory, addresses...)
	l.must(0, "apply", "--yes")
	w := l.writes()
	within := func(what string, limit time.Duration, args ...string) {
		t.Helper()
		gap := w.gap(func() { l.must(0, append(args, "--confirm", "pg-test")...) })
		t.Logf("%s: the longest time without an acknowledged write is %v", what, gap.Round(10*time.Millisecond))
		if gap > limit {
			t.Errorf("%s: no write was acknowledged for %v, want %v at most", what, gap, limit)
		}
	}
	leads := func(host string) {
		t.Helper()
		if got, err := l.leader(); err != nil || got != host {
			t.Errorf("%s leads, want %s: %v", got, host, err)
		}
	}
	within("switchover", 20*time.Second, "pgsql-switchover", "pg-test", "10.10.10.12")
	leads("10.10.10.12")
	within("restart of all members", 20*time.Second, "pgsql-restart", "pg-test", "--all")
	replica := "10.10.10.13"
	if got, err := l.leader(); err != nil || got == replica {
		replica = "10.10.10.11"
	}
	within("rebuilding a replica", 5*time.Second, "pgsql-reinit", "pg-test", replica)
	if out := l.must(0, "pgsql-reload", "pg-test"); strings.Count(out, "reload service patroni") != 3 {
		t.Errorf("not all members were reloaded:\n%s", out)
	}
	l.sub(t, "backup", func(t *testing.T) {
		leader, err := l.leader()
		if err != nil {
			t.Fatal(err)
		}
		if leader != "10.10.10.11" { // backups are on the member that has made them
			l.must(0, "pgsql-switchover", "pg-test", "10.10.10.11", "--confirm", "pg-test")
		}
		l.must(0, "pgsql-backup", "pg-test", "--type", "incr")
		if out := l.node("10.10.10.11", "su", "postgres", "-c", "pgbackrest --stanza=pg-test info"); !strings.Contains(out, "incr backup") {
			t.Errorf("no incremental backup:\n%s", out)
		}
	})
	l.sub(t, "a leader that is lost while the cluster is paused", func(t *testing.T) {
		l.must(0, "pgsql-pause", "pg-test")
		if all := changes(l.plan()); len(all) > 0 {
			t.Errorf("an operator's pause is planned away:\n%s", strings.Join(all, "\n"))
		}
		if err := l.box.Kill(l.ctx, "10.10.10.11"); err != nil {
			t.Fatal(err)
		}
		l.eventually(90*time.Second, "a cluster without a leader", func() error {
			if code, out := l.run("pgsql-failover", "pg-test", "pg-test-2", "--check"); code != 0 {
				return errors.New(tail(out))
			}
			return nil
		})
		within("failover by hand", 3*time.Minute, "pgsql-failover", "pg-test", "pg-test-2")
		leads("10.10.10.12")
		l.must(0, "pgsql-resume", "pg-test")
		if err := l.box.Start(l.ctx, "10.10.10.11"); err != nil {
			t.Fatal(err)
		}
		if code, out := l.run("status", "pg-test"); code == 0 || !strings.Contains(out, "pig pgsql-backup pg-test") {
			t.Errorf("a leader without a backup: exit status %d\n%s", code, out)
		}
		l.must(0, "pgsql-backup", "pg-test") // the one of before is on the member that was lost
		l.eventually(2*time.Minute, "a healthy cluster", func() error {
			if code, out := l.run("status", "pg-test"); code != 0 {
				return errors.New(tail(out))
			}
			return nil
		})
		l.eventually(time.Minute, "an empty plan", func() error {
			if all := changes(l.plan()); len(all) > 0 {
				return fmt.Errorf("%s", strings.Join(all, "\n"))
			}
			return nil
		})
	})
	w.stop()
}
