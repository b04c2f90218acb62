//go:build linux

package acceptance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

const aroundInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    proxy: { hosts: { 10.10.10.10: } }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
        10.10.10.13: { pg_seq: 3, pg_role: replica }
      vars:
        pg_cluster: pg-test
        pg_rto: fast
        pg_users: [ { name: test, password: Test.Around.5, pgbouncer: true, roles: [ dbrole_admin ] } ]
        pg_databases: [ { name: test } ]
        pg_libs: 'pg_stat_statements, pgsodium'
        pgsodium_key: 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
        pg_files: [ words/stop.list ]
        patroni_watchdog_mode: automatic
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    pg_shared_buffer_ratio: 0.1
    node_repo_modules: local
    node_tune: none
    pg_safeguard: false
`

// TestPgsqlAround looks for the effect of what is around a cluster: keys, files, names, maintenance, services elsewhere.
func TestPgsqlAround(t *testing.T) {
	thorough(t)
	members := []string{"10.10.10.11", "10.10.10.12", "10.10.10.13"}
	const proxy, first, second, third = "10.10.10.10", "10.10.10.11", "10.10.10.12", "10.10.10.13"
	l := labOf(t, sandbox.Config{Prepared: true}, aroundInventory, append([]string{proxy}, members...)...)
	l.file("files/words/stop.list", "the\na\n")
	for _, m := range members {
		// No package brings pgsodium: some other library stands in for it. A file stands in for the watchdog's device.
		l.node(m, "sh", "-c", "cd /usr/lib/postgresql/17/lib && cp passwordcheck.so pgsodium.so && touch /dev/watchdog")
	}
	ctl := func(verb string) {
		l.node(first, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", verb, "--wait")
	}
	planned := func(want ...string) {
		l.t.Helper()
		got := changes(l.plan("pg-test"))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			l.t.Errorf("it plans\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	everyone := func(t *testing.T) {
		t.Helper()
		for _, from := range members {
			for _, to := range members {
				if out, code := l.try(from, "runuser", "-u", "postgres", "--", "ssh", "-o", "BatchMode=yes", to, "id", "-un"); code != 0 || !strings.HasSuffix(strings.TrimSpace(out), "postgres") {
					t.Errorf("from %s to %s: %s", from, to, out)
				}
			}
		}
	}
	l.settled()

	l.sub(t, "the database's accounts log in to each other", func(t *testing.T) {
		everyone(t)
		l.node(first, "sh", "-c", "cd ~postgres/.ssh && echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeepThisOneKeepThisOneKeepThisOneKeepThis me@home' >> authorized_keys && sed -i s/@pg-test-3/@pg-test-9/ authorized_keys")
		planned("pgsql:pg-test 10.10.10.11 file /var/lib/pgsql/.ssh/authorized_keys write [none]")
		l.settled()
		if keys := l.node(first, "cat", "/var/lib/pgsql/.ssh/authorized_keys"); !strings.Contains(keys, "me@home") || strings.Contains(keys, "pg-test-9") || strings.Count(keys, "\n") != 4 {
			t.Errorf("who may log in:\n%s", keys)
		}
	})
	l.sub(t, "files in the data directory", func(t *testing.T) {
		for _, m := range members {
			if got := l.node(m, "sh", "-c", "stat -c '%U %a' /pg/data/stop.list; cat /pg/data/stop.list"); got != "postgres 600\nthe\na\n" {
				t.Errorf("%s: %s", m, got)
			}
		}
		l.file("files/words/stop.list", "the\na\nan\n")
		var want []string
		for _, m := range members {
			want = append(want, "pgsql:pg-test "+m+" file /pg/data/stop.list write [none]", "pgsql:pg-test "+m+" service patroni reload [reload]")
		}
		planned(want...)
		l.settled()
		l.write("words/stop.list", "words/sotp.list")
		if code, out := l.run("plan"); code != 1 || !strings.Contains(out, `file "words/sotp.list" of pg_files not found`) || !strings.Contains(out, "pigsty.yml:") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		l.write()
	})
	l.sub(t, "one part of the work", func(t *testing.T) {
		for _, tags := range []string{"pg_ssh", "pg_file", "pg_key", "pg_patroni", "pg_watchdog", "pg_service", "pg_hba"} {
			if out := l.must(0, "pgsql", "-t", tags); strings.Count(out, "changed=0") != len(members) {
				t.Errorf("-t %s:\n%s", tags, tail(out))
			}
		}
	})
	l.sub(t, "the root key of pgsodium", func(t *testing.T) {
		for _, m := range members {
			script := l.as(m, "postgres", "show pgsodium.getkey_script")
			if key := strings.TrimSpace(l.node(m, "runuser", "-u", "postgres", "--", script)); key != "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" {
				t.Errorf("%s: %s prints %q", m, script, key)
			}
			if _, code := l.try(m, "runuser", "-u", "nobody", "--", script); code == 0 {
				t.Error("everybody may ask for it")
			}
		}
	})
	l.sub(t, "the watchdog is Patroni's", func(t *testing.T) {
		for _, m := range members {
			if owner := strings.TrimSpace(l.node(m, "stat", "-c", "%U", "/dev/watchdog")); owner != "postgres" {
				t.Errorf("%s: it is %s's", m, owner)
			}
		}
		l.node(third, "chown", "root", "/dev/watchdog")
		l.node(third, "systemctl", "restart", "patroni") // as after a boot
		l.eventually(20*time.Second, "the watchdog after a start", func() error {
			if owner := strings.TrimSpace(l.node(third, "stat", "-c", "%U", "/dev/watchdog")); owner != "postgres" {
				return fmt.Errorf("it is %s's", owner)
			}
			return nil
		})
		if conf := l.node(third, "cat", "/etc/patroni/patroni.yml"); !strings.Contains(conf, "watchdog:\n  mode: \"automatic\"\n") {
			t.Errorf("%s", conf)
		}
	})
	l.sub(t, "short names", func(t *testing.T) {
		for _, user := range []string{"root", "postgres"} {
			for name, want := range map[string]string{"pgl": "pg-test-2", "pgi": "stanza: pg-test", "pg show-config": "loop_wait", "pgs -Atc 'select 42'": "42", "pgb -Atc 'show version'": "PgBouncer"} {
				if out, _ := l.try(first, "runuser", "-u", user, "--", "bash", "-c", "shopt -s expand_aliases; . /etc/profile.d/pg-alias.sh; eval \""+name+"\""); !strings.Contains(out, want) {
					t.Errorf("%s: %s: %s", user, name, out)
				}
			}
		}
		l.node(first, "sh", "-euc", ". /etc/profile.d/pg-alias.sh; ! command -v pg_as")
		if out := l.node(first, "runuser", "-u", "postgres", "--", "sh", "-c", "HOME=/var/lib/pgsql; for q in :activity :locks :lag :sizes; do echo $q; done | psql -At -v ON_ERROR_STOP=1"); !strings.Contains(out, "test|") || !strings.Contains(out, "streaming") {
			t.Errorf("%s", out)
		}
	})
	l.sub(t, "a cluster rests", func(t *testing.T) {
		l.eventually(30*time.Second, "the third member", func() error {
			if out, _ := l.try(first, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", "list"); strings.Count(out, "streaming") != 2 {
				return fmt.Errorf("%s", out)
			}
			return nil
		})
		l.write("pg_rto: fast", "pg_rto: fast\n        patroni_mode: pause")
		planned("pgsql:pg-test 10.10.10.11 patroni cluster pg-test pause [none]")
		l.settled()
		l.node(first, "sh", "-c", "systemctl kill -s KILL patroni; kill -9 $(head -1 /pg/data/postmaster.pid); systemctl stop patroni; true")
		time.Sleep(35 * time.Second) // its lock lasts 20 s
		for _, m := range []string{second, third} {
			if got := l.as(m, "postgres", "select pg_is_in_recovery()"); got != "t" {
				t.Errorf("%s took over", m)
			}
		}
		l.node(first, "systemctl", "start", "patroni")
		l.eventually(20*time.Second, "resuming", func() error {
			if out, code := l.try(first, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", "resume", "--wait"); code != 0 {
				return fmt.Errorf("%s", out)
			}
			return nil
		})
		l.eventually(60*time.Second, "a leader", func() error { _, err := l.leader(); return err })
		l.settled() // it rests again
	})
	l.sub(t, "and goes on, with what had to wait", func(t *testing.T) {
		const wider = "pg_rto: fast\n        pg_parameters: { max_worker_processes: 23 }"
		l.write("pg_rto: fast", wider+"\n        patroni_mode: pause")
		if code, out := l.run("plan"); code != 2 || !strings.Contains(out, "patroni_mode: default") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		l.write("pg_rto: fast", wider)
		if got := strings.Join(changes(l.plan()), "\n"); !strings.Contains(got, "patroni cluster pg-test resume [none]") || !strings.Contains(got, "patroni cluster pg-test switchover [failover]") {
			t.Errorf("it plans\n%s", got)
		}
		l.settled()
		if got := l.as(second, "postgres", "show max_worker_processes"); got != "23" {
			t.Errorf("it has %s", got)
		}
		l.write()
		l.settled()
		ctl("pause")
		l.settled()
		ctl("resume") // which would fail if it did not rest any more
	})
	l.sub(t, "one replica listens elsewhere", func(t *testing.T) {
		l.text = strings.Replace(l.text, "10.10.10.13: { pg_seq: 3, pg_role: replica }", "10.10.10.13: { pg_seq: 3, pg_role: replica, pg_listen: '${ip},${lo}' }", 1)
		l.write()
		leader, err := l.leader()
		if err != nil {
			t.Fatal(err)
		}
		if leader == third {
			l.node(first, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", "switchover", "pg-test", "--candidate", "pg-test-1", "--force")
			l.eventually(30*time.Second, "the other leader", func() error {
				if leader, err = l.leader(); err == nil && leader == third {
					err = fmt.Errorf("still %s", leader)
				}
				return err
			})
		}
		var restarts []string
		for _, c := range changes(l.plan()) {
			if strings.Contains(c, "[restart]") && strings.Contains(c, "patroni member") || strings.Contains(c, "[failover]") {
				restarts = append(restarts, c)
			}
		}
		if want := "pgsql:pg-test " + leader + " patroni member pg-test-3 restart [restart]"; strings.Join(restarts, "\n") != want {
			t.Errorf("it plans\n%s\nwant %s", strings.Join(restarts, "\n"), want)
		}
		before := l.as(leader, "postgres", "select pg_postmaster_start_time()")
		l.settled()
		if got := l.as(third, "postgres", "show listen_addresses"); got != "10.10.10.13,127.0.0.1" {
			t.Errorf("it listens on %s", got)
		}
		if l.as(leader, "postgres", "select pg_postmaster_start_time()") != before {
			t.Error("the leader was restarted for it")
		}
	})
	l.sub(t, "others offer its services", func(t *testing.T) {
		l.text = strings.Replace(l.text, "pg_rto: fast", "pg_rto: fast\n        pg_service_provider: proxy", 1)
		l.write()
		l.settled()
		for _, m := range members {
			if out, _ := l.try(m, "sh", "-c", "ls /etc/haproxy/conf.d | grep pg-test"); strings.TrimSpace(out) != "" {
				t.Errorf("%s still does: %s", m, out)
			}
		}
		l.eventually(20*time.Second, "the primary service", func() error {
			got, err := l.login(second, "host=10.10.10.10 port=5433 user=test dbname=test", "Test.Around.5", "select pg_is_in_recovery()")
			if err == nil && got != "f" {
				err = fmt.Errorf("it leads to a replica")
			}
			return err
		})
		l.write("pg_rto: fast", "pg_rto: fast\n        pg_services: [ { name: odd, port: 5499, selector: '[]', check: /health } ]")
		planned("pgsql:pg-test 10.10.10.11 file /etc/haproxy/conf.d/pg-test-odd.cfg write [none]", "pgsql:pg-test 10.10.10.11 service haproxy reload [reload]")
		l.settled()
		l.write()
		l.settled()
		if _, code := l.try(proxy, "ls", "/etc/haproxy/conf.d/pg-test-odd.cfg"); code == 0 {
			t.Error("a service that is gone is still offered")
		}
		l.write("    proxy: {", "    porxy: {")
		if code, out := l.run("plan"); code != 1 || !strings.Contains(out, `invalid pg_service_provider "proxy": want a group with hosts`) || !strings.Contains(out, "did you mean porxy") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		l.write()
	})
	l.sub(t, "a member goes, and comes again", func(t *testing.T) {
		leader, err := l.leader()
		if err != nil {
			t.Fatal(err)
		}
		goes := slices.DeleteFunc(slices.Clone(members), func(m string) bool { return m == leader || m == first })[0]
		l.must(0, "pgsql-rm", "pg-test", goes, "--confirm", "pg-test")
		for _, m := range members {
			if m == goes {
				continue
			}
			if keys := l.node(m, "cat", "/var/lib/pgsql/.ssh/authorized_keys"); strings.Count(keys, "@pg-test-") != 2 {
				t.Errorf("%s still lets it in:\n%s", m, keys)
			}
		}
		if out, _ := l.try(goes, "sh", "-c", "ls /etc/profile.d/pg-alias.sh /var/lib/pgsql/.psqlrc /var/lib/pgsql/.ssh/id_ed25519 2>/dev/null; grep @pg-test- /var/lib/pgsql/.ssh/authorized_keys"); out != "" {
			t.Errorf("left behind: %s", out)
		}
		l.must(0, "pgsql-add", "pg-test", goes)
		everyone(t)
		if got := l.node(goes, "cat", "/pg/data/stop.list"); got != "the\na\nan\n" {
			t.Errorf("it has %q", got)
		}
		l.settled()
	})
	l.sub(t, "the cluster has another port", func(t *testing.T) {
		l.write("pg_rto: fast", "pg_rto: fast\n        pg_port: 5439")
		l.settled()
		for _, m := range members {
			if port := l.node(m, "runuser", "-u", "postgres", "--", "psql", "-XAtq", "-p", "5439", "-c", "show port"); port != "5439\n" {
				t.Errorf("%s has %s", m, port)
			}
		}
		l.eventually(20*time.Second, "the primary service", func() error { // by way of the pool
			got, err := l.login(second, "host=10.10.10.10 port=5433 user=test dbname=test", "Test.Around.5", "show port")
			if err == nil && got != "5439" {
				err = fmt.Errorf("it leads to %s", got)
			}
			return err
		})
	})
	l.sub(t, "the cluster goes, and its services with it", func(t *testing.T) {
		l.must(0, "pgsql-rm", "pg-test", "--confirm", "pg-test")
		if out, _ := l.try(proxy, "sh", "-c", "ls /etc/haproxy/conf.d | grep pg-test"); strings.TrimSpace(out) != "" {
			t.Errorf("still offered: %s", out)
		}
	})
}
