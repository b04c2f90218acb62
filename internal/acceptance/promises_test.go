//go:build linux

package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// keptPlan is the file of the plan that is kept.
const keptPlan = "kept.plan"

// TestPromises takes one environment through its life. The parts build on each other, as an operator's days do.
func TestPromises(t *testing.T) {
	l := newLab(t)
	l.write()
	var said strings.Builder // everything that pig ever printed
	step := func(name string, f func(t *testing.T)) {
		if t.Failed() {
			return
		}
		t.Run(name, func(t *testing.T) {
			l.t = t
			begin := time.Now()
			f(t)
			t.Logf("took %s", time.Since(begin).Round(100*time.Millisecond))
		})
		l.t = t
	}
	step("a plan on bare nodes touches nothing", func(t *testing.T) {
		before := l.fingerprint()
		p := l.plan()
		if n := len(changes(p)); n < 100 {
			t.Errorf("it foresees only %d changes", n)
		}
		for _, c := range changes(p) {
			if strings.Contains(c, "FAILED") {
				t.Error(c)
			}
		}
		if after := l.fingerprint(); after != before {
			t.Errorf("the plan changed the nodes:\n%s\nwas\n%s", after, before)
		}
	})
	step("an apply does what was planned", func(t *testing.T) {
		out := l.must(0, "apply", "--yes", "-D")
		said.WriteString(out)
		for line := range strings.SplitSeq(out, "\n") {
			if strings.Contains(line, "not as planned") {
				t.Error(line)
			}
		}
	})
	step("then a plan is empty, and another apply changes and restarts nothing", func(t *testing.T) {
		before := map[string]string{}
		for _, a := range addresses {
			before[a] = l.invocations(a)
		}
		if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
			t.Fatalf("the plan is not empty:\n%s", strings.Join(got, "\n"))
		}
		said.WriteString(l.must(0, "apply", "--yes"))
		if out := l.must(0, "pgsql"); !strings.Contains(out, "changed=0") || strings.Contains(out, "changed=1") {
			t.Errorf("pig pgsql again:\n%s", tail(out))
		}
		for _, a := range addresses {
			if now := l.invocations(a); now != before[a] {
				t.Errorf("%s: units restarted:\n%s\nwas\n%s", a, now, before[a])
			}
		}
	})
	step("the services lead to the right members", func(t *testing.T) {
		l.eventually(20*time.Second, "writing through the primary service", func() error {
			_, err := l.sql("10.10.10.11", 5433, "create table if not exists ledger(n int primary key); insert into ledger values (1) on conflict do nothing")
			return err
		})
		l.eventually(10*time.Second, "reading through the replica service", func() error {
			got, err := l.sql("10.10.10.13", 5434, "select pg_is_in_recovery(), count(*) from ledger")
			if err == nil && got != "t|1" {
				err = fmt.Errorf("got %q", got)
			}
			return err
		})
	})
	step("an edit is a small plan", func(t *testing.T) { edits(t, l, &said) })
	step("it stays up when the leader goes", func(t *testing.T) { failover(t, l) })
	step("bad days are told plainly", func(t *testing.T) { badDays(t, l, &said) })
	step("no secret shows", func(t *testing.T) { secrets(t, l, said.String()) })
}

// fingerprint is what a change would alter on the nodes: files of the system, units, accounts, packages.
func (l *lab) fingerprint() string {
	var all []string
	for _, a := range addresses {
		sum := l.node(a, "sh", "-c", `(find /etc /usr/local /data /pg /var/lib/dpkg/status -newermt '@1' -printf '%p %s %m %u %T@\n' 2>/dev/null | sort; systemctl list-unit-files --no-legend; cat /etc/passwd) | grep -v 'resolv.conf\|/etc/mtab' | sha256sum`)
		all = append(all, a+" "+strings.TrimSpace(sum))
	}
	return strings.Join(all, "\n")
}

