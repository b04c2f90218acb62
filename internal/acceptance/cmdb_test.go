//go:build linux

package acceptance

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/sandbox"
)

// cmdbText is an environment on one node whose cluster keeps the inventory of the environment, and which measures its drift.
const cmdbText = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-meta:
      hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }
      vars:
        pg_cluster: pg-meta
        pg_users: [ { name: dbuser_meta, password: DBUser.Meta, pgbouncer: true, roles: [ dbrole_admin ] } ]
        pg_databases: [ { name: meta, owner: dbuser_meta } ]
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    pg_shared_buffer_ratio: 0.1
    pgbackrest_enabled: false
    node_repo_modules: local
    node_tune: none
    vlogs_enabled: false
`

const cmdbAt = "postgres://dbuser_meta@10.10.10.10:5432/meta?sslmode=require"

// TestCmdb runs an environment from tables in its own PostgreSQL: SQL edits it, plans and applies read it, and it is mended while the tables cannot be read.
func TestCmdb(t *testing.T) {
	thorough(t)
	l := labOf(t, sandbox.Config{Prepared: true}, cmdbText, infraNode)
	l.must(0, "apply", "--yes")
	l.file("vault", "a key of the tests\n")
	l.file("pgpass", "10.10.10.10:5432:meta:dbuser_meta:DBUser.Meta\n")
	if err := os.Chmod(filepath.Join(l.dir, "pgpass"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.sub(t, "the inventory becomes tables", func(t *testing.T) { l.intoTables(t) })
	l.sub(t, "SQL edits the environment", func(t *testing.T) { l.editsBySQL(t) })
	l.sub(t, "a version comes back", func(t *testing.T) {
		l.asked(t, 0, "cmdb", "rollback", "1", "-m", "undo", "--vault-password-file", "vault")
		if out := l.asked(t, 0, "plan"); !strings.Contains(out, "version 3") || !strings.Contains(out, "database app is no longer declared") {
			t.Errorf("the plan after the rollback:\n%s", tail(out))
		}
	})
	l.sub(t, "the tables cannot be read", func(t *testing.T) { l.withoutTables(t) })
	l.sub(t, "a timer measures drift", func(t *testing.T) { l.drifts(t) })
}

// asked runs pig where the database of the sandbox can be reached, on the inventory that the folder names.
func (l *lab) asked(t *testing.T, want int, args ...string) string {
	t.Helper()
	if args[0] != "cmdb" {
		args = append(args, "--sandbox="+l.box.Name(), "--vault-password-file", "vault")
	}
	cmd := exec.CommandContext(l.ctx, "nsenter", append([]string{"--net=" + l.box.ControlNamespace(), l.pig}, args...)...) //nolint:gosec // of this test
	cmd.Env = []string{"PGPASSFILE=" + filepath.Join(l.dir, "pgpass")}
	code, out := l.ends(cmd)
	if code != want {
		t.Fatalf("pig %s: exit status %d, want %d\n%s", strings.Join(args, " "), code, want, tail(out))
	}
	return out
}

// metaSQL runs SQL in the database of the inventory, as an operator would.
func (l *lab) metaSQL(query string) string {
	l.t.Helper()
	out, err := l.meta(5432, query)
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

func (l *lab) intoTables(t *testing.T) {
	l.asked(t, 0, "cmdb", "init", "-d", cmdbAt)
	l.asked(t, 0, "cmdb", "load", "pigsty.yml", "-m", "first load", "-d", cmdbAt, "--vault-password-file", "vault")
	l.asked(t, 0, "cmdb", "enable", "-d", cmdbAt)
	if err := os.Rename(filepath.Join(l.dir, "pigsty.yml"), filepath.Join(l.dir, "former.yml")); err != nil {
		t.Fatal(err)
	}
	if out := l.asked(t, 0, "plan", "--detailed-exitcode"); !strings.Contains(out, "version 1") || !strings.Contains(out, "first load") || strings.Contains(out, "DBUser.Meta") {
		t.Errorf("the first plan of the tables:\n%s", tail(out))
	}
	if dump := l.node(infraNode, "su", "postgres", "-c", "pg_dump -n pigsty meta"); strings.Contains(dump, "DBUser.Meta") || !strings.Contains(dump, "__ansible_vault") {
		t.Error("a dump of the database shows a secret, or has none")
	}
}

func (l *lab) editsBySQL(t *testing.T) {
	l.metaSQL(`BEGIN; SET LOCAL pigsty.author = 'ann'; SET LOCAL pigsty.reason = 'the new application';
