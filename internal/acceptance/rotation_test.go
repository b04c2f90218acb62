//go:build linux

package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

const rotationInventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd:
      hosts: { 10.10.10.10: { etcd_seq: 1 }, 10.10.10.11: { etcd_seq: 2 }, 10.10.10.12: { etcd_seq: 3 } }
      vars: { etcd_cluster: etcd }
    pg-test:
      hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary }, 10.10.10.12: { pg_seq: 2, pg_role: replica } }
      vars:
        pg_cluster: pg-test
        pg_users: [ { name: test, password: Canary.Test.8861, pgbouncer: true, roles: [ dbrole_admin ] }, { name: pg-test-2 } ]
        pg_databases: [ { name: test } ]
        pg_hba_rules: [ { user: pg-test-2, db: test, addr: 10.10.10.10, auth: cert, order: 1 } ]
    redis-ms: { hosts: { 10.10.10.12: { redis_node: 1, redis_instances: { 6379: {} } } }, vars: { redis_cluster: redis-ms, redis_max_memory: 64MB } }
  vars: { admin_ip: 10.10.10.10, pg_version: 17, pg_conf: tiny.yml, pg_shared_buffer_ratio: 0.1, node_repo_modules: local, node_tune: none }
`

// tlsLedger is a client that writes through the primary service, trusts the CA of its node only, and notes what it was told is
// written, and what was refused.
const tlsLedger = `i=0; while [ $i -lt 20000 ] && [ ! -e /run/pg.stop ]; do i=$((i+1))
PGPASSWORD=Canary.Test.8861 psql -XqAt "host=10.10.10.11 port=5433 user=test dbname=test connect_timeout=2 sslmode=verify-ca sslrootcert=/etc/pki/ca.crt" -c "INSERT INTO ledger VALUES ($i)" >/dev/null 2>>/run/pg.errors && echo "$(date +%s%N) $i" >>/run/pg.ledger
sleep 0.2; done`

// TestRotation changes the CA in its three steps, with an apply after each, while a client that verifies the server writes.
func TestRotation(t *testing.T) {
	thorough(t)
	const infra, primary, replica = "10.10.10.10", "10.10.10.11", "10.10.10.12"
	hosts := []string{infra, primary, replica}
	l := labOf(t, sandbox.Config{Prepared: true}, rotationInventory, hosts...)
	l.unhurried(30 * time.Minute)
	l.settled()
	if _, err := l.sql(primary, 5433, "CREATE TABLE ledger (i int PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	former, err := os.ReadFile(filepath.Join(l.dir, "files/pki/ca/ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	l.takeAlong(replica, "pg-test-2")
	if got := l.stillLetIn("pg-test-2"); got != everywhere {
		t.Errorf("before, its certificates open only %s: what follows proves nothing", got)
	}
	postmasters := func() string {
		return l.node(primary, "head", "-1", "/pg/data/postmaster.pid") + l.node(replica, "head", "-1", "/pg/data/postmaster.pid")
	}
	before := postmasters()
	l.node(infra, "systemd-run", "--unit=pgledger", "bash", "-c", tlsLedger)
	for i, told := range []string{"Step 1 of 3", "Step 2 of 3", "Step 3 of 3"} {
		if code, out := l.bare("pki", "rotate", "-i", "pigsty.yml"); code != 0 || !strings.Contains(out, told) {
			t.Fatalf("exit %d\n%s", code, out)
		}
		l.settled()
		if in := l.stillLetIn("pg-test-2"); i < 2 && in != everywhere || i == 2 && in != "" {
			t.Errorf("after %s a certificate of the former CA opens %q", told, in)
		}
		l.takeAlong(replica, "pg-test-2-now")
		l.node(infra, "sh", "-c", "rm -rf /root/kept; mv /root/pg-test-2 /root/kept; mv /root/pg-test-2-now /root/pg-test-2")
		if in := l.stillLetIn("pg-test-2"); in != everywhere {
			t.Errorf("after %s the certificate in use opens only %q", told, in)
		}
		l.node(infra, "sh", "-c", "rm -rf /root/pg-test-2; mv /root/kept /root/pg-test-2")
	}
	l.node(infra, "sh", "-c", "touch /run/pg.stop; sleep 2")
	l.rotationLedger()
	if after := postmasters(); after != before {
		t.Errorf("PostgreSQL was restarted:\n%s\n%s", before, after)
	}
	line := strings.Split(string(former), "\n")[2]
	for _, h := range hosts {
		if out, _ := l.try(h, "grep", "-rlsF", "--exclude-dir=pgdata", line, "/etc", "/pg/cert", "/usr/local/share", "/home", "/www", "/infra"); out != "" {
			t.Errorf("%s still trusts the former CA: %s", h, out)
		}
	}
	l.eventually(90*time.Second, "metrics of all that runs", func() error {
		out := l.node(infra, "curl", "-s", "--data-urlencode", "query=up == 0", "http://127.0.0.1:8428/api/v1/query")
		if !strings.Contains(out, `"result":[]`) {
			return fmt.Errorf("not up: %s", out)
		}
		return nil
	})
	if out, code := l.try(infra, "curl", "-sf", "--cacert", "/etc/pki/ca.crt", "--cert", "/etc/pki/infra.crt", "--key", "/etc/pki/infra.key", "https://10.10.10.12:9121/metrics"); code != 0 {
		t.Errorf("the exporter of Redis: %s", out)
	}
	if l.hasKey("ca/last") || l.hasKey("ca/next") {
		t.Error("the key of the former CA is kept")
	}
}

// rotationLedger holds what the client was told against what is there, and looks for the longest silence.
func (l *lab) rotationLedger() {
	l.t.Helper()
	told := strings.Fields(l.node("10.10.10.10", "cat", "/run/pg.ledger"))
	var rows []string
	var silence time.Duration
	var last int64
	for i := 0; i+1 < len(told); i += 2 {
		at, err := strconv.ParseInt(told[i], 10, 64)
		if err != nil {
			l.t.Fatal(err)
		}
		if last > 0 {
			silence = max(silence, time.Duration(at-last))
		}
		last, rows = at, append(rows, told[i+1])
	}
	if len(rows) < 100 {
		l.t.Errorf("only %d writes: the writer proves nothing", len(rows))
	}
	lost, err := l.sql("10.10.10.11", 5433, "SELECT count(*) FROM (SELECT unnest(string_to_array('"+strings.Join(rows, ",")+"', ','))::int EXCEPT SELECT i FROM ledger) x")
	if err != nil || lost != "0" {
		l.t.Errorf("%s acknowledged rows are not there, %v", lost, err)
	}
	if errors, _ := l.try("10.10.10.10", "sh", "-c", "sort /run/pg.errors | uniq -c"); strings.Contains(errors, "certificate") {
		l.t.Errorf("certificates were refused:\n%s", errors)
	}
	if silence > 10*time.Second {
		l.t.Errorf("nothing could be written for %s", silence)
	}
	l.t.Logf("%d writes acknowledged, the longest silence %s", len(rows), silence.Round(time.Millisecond))
}