// operatorsEdits is one day's work on a cluster: what is only reloaded, and what needs a restart. TestEdits has each edit by itself.
var operatorsEdits = []string{
	"roles: [ dbrole_admin ] }", "roles: [ dbrole_admin ] }\n          - { name: reader, password: " + canaries["reader"] + ", roles: [ dbrole_readonly ] }",
	"- { name: test }", "- { name: test }\n          - { name: shop, comment: the shop }\n          - { name: attic }",
	"pg_hba_rules: []", "pg_hba_rules: [ { user: all, db: test, addr: 10.9.9.9/32, auth: pwd, title: a rule } ]",
	"pg_services: []", "pg_services: [ { name: extra, port: 5440, selector: '[]', check: /replica } ]",
	"pg_parameters: {}", "pg_parameters: { work_mem: 20MB, max_connections: 260 }",
}

// edits keeps the plan of an edit, looks at what it says, and applies it; then takes the edit back. It notes what pig says.
func edits(t *testing.T, l *lab, said *strings.Builder) {
	l.sub(t, "the plan has what was edited, and no more", func(t *testing.T) {
		l.write(operatorsEdits...)
		said.WriteString(l.must(0, "plan", "-vvv", "-D", "--out", keptPlan, "pg-test"))
		_, shown := l.bare("show", "--json", keptPlan)
		p := planOf([]byte(shown))
		if p == nil {
			t.Fatalf("the kept plan is no plan:\n%s", tail(shown))
		}
		got := changes(p)
		for _, some := range []string{
			"role reader", "database shop write", "service patroni reload", "pg-test-extra.cfg write", "(reload) update [reload]",
			"patroni member pg-test-2 restart [restart]",
		} {
			if !slices.ContainsFunc(got, func(c string) bool { return strings.Contains(c, some) }) {
				t.Errorf("no %q in\n%s", some, strings.Join(got, "\n"))
			}
		}
		wanted := []string{
			"role reader write [none]", "database shop", "database attic", "/etc/pgbouncer/database.txt", "service pgbouncer reload [reload]",
			"file /pg/conf/pg-test-", "service patroni reload [reload]", "pg-test-extra.cfg", "service haproxy reload [reload]",
			"patroni config pg-test (reload) update [reload]", "patroni config pg-test (restart) update [restart]", "patroni member", "switchover [failover]",
		}
		for _, c := range got {
			if !slices.ContainsFunc(wanted, func(w string) bool { return strings.Contains(c, w) }) {
				t.Errorf("it also plans: %s", c)
			}
		}
	})
	l.sub(t, "the kept plan is applied, and then a plan is empty", func(t *testing.T) {
		out := l.must(0, "apply", "-vvv", "-D", "--yes", keptPlan)
		said.WriteString(out)
		if strings.Contains(out, "not as planned") {
			t.Errorf("%s", tail(out))
		}
		if left := changes(l.plan("pg-test")); len(left) > 0 {
			t.Errorf("afterwards the plan is not empty:\n%s", strings.Join(left, "\n"))
		}
	})
	l.sub(t, "what is taken back goes, and a database only with a confirmation", func(t *testing.T) {
		l.write("- { name: test }", "- { name: test }\n          - { name: shop, state: absent }")
		if out := l.must(7, "apply", "--yes", "pg-test"); !strings.Contains(out, "--confirm shop") {
			t.Errorf("dropping a database wants no confirmation:\n%s", tail(out))
		}
		if out := l.must(0, "apply", "--yes", "--confirm", "shop", "pg-test"); !strings.Contains(out, "no longer declared") {
			t.Errorf("a user taken out of the file goes unnoticed:\n%s", tail(out))
		}
		if out, code := l.try("10.10.10.11", "ls", "/etc/haproxy/conf.d/pg-test-extra.cfg"); code == 0 {
			t.Errorf("the service taken out is still there: %s", out)
		}
		if hba := l.node("10.10.10.12", "cat", "/pg/data/pg_hba.conf"); strings.Contains(hba, "10.9.9.9") {
			t.Error("the rule taken out is still there")
		}
		// A user or a database that is taken out of the file stays in the cluster.
		const left = "select string_agg(n, ' ' order by n) from (select rolname as n from pg_roles where rolname = 'reader' union select datname from pg_database where datname in ('shop', 'attic')) x"
		if got, err := l.sql("10.10.10.11", 5433, left); err != nil || got != "attic reader" {
			t.Errorf("left in the cluster: %q, %v", got, err)
		}
		l.write()
	})
}

