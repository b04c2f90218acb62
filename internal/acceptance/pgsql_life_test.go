//go:build linux

package acceptance

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

const lifeInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
        # third
      vars:
        pg_cluster: pg-test
        pg_users: [ { name: test, password: Test.Life.12, pgbouncer: true, roles: [ dbrole_admin ] }, { name: pg-test-2 }, { name: pg-test-3 } ]
        pg_hba_rules: [ { user: 'pg-test-2,pg-test-3', db: test, addr: 10.10.10.10, auth: cert, order: 1 } ]
        pg_databases: [ { name: test } ]
    # copy
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    pg_shared_buffer_ratio: 0.1
    node_repo_modules: local
    node_tune: none
    pg_safeguard: false
`

// TestPgsqlLife takes clusters through what happens to them over the years: they grow, lose a disk, shrink, lose a machine, are
// followed, and go on by themselves.
func TestPgsqlLife(t *testing.T) {
	thorough(t)
	const first, second, third = "10.10.10.11", "10.10.10.12", "10.10.10.13"
	l := labOf(t, sandbox.Config{Prepared: true}, lifeInventory, "10.10.10.10", first, second, third)
	l.unhurried(40 * time.Minute)
	edit := func(old, new string) {
		if !strings.Contains(l.text, old) {
			l.t.Fatalf("the inventory has no %q", old)
		}
		l.text = strings.Replace(l.text, old, new, 1)
		l.write()
	}
	members := func(from string) string {
		out, _ := l.try(from, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", "list", "-f", "tsv")
		var names []string
		for line := range strings.SplitSeq(out, "\n") {
			if f := strings.Split(line, "\t"); len(f) > 4 && (f[4] == "running" || f[4] == "streaming") {
				names = append(names, f[1])
			}
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	await := func(from, want string) {
		l.t.Helper()
		l.eventually(60*time.Second, "the members "+want, func() error {
			if got := members(from); got != want {
				return fmt.Errorf("there are %s", got)
			}
			return nil
		})
	}
	empty := func() {
		l.t.Helper()
		if left := changes(l.plan()); len(left) > 0 {
			l.t.Errorf("the plan is not empty:\n%s", strings.Join(left, "\n"))
		}
	}
	const newcomer = "10.10.10.13: { pg_seq: 3, pg_role: replica }"
	l.settled()
	l.sub(t, "a member is added", func(t *testing.T) {
		edit("# third", newcomer)
		l.must(0, "node", "-l", third)
		l.must(0, "pgsql-add", "pg-test", third)
		await(first, "pg-test-1 pg-test-2 pg-test-3")
		if text := l.node(first, "cat", "/etc/haproxy/conf.d/pg-test-replica.cfg"); !strings.Contains(text, third) {
			t.Errorf("the others do not send it work:\n%s", text)
		}
		l.must(0, "apply", "--yes") // the rest of the environment learns of it
		empty()
	})
	l.sub(t, "a member has lost its disk", func(t *testing.T) {
		l.node(second, "sh", "-c", "systemctl kill -s KILL patroni; pkill -9 -u postgres postgres; systemctl stop patroni; rm -rf /data/postgres/pg-test-17; true")
		l.settled()
		await(first, "pg-test-1 pg-test-2 pg-test-3")
		if got := l.as(second, "postgres", "select pg_is_in_recovery()"); got != "t" {
			t.Errorf("it is no replica: %s", got)
		}
	})
	l.sub(t, "a member leaves while the cluster is paused", func(t *testing.T) {
		l.takeAlong(third, "pg-test-3")
		if got := l.stillLetIn("pg-test-3"); got != everywhere {
			t.Errorf("before, its certificates open only %s: what follows proves nothing", got)
		}
		l.node(first, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", "pause", "--wait")
		if code, out := l.run("pgsql-rm", "pg-test", third); code != 7 {
			t.Errorf("nobody confirmed: exit %d\n%s", code, tail(out))
		}
		if out := l.must(0, "pgsql-rm", "pg-test", third, "--confirm", "pg-test"); !strings.Contains(out, "pig secret rotate patroni_password pg-test.pg_etcd_password ") {
			t.Errorf("it does not tell what the member knew:\n%s", tail(out))
		}
		l.must(0, "node-rm", third, "--confirm", third)
		if out, _ := l.try(third, "sh", "-c", "pgrep -u postgres -l postgres; ls -d /pg /data/postgres/pg-test-17 /etc/patroni"); strings.Contains(out, "postgres\n") && !strings.Contains(out, "No such file") {
			t.Errorf("left behind: %s", out)
		}
		l.node(first, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", "resume", "--wait")
		edit(newcomer, "# third")
		l.must(0, "pgsql-svc", "pg-test")
		l.must(0, "apply", "--yes")
		await(first, "pg-test-1 pg-test-2")
		empty()
		if got := l.stillLetIn("pg-test-3"); got != "" || l.hasKey("pgsql/pg-test-3") || l.hasKey("node/"+third) {
			t.Errorf("its certificates open %s", got)
		}
		if text := l.node(first, "cat", "/etc/patroni/patroni.yml"); strings.Contains(text, third) {
			t.Errorf("the others still list it:\n%s", text)
		}
	})
	l.sub(t, "another cluster follows", func(t *testing.T) {
		edit("# copy", "pg-copy:\n      hosts: { 10.10.10.13: { pg_seq: 1, pg_role: primary, pg_upstream: pg-test } }\n      vars: { pg_cluster: pg-copy }")
		cmd := exec.CommandContext(l.ctx, l.pig, "graph", "-i", "pigsty.yml")
		cmd.Dir = l.dir
		if out, err := cmd.CombinedOutput(); err != nil || !regexp.MustCompile(`(?m)^pgsql:pg-copy: 10\.10\.10\.13\n  after .*pgsql:pg-test`).Match(out) {
			t.Errorf("it does not wait for its upstream: %v\n%s", err, out)
		}
		l.settled()
		l.as(first, "test", "create table if not exists seen(n int); insert into seen values (1)")
		l.eventually(20*time.Second, "what was written", func() error {
			out, code := l.try(third, "runuser", "-u", "postgres", "--", "psql", "-XAtq", "-d", "test", "-c", "select count(*) from seen")
			if code != 0 || strings.TrimSpace(out) != "1" {
				return fmt.Errorf("%s", out)
			}
			return nil
		})
	})
	l.sub(t, "a machine is gone for good", func(t *testing.T) {
		l.takeAlong(second, "pg-test-2")
		if got := l.stillLetIn("pg-test-2"); got != everywhere {
			t.Errorf("before, its certificates open only %s", got)
		}
		if err := l.box.Kill(l.ctx, second); err != nil {
			t.Fatal(err)
		}
		code, out := l.run("pgsql-rm", "pg-test", second, "--confirm", "pg-test", "-T", "5")
		if code != 4 || !strings.Contains(out, second) || !strings.Contains(out, "pig secret rotate patroni_password pg-test.pg_etcd_password ") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		if code, out := l.run("node-rm", second, "--confirm", second, "-T", "5"); code != 4 {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		edit("        10.10.10.12: { pg_seq: 2, pg_role: replica }\n", "")
		l.must(0, "apply", "--yes")
		if text := l.node(first, "cat", "/etc/haproxy/conf.d/pg-test-replica.cfg"); strings.Contains(text, second) {
			t.Errorf("the other still sends it work:\n%s", text)
		}
		empty()
		if got := l.stillLetIn("pg-test-2"); got != "" || l.hasKey("pgsql/pg-test-2") || l.hasKey("node/"+second) {
			t.Errorf("the certificates of the machine that is gone open %s", got)
		}
	})
	l.sub(t, "the follower goes on by itself", func(t *testing.T) {
		edit("pg_role: primary, pg_upstream: pg-test } }\n      vars: { pg_cluster: pg-copy }", "pg_role: primary } }\n      vars: { pg_cluster: pg-copy, pg_databases: [ { name: own } ] }")
		got := strings.Join(changes(l.plan("pg-copy")), "\n")
		if !strings.Contains(got, "patroni config pg-copy (leadership) update [failover]") || !strings.Contains(got, "database own write") {
			t.Errorf("it plans\n%s", got)
		}
		l.settled()
		if got := l.as(third, "test", "select pg_is_in_recovery(), (select count(*) from seen)"); got != "f|1" {
			t.Errorf("it is %s", got)
		}
		l.as(third, "own", "create table here()")
	})
	l.sub(t, "and is not made to follow again", func(t *testing.T) {
		edit("10.10.10.13: { pg_seq: 1, pg_role: primary }", "10.10.10.13: { pg_seq: 1, pg_role: primary, pg_upstream: 10.10.10.11 }")
		if code, out := l.run("plan", "pg-copy"); code != 2 || !strings.Contains(out, "cannot turn cluster pg-copy with its own data into a standby cluster") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
	})
}
