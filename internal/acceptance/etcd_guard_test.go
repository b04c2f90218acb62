//go:build linux

package acceptance

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// Three members of etcd, two PostgreSQL clusters; 10.10.10.13 is no member of etcd.
const guardInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd:
      hosts: { 10.10.10.10: { etcd_seq: 1 }, 10.10.10.11: { etcd_seq: 2 }, 10.10.10.12: { etcd_seq: 3 } }
      vars: { etcd_cluster: etcd }
    pg-meta:
      hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }
      vars: { pg_cluster: pg-meta, pg_databases: [ { name: meta } ], pg_etcd_password: pg-meta }
    pg-test:
      hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary }, 10.10.10.12: { pg_seq: 2, pg_role: replica }, 10.10.10.13: { pg_seq: 3, pg_role: replica } }
      vars:
        pg_cluster: pg-test
        pg_etcd_password: pg-test
        pg_users: [ { name: test, password: Canary.Test.8861, pgbouncer: true, roles: [ dbrole_admin ] } ]
        pg_databases: [ { name: test } ]
  vars: { admin_ip: 10.10.10.10, pg_version: 17, pg_conf: tiny.yml, node_repo_modules: local, node_tune: none, etcd_root_password: Etcd.Root, vlogs_enabled: false }
`

// etcdBefore are the edits that make of today's roles those of before: etcd lets in clients without a certificate and takes every certificate of the
// environment for a member's, and Patroni shows none.
var etcdBefore = map[string][]string{
	"etcd/templates/etcd.conf": {"{% if etcd_guarded | bool %}", "{% if false %}", "/etc/etcd/members.crt", "/etc/etcd/ca.crt"},
	"etcd/tasks/cert.yml": {
		"ca_key: \"{{ pki_dir }}/etcd/ca.key\"\n        ca_cert: \"{{ pki_dir }}/etcd/ca.crt\"", "ca_key: \"{{ pki_dir }}/ca/ca.key\"\n        ca_cert: \"{{ pki_dir }}/ca/ca.crt\"",
		"{{ etcd_cert.cert }}{{ etcd_ca.cert }}", "{{ etcd_cert.cert }}",
	},
	"etcd/handlers/main.yml":          {"    peer_ca: /etc/etcd/members.crt\n", ""},
	"pgsql/templates/patroni.yml":     {"  cert: /pg/cert/server.crt\n  key: /pg/cert/server.key\n", ""},
	"pgsql/templates/patroni.service": {"Environment=PATRONI_ETCD3_CERT=/pg/cert/server.crt PATRONI_ETCD3_KEY=/pg/cert/server.key\n", ""},
}

// rolesBefore puts roles with these edits beside the inventory, where they count instead of pig's own.
func (l *lab) rolesBefore(edits map[string][]string) {
	l.t.Helper()
	for name, pairs := range edits {
		role, _, _ := strings.Cut(name, "/")
		root := filepath.Join("../../roles", role)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			rest, _ := filepath.Rel("../../roles", path)
			if _, done := os.Stat(filepath.Join(l.dir, "roles", rest)); done != nil {
				l.file(filepath.Join("roles", rest), string(text))
			}
			return err
		})
		if err != nil {
			l.t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join("../../roles", name))
		if err != nil {
			l.t.Fatal(err)
		}
		edited := string(text)
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(edited, pairs[i]) {
				l.t.Fatalf("%s has no %q", name, pairs[i])
			}
			edited = strings.ReplaceAll(edited, pairs[i], pairs[i+1])
		}
		l.file(filepath.Join("roles", name), edited)
	}
}

// etcdHoles are the ways in that a neighbour finds: 10.10.10.13, with nothing, with the passwords that everybody knows, and with the certificate
// of its instance of PostgreSQL.
func (l *lab) etcdHoles() []string {
	const own = "--cacert /etc/pki/ca.crt --cert /pg/cert/server.crt --key /pg/cert/server.key"
	login := func(user, password string) string {
		return fmt.Sprintf(`-d '{"name":"%s","password":"%s"}' https://10.10.10.10:2379/v3/auth/authenticate | grep token`, user, password)
	}
	curl := "set -o pipefail; curl -sS -f -m 5 --http1.1 " // the port of members speaks nothing else
	tries := []struct{ name, command string }{
		{"health without a certificate", curl + "-k https://10.10.10.10:2379/health"},
		{"metrics without a certificate", curl + "-k https://10.10.10.11:2379/metrics"},
		{"version of a member without a certificate", curl + "-k https://10.10.10.12:2380/version"},
		{"root without a certificate", curl + "-k " + login("root", "Etcd.Root")},
		{"a cluster's user without a certificate", curl + "-k " + login("pg-test", "pg-test")},
		{"a certificate of another authority", "cd /tmp && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=root -keyout x.key -out x.crt 2>/dev/null && " + curl + "-k --cert x.crt --key x.key https://10.10.10.10:2379/health"},
		{"the certificate of PostgreSQL as a member", curl + own + " https://10.10.10.12:2380/members"},
		{"a cluster's user by the cluster's name", curl + own + " " + login("pg-test", "pg-test")},
		{"another cluster's user by its name", curl + own + " " + login("pg-meta", "pg-meta")},
		{"keys without a password", curl + own + ` -d '{"key":"AA==","range_end":"AA=="}' https://10.10.10.10:2379/v3/kv/range`},
		{"members without a password", curl + own + " -d '{}' https://10.10.10.10:2379/v3/auth/user/list"},
		{"keys by the name in the certificate", "ETCDCTL_API=3 etcdctl --command-timeout=3s --cacert=/etc/pki/ca.crt --cert=/pg/cert/server.crt --key=/pg/cert/server.key --endpoints=https://10.10.10.10:2379 get --prefix /pg"},
	}
	var holes []string
	for _, t := range tries {
		if _, code := l.try("10.10.10.13", "bash", "-c", t.command); code == 0 {
			holes = append(holes, t.name)
		}
	}
	return holes
}