// failover kills the leader and looks whether writes go on and pig takes the new state as it is.
func failover(t *testing.T, l *lab) {
	old, err := l.leader()
	if err != nil {
		t.Fatal(err)
	}
	l.node(old, "sh", "-c", "systemctl kill -s KILL patroni; kill -9 $(head -1 /pg/data/postmaster.pid); systemctl stop patroni; true")
	l.eventually(60*time.Second, "writing after the leader died", func() error {
		_, err := l.sql("10.10.10.10", 5432, "select 1")
		_ = err
		for _, a := range addresses[1:] {
			if a == old {
				continue
			}
			if _, err := l.sql(a, 5433, "insert into ledger values (2) on conflict do nothing"); err == nil {
				return nil
			}
		}
		return fmt.Errorf("no service takes a write")
	})
	code, out := l.run("status", "pg-test")
	if code == 0 || !strings.Contains(out, old) {
		t.Errorf("status does not name the stopped member %s (exit %d):\n%s", old, code, tail(out))
	}
	l.node(old, "systemctl", "start", "patroni")
	l.eventually(60*time.Second, "the old leader's return", func() error {
		out, code := l.try(old, "su", "postgres", "-c", "psql -Atc 'select pg_is_in_recovery()'")
		if code != 0 || strings.TrimSpace(out) != "t" {
			return fmt.Errorf("%s", out)
		}
		return nil
	})
	now, err := l.leader()
	if err != nil || now == old {
		t.Fatalf("the leader is %q, %v", now, err)
	}
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Errorf("the plan after a failover is not empty:\n%s", strings.Join(got, "\n"))
	}
}