UPDATE pigsty.group_var SET value = value || '[{"name": "app", "owner": "dbuser_meta"}]' WHERE cls = 'pg-meta' AND key = 'pg_databases'; COMMIT`)
	if out := l.asked(t, 2, "plan", "--detailed-exitcode"); !strings.Contains(out, "create database app") || !strings.Contains(out, "the new application") {
		t.Errorf("the plan of the edit:\n%s", tail(out))
	}
	l.asked(t, 0, "plan", "--out", "edit.plan")
	if out := l.asked(t, 0, "apply", "edit.plan", "--yes"); !strings.Contains(out, "create database app") {
		t.Errorf("the plan of the edit is applied:\n%s", tail(out))
	}
	if got := l.metaSQL("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'app'"); got != "dbuser_meta" {
		t.Errorf("database app belongs to %q", got)
	}
	l.asked(t, 0, "plan", "--detailed-exitcode")
	if out := l.asked(t, 0, "cmdb", "history", "pg-meta"); !strings.Contains(out, "ann") || !strings.Contains(out, "pg_databases") || !strings.Contains(out, "the new application") {
		t.Errorf("the history:\n%s", out)
	}
}

// withoutTables mends the cluster that has the tables, by the version that was read last.
func (l *lab) withoutTables(t *testing.T) {
	l.node(infraNode, "systemctl", "stop", "patroni")
	out := l.asked(t, 1, "plan")
	if !strings.Contains(out, "the CMDB cannot be reached") || !strings.Contains(out, "pig cmdb dump --last") || strings.Contains(out, "DBUser.Meta") {
		t.Errorf("without the database:\n%s", out)
	}
	l.asked(t, 0, "cmdb", "dump", "--last", "-d", cmdbAt, "last.yml")
	l.asked(t, 0, "apply", "-i", "last.yml", "--yes")
	if got := l.metaSQL("SELECT count(*) FROM pigsty.version"); got != "3" {
		t.Errorf("%s versions after the database came back", got)
	}
	l.asked(t, 0, "plan", "--detailed-exitcode")
}

// drifts switches the timer on, for an inventory that is on the node itself, and changes something by hand.
func (l *lab) drifts(t *testing.T) {
	const folder = "/root/environment"
	l.metaSQL(`INSERT INTO pigsty.global_var (key, value) VALUES ('pig_drift_enabled', 'true'), ('pig_drift_inventory', '"` + folder + `/pigsty.yml"')`)
	if out := l.asked(t, 2, "apply", "--yes"); !strings.Contains(out, infraNode+" has no /usr/local/bin/pig, which pig_drift_enabled needs") {
		t.Errorf("a node without pig:\n%s", tail(out))
	}
	l.put(t, l.pig, "/usr/local/bin/pig")
	l.node(infraNode, "chmod", "755", "/usr/local/bin/pig")
	l.node(infraNode, "mkdir", "-p", "-m", "700", folder)
	l.file("local.yml", cmdbText+"    pig_drift_enabled: true\n    pig_drift_inventory: "+folder+"/pigsty.yml\n    ansible_connection: local\n")
	l.put(t, filepath.Join(l.dir, "local.yml"), folder+"/pigsty.yml")
	archive := filepath.Join(l.dir, "files.tar")
	if out, err := exec.CommandContext(l.ctx, "tar", "-C", l.dir, "-cf", archive, "files").CombinedOutput(); err != nil { //nolint:gosec // of this test
		t.Fatalf("%v: %s", err, out)
	}
	l.put(t, archive, folder+"/files.tar")
	l.node(infraNode, "tar", "-C", folder, "-xf", folder+"/files.tar")
	l.asked(t, 0, "apply", "--yes")
	if state := strings.TrimSpace(l.node(infraNode, "systemctl", "is-active", "pig-drift.timer")); state != "active" {
		t.Errorf("the timer is %s", state)
	}
	measured := func() string {
		l.node(infraNode, "systemctl", "start", "pig-drift.service")
		return l.node(infraNode, "cat", "/var/lib/prometheus/node-exporter/pig.prom")
	}
	const metric = `pig_drift_changes{unit="pgsql:pg-meta",module="pgsql",cluster="pg-meta"} `
	if got := measured(); !strings.Contains(got, metric+"0\n") || !strings.Contains(got, "pig_drift_time_seconds") {
		t.Errorf("nothing was changed, and measured is:\n%s", got)
	}
	l.node(infraNode, "rm", "/etc/profile.d/pgsql.sh")
	if got := measured(); !strings.Contains(got, metric+"1\n") {
		t.Errorf("a file was removed, and measured is:\n%s", got)
	}
}

// put copies a file of this machine to the node.
func (l *lab) put(t *testing.T, from, to string) {
	t.Helper()
	file, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if code, err := l.box.Exec(l.ctx, infraNode, []string{"sh", "-c", `cat >"$0"`, to}, file, io.Discard, io.Discard); err != nil || code != 0 {
		t.Fatalf("copying %s: exit status %d, %v", to, code, err)
	}
}