// pgLedger is a client that writes through the primary service, and notes what it was told is written.
const pgLedger = `i=0; while [ $i -lt 6000 ] && [ ! -e /run/pg.stop ]; do i=$((i+1))
PGPASSWORD=Canary.Test.8861 PGCONNECT_TIMEOUT=2 psql -X -qAt -h 10.10.10.11 -p 5433 -U test -d test -c "INSERT INTO ledger VALUES ($i)" >/dev/null 2>&1 && echo $i >>/run/pg.ledger; sleep 0.1; done`

// TestEtcdChangeover takes an environment with an etcd that is open to its neighbours to one that is not, by one apply.
func TestEtcdChangeover(t *testing.T) {
	thorough(t)
	l := labOf(t, sandbox.Config{Prepared: true}, guardInventory, addresses...)
	l.unhurried(30 * time.Minute)
	l.rolesBefore(etcdBefore)
	l.must(0, "apply", "--yes")
	if holes := l.etcdHoles(); len(holes) < 5 {
		t.Errorf("the etcd of before has only these ways in: %q: the attack proves nothing", holes)
	}
	if _, err := l.sql("10.10.10.11", 5433, "CREATE TABLE ledger (i int PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	postmaster := func() (all string) {
		for _, a := range addresses {
			all += l.node(a, "head", "-1", "/pg/data/postmaster.pid")
		}
		return all
	}
	before := postmaster()
	l.node("10.10.10.10", "systemd-run", "--unit=pgledger", "bash", "-c", pgLedger)
	if err := os.RemoveAll(filepath.Join(l.dir, "roles")); err != nil {
		t.Fatal(err)
	}
	l.write("pg_etcd_password: pg-meta", "pg_etcd_password: ''", "pg_etcd_password: pg-test", "pg_etcd_password: ''", "etcd_root_password: Etcd.Root, ", "")
	l.must(0, "apply", "--yes")
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}
	if holes := l.etcdHoles(); len(holes) > 0 {
		t.Errorf("a neighbour gets in: %q", holes)
	}
	if after := postmaster(); after != before {
		t.Errorf("PostgreSQL was restarted:\n%s\n%s", before, after)
	}
	if leader, err := l.leader(); err != nil || leader != "10.10.10.11" {
		t.Errorf("the leader is %s, %v", leader, err)
	}
	l.node("10.10.10.10", "sh", "-c", "touch /run/pg.stop; sleep 1")
	lost, err := l.sql("10.10.10.11", 5433, "SELECT count(*) FROM (SELECT unnest(string_to_array('"+strings.Join(strings.Fields(l.node("10.10.10.10", "cat", "/run/pg.ledger")), ",")+"', ','))::int EXCEPT SELECT i FROM ledger) x")
	if err != nil || lost != "0" {
		t.Errorf("%s acknowledged rows are not there, %v", lost, err)
	}
	told := len(strings.Fields(l.node("10.10.10.10", "cat", "/run/pg.ledger")))
	if told < 100 {
		t.Errorf("only %d writes: the writer proves nothing", told)
	}
	if out := l.node("10.10.10.10", "bash", "-lc", "ETCDCTL_USER=root:"+l.secret("etcd_root_password")+" etcdctl endpoint health --cluster"); strings.Count(out, "is healthy") != 3 {
		t.Errorf("etcdctl of an administrator: %s", out)
	}
	l.eventually(time.Minute, "metrics of three members", func() error {
		out := l.node("10.10.10.10", "curl", "-sS", "http://127.0.0.1:8428/api/v1/query?query=up%7Bjob%3D%22etcd%22%7D")
		if n := strings.Count(out, `,"1"]`); n != 3 {
			return fmt.Errorf("%d are up: %s", n, out)
		}
		return nil
	})
}

// secret is a password that was generated.
func (l *lab) secret(name string) string {
	l.t.Helper()
	_, out := l.bare("secret", "show", name, "-i", "pigsty.yml")
	return strings.TrimSpace(out)
}