// badDays breaks things one at a time.
func badDays(t *testing.T, l *lab, said *strings.Builder) {
	l.sub(t, "a node is down", func(t *testing.T) {
		if err := l.box.Kill(l.ctx, "10.10.10.13"); err != nil {
			t.Fatal(err)
		}
		code, out := l.run("pgsql", "-l", "pg-test", "-T", "5")
		said.WriteString(out)
		if code != 4 || !strings.Contains(out, "10.10.10.13") || !strings.Contains(out, "unreachable") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		if !strings.Contains(out, "unreachable=0 failed=0") {
			t.Errorf("the other hosts did not get through:\n%s", tail(out))
		}
		if err := l.box.Start(l.ctx, "10.10.10.13"); err != nil {
			t.Fatal(err)
		}
	})
	l.sub(t, "the host key is another", func(t *testing.T) {
		known, err := os.ReadFile(l.box.KnownHosts())
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(known)), "\n")
		swapped := strings.ReplaceAll(strings.ReplaceAll(string(known), "10.10.10.11", "10.10.10.99"), "10.10.10.12", "10.10.10.11")
		if len(lines) < 2 || swapped == string(known) {
			t.Skipf("known_hosts has an unexpected form: %q", lines)
		}
		if err := os.WriteFile(l.box.KnownHosts(), []byte(swapped), 0o600); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.WriteFile(l.box.KnownHosts(), known, 0o600) }()
		code, out := l.run("pgsql", "-l", "10.10.10.11")
		said.WriteString(out)
		if code == 0 || !strings.Contains(out, "host key") || !strings.Contains(out, "pig node trust") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
	})
	l.sub(t, "the disk is full", func(t *testing.T) {
		l.node("10.10.10.12", "sh", "-c", "mkdir -p /etc/full && mount -t tmpfs -o size=8k tmpfs /etc/full && head -c 8192 /dev/zero > /etc/full/x; true")
		l.file("full.yml", "- hosts: 10.10.10.12\n  become: true\n  gather_facts: false\n  tasks:\n    - copy: { dest: /etc/full/y, content: \"{{ 'x' * 9000 }}\" }\n")
		code, out := l.run("play", "full.yml")
		if code != 2 || !strings.Contains(out, "no space left on device") || !strings.Contains(out, "full.yml:5:") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		if left := l.node("10.10.10.12", "ls", "-A", "/etc/full"); strings.TrimSpace(left) != "x" {
			t.Errorf("left behind: %s", left)
		}
		l.node("10.10.10.12", "umount", "/etc/full")
	})
	l.sub(t, "the disk is full while a package unpacks", func(t *testing.T) {
		const doc = "/usr/share/doc/minio-client"
		l.file("package.yml", "- hosts: 10.10.10.12\n  become: true\n  gather_facts: false\n  tasks:\n    - apt: { name: minio-client, update_cache: true }\n")
		l.node("10.10.10.12", "sh", "-c", "mkdir -p "+doc+" && mount -t tmpfs -o size=4k tmpfs "+doc+" && head -c 4096 /dev/zero > "+doc+"/x")
		code, out := l.run("play", "package.yml")
		if code != 2 || !strings.Contains(out, "No space left on device") || !strings.Contains(out, "package.yml:5:") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		l.node("10.10.10.12", "umount", doc)
		if out := l.must(0, "play", "package.yml"); !strings.Contains(out, "changed=1") {
			t.Errorf("it did not heal:\n%s", tail(out))
		}
		l.node("10.10.10.12", "minio-client", "--version")
	})
	l.sub(t, "a role file has a mistake", func(t *testing.T) {
		l.file("roles/broken/tasks/main.yml", "- name: One\n  debug: { msg: one }\n- name: Two\n  copy: { dest: /tmp/x, content: \"y\" \n  when: true\n")
		l.file("mistake.yml", "- hosts: 10.10.10.12\n  gather_facts: false\n  roles: [ broken ]\n")
		code, out := l.run("play", "mistake.yml")
		if code != 1 || !regexp.MustCompile(`roles/broken/tasks/main.yml:[45]:\d+`).MatchString(out) {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
	})
	l.sub(t, "a unit does not start", func(t *testing.T) {
		text := `- hosts: 10.10.10.12
  become: true
  gather_facts: false
  tasks:
    - copy: { dest: /etc/systemd/system/broken.service, content: "[Service]\nExecStart=/usr/bin/pgbouncer /nowhere\nExecStart=/bin/nonexistent\nType=notify\n" }
    - service: { name: broken, state: started, daemon_reload: true }
`
		l.file("broken.yml", text)
		code, out := l.run("play", "broken.yml")
		if code != 2 || !strings.Contains(out, "broken") || !strings.Contains(out, "log:") && !strings.Contains(out, "unit broken is") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
	})
	l.sub(t, "two at once", func(t *testing.T) {
		text := "- hosts: 10.10.10.12\n  become: true\n  gather_facts: false\n  tasks:\n    - command: sleep 8\n"
		l.file("hold.yml", text)
		held := make(chan struct{})
		go func() { defer close(held); l.run("play", "hold.yml") }()
		time.Sleep(3 * time.Second)
		code, out := l.run("pgsql", "-l", "pg-test")
		if code == 0 || !strings.Contains(out, "10.10.10.12: another run of pig is active on this node") || !strings.Contains(out, "pig play") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		<-held
	})
	l.sub(t, "a mistake in the inventory", func(t *testing.T) {
		l.write("pg_users:", "pg_user:")
		code, out := l.run("plan")
		if code != 1 || !strings.Contains(out, "did you mean pg_users") || !strings.Contains(out, "pigsty.yml:") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		l.write()
	})
}

// secrets looks for the canaries wherever they must not be.
func secrets(t *testing.T, l *lab, said string) {
	if found := leaked(said); len(found) > 0 {
		t.Errorf("in what pig printed: %v", found)
	}
	text, err := os.ReadFile(filepath.Join(l.dir, keptPlan))
	if err != nil {
		t.Fatal(err)
	}
	if found := leaked(string(text)); len(found) > 0 {
		t.Errorf("in the plan file: %v", found)
	}
	journals := 0
	err = filepath.WalkDir(filepath.Join(l.home, "state"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		journals++
		if found := leaked(string(text)); len(found) > 0 {
			t.Errorf("in %s: %v", path, found)
		}
		return err
	})
	if err != nil || journals == 0 {
		t.Errorf("no journal was written: %v", err)
	}
	for _, a := range addresses {
		out := l.node(a, "sh", "-c", "journalctl --no-pager -o cat; ps axww -o args; cat /tmp/* /var/tmp/* /home/*/.cache/pig/*.log 2>/dev/null; true")
		if found := leaked(out); len(found) > 0 {
			t.Errorf("on %s, in its journal, process list or temporary files: %v", a, found)
		}
	}
	if !strings.Contains(l.node("10.10.10.11", "cat", "/etc/pgbouncer/userlist.txt"), canaries["test"]) {
		t.Error("the detector is blind: the canary is not even where it belongs")
	}
}
