//go:build linux

package acceptance

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// seedCluster is what the user adds to the lines for a second cluster.
const seedCluster = `
pg-test:
  hosts:
    10.10.10.11: { pg_seq: 1, pg_role: primary }
    10.10.10.12: { pg_seq: 2, pg_role: replica }
    10.10.10.13: { pg_seq: 3, pg_role: offline }
  vars: { pg_cluster: pg-test }
`

// TestSeed applies the lines that declare modules as they are written, module by module, and then adds a cluster on nodes: no version, no address of an administrator,
// nothing else. Only the kernel of this machine is left alone.
func TestSeed(t *testing.T) {
	thorough(t)
	lines, err := os.ReadFile("../../testdata/seed/lines.yml")
	if err != nil {
		t.Fatal(err)
	}
	const node = "10.10.10.10"
	l := labOf(t, sandbox.Config{Prepared: true, Source: []string{"minio"}}, string(lines), node, "10.10.10.11", "10.10.10.12", "10.10.10.13")
	const gentle = "node_tune=none"

	l.sub(t, "module by module", func(t *testing.T) {
		for _, module := range []string{"infra", "etcd", "minio", "pgsql"} {
			l.must(0, module, "-l", node, "-e", gentle)
		}
		out := l.must(0, "plan", "--detailed-exitcode", "-e", gentle)
		if !strings.Contains(out, "pg_version of pg-meta") {
			t.Errorf("the plan does not tell the version:\n%s", tail(out))
		}
	})
	l.sub(t, "the version is the newest that the sources have", func(t *testing.T) {
		if major := l.as(node, "postgres", "select current_setting('server_version_num')::int / 10000"); major != "17" {
			t.Errorf("PostgreSQL %s on Debian 13", major)
		}
		if _, out := l.run("status"); !strings.Contains(out, "17") {
			t.Errorf("status does not tell the version:\n%s", tail(out))
		}
	})
	l.sub(t, "services answer from outside", func(t *testing.T) {
		for _, probe := range []string{
			"curl -sSf -o /dev/null http://10.10.10.10/",
			"curl -sSf --cacert /etc/pki/ca.crt -o /dev/null --resolve sss.pigsty:9000:10.10.10.10 https://sss.pigsty:9000/minio/health/live",
		} {
			l.node(node, "sh", "-c", probe)
		}
		if got, err := l.login(node, "host="+node+" port=5436 dbname=postgres user=dbuser_dba sslmode=require", l.password("pg_admin_password"), "select pg_is_in_recovery()"); err != nil || got != "f" {
			t.Errorf("through the default service: %q, %v", got, err)
		}
	})
	l.sub(t, "a cluster is added", func(t *testing.T) {
		l.file("pigsty.yml", string(lines)+seedCluster)
		if out := l.must(2, "pgsql-add", "pg-test", "-e", gentle); !strings.Contains(out, "run pig node-add") {
			t.Errorf("hosts that are no nodes: %s", tail(out))
		}
		l.must(0, "node-add", "pg-test", "-e", gentle)
		l.must(0, "pgsql-add", "pg-test", "-e", gentle)
		if got := changes(l.plan("--detailed-exitcode", "-e", gentle, "pg-test")); len(got) > 0 {
			t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
		}
		l.eventually(60*time.Second, "two members that follow", func() error {
			if got := l.as("10.10.10.11", "postgres", "select count(*) from pg_stat_replication where state = 'streaming'"); got != "2" {
				return fmt.Errorf("%s follow", got)
			}
			return nil
		})
		if got := changes(l.plan("-e", gentle)); len(got) > 0 {
			t.Logf("left for the other modules:\n%s", strings.Join(got, "\n"))
		}
		l.must(0, "apply", "--yes", "-e", gentle)
		if got := changes(l.plan("--detailed-exitcode", "-e", gentle)); len(got) > 0 {
			t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
		}
	})
}
