//go:build linux

package acceptance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// minioShell runs a client of MinIO on the infra node, as a user.
func (l *lab) minioShell(user, script string) (string, int) {
	return l.try("10.10.10.10", "sh", "-c", "export SSL_CERT_FILE=/etc/pki/ca.crt MC_HOST_s=https://"+user+"@sss.pigsty:9002; "+script)
}

// TestMinio takes the cluster of inventory/minio.yml through its life.
func TestMinio(t *testing.T) {
	thorough(t)
	text := strings.Replace(sampleInventory(t, "minio"), "    node_tune: none", "    node_tune: none\n    node_etc_hosts: [ '10.10.10.11 sss.pigsty' ]", 1)
	l := labOf(t, sandbox.Config{Prepared: true, Source: []string{"minio"}}, text, "10.10.10.10+/data1+/data2", "10.10.10.11+/data1+/data2", "10.10.10.12+/data1+/data2")
	out := l.must(0, "apply", "--yes")
	if strings.Contains(out, "not as planned") {
		t.Errorf("the plan was wrong:\n%s", tail(out))
	}
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Fatalf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}
	l.node("10.10.10.10", "sh", "-c", "apt-get -q -y install minio-client >/dev/null 2>&1; command -v minio-client; echo hello >/tmp/hello")

	l.sub(t, "users reach their buckets through the load balancer, and no others", func(t *testing.T) {
		l.eventually(30*time.Second, "writing as the user of the backups", func() error {
			if out, code := l.minioShell("pgbackrest:"+l.password("minio_user_pgbackrest"), "minio-client cp /tmp/hello s/pgsql/hello && minio-client cat s/pgsql/hello"); code != 0 || !strings.Contains(out, "hello") {
				return fmt.Errorf("%s", out)
			}
			return nil
		})
		if out, code := l.minioShell("pgbackrest:"+l.password("minio_user_pgbackrest"), "minio-client ls s/meta"); code == 0 {
			t.Errorf("it reads the bucket of others: %s", out)
		}
		if out, _ := l.minioShell("s3user_meta:"+l.password("minio_user_meta"), "minio-client version info s/meta"); !strings.Contains(out, "enabled") {
			t.Errorf("versioning: %s", out)
		}
	})
	l.sub(t, "a key changes, and the root user's too", func(t *testing.T) {
		l.write("minio_cluster: minio", "minio_cluster: minio\n        minio_secret_key: \"An0ther$Root\"\n        minio_users: [ { access_key: pgbackrest, secret_key: An0ther.Key, policy: 'pgsql,data' } ]")
		got := changes(l.plan())
		restarts := 0
		for _, c := range got {
			if strings.Contains(c, "[restart]") {
				restarts++
			}
		}
		if restarts != 3 {
			t.Errorf("%d restarts planned, want 3:\n%s", restarts, strings.Join(got, "\n"))
		}
		l.must(0, "apply", "--yes")
		l.eventually(90*time.Second, "the new key on all nodes", func() error { // nodes tell each other of users, in time
			if out, code := l.minioShell("pgbackrest:An0ther.Key", "for i in 1 2 3 4 5 6; do minio-client cat s/pgsql/hello && minio-client ls s/data || exit 1; done"); code != 0 {
				return fmt.Errorf("%s", out)
			}
			return nil
		})
		if out, code := l.minioShell("pgbackrest:"+l.password("minio_user_pgbackrest"), "minio-client cat s/pgsql/hello"); code == 0 {
			t.Errorf("the old key still works: %s", out)
		}
		if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
			t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
		}
	})
	l.sub(t, "it goes on without one node", func(t *testing.T) {
		if err := l.box.Kill(l.ctx, "10.10.10.12"); err != nil {
			t.Fatal(err)
		}
		l.eventually(30*time.Second, "writing with a node down", func() error {
			if out, code := l.minioShell("pgbackrest:An0ther.Key", "minio-client cp /tmp/hello s/pgsql/again && minio-client cat s/pgsql/again"); code != 0 {
				return fmt.Errorf("%s", out)
			}
			return nil
		})
		if err := l.box.Start(l.ctx, "10.10.10.12"); err != nil {
			t.Fatal(err)
		}
	})
	l.sub(t, "removal needs the name, and leaves nothing", func(t *testing.T) {
		if code, _ := l.run("minio-rm"); code != exitConfirm {
			t.Errorf("exit %d without a confirmation", code)
		}
		l.must(0, "minio-rm", "--confirm", "minio")
		left, _ := l.try("10.10.10.11", "sh", "-c", "ls -A /data1 /data2 /home/minio/.minio /etc/default/minio /etc/systemd/system/minio.service 2>/dev/null | grep -v '^/data[12]:$'; grep minio-1 /etc/hosts")
		if strings.TrimSpace(left) != "" {
			t.Errorf("left behind:\n%s", left)
		}
	})
}

// TestBackups applies inventory/backup.yml: archives and backups go where they are declared to go, and come back from there.
func TestBackups(t *testing.T) {
	thorough(t)
	l := labOf(t, sandbox.Config{Prepared: true, Source: []string{"minio"}}, sampleInventory(t, "backup"), "10.10.10.10+/data/minio", "10.10.10.11", "10.10.10.12")
	if out := l.must(0, "apply", "--yes"); strings.Contains(out, "not as planned") {
		t.Errorf("the plan was wrong:\n%s", tail(out))
	}
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Fatalf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}
	for addr, stanza := range map[string]string{"10.10.10.10": "pg-meta", "10.10.10.11": "pg-test"} {
		l.node(addr, "su", "postgres", "-c", "pgbackrest --stanza="+stanza+" check")
		if out := l.node(addr, "su", "postgres", "-c", "/pg/bin/pg-backup incr && pgbackrest info"); !strings.Contains(out, "full backup:") || !strings.Contains(out, "incr backup:") {
			t.Errorf("%s: %s", stanza, out)
		}
	}
	if out := l.node("10.10.10.12", "su", "postgres", "-c", "/pg/bin/pg-backup"); !strings.Contains(out, "does not lead") {
		t.Errorf("a replica makes backups: %s", out)
	}
	// What was written before comes back from the object storage.
	l.node("10.10.10.10", "su", "postgres", "-c", `psql -qc "create table kept as select 42 as n; select pg_switch_wal()" && /pg/bin/pg-backup full >/dev/null`)
	l.node("10.10.10.10", "su", "postgres", "-c", "mkdir -m 700 /var/tmp/back && pgbackrest --stanza=pg-meta --pg1-path=/var/tmp/back --archive-mode=off restore && "+
		"/usr/lib/postgresql/17/bin/pg_ctl -D /var/tmp/back -w -o '-p 6543 -c listen_addresses= -c config_file=/var/tmp/back/postgresql.conf -c hba_file=/var/tmp/back/pg_hba.conf -c unix_socket_directories=/var/tmp' start >/dev/null")
	if got := l.node("10.10.10.10", "su", "postgres", "-c", "psql -h /var/tmp -p 6543 -Atc 'select n from kept'"); strings.TrimSpace(got) != "42" {
		t.Errorf("restored: %s", got)
	}
	l.node("10.10.10.10", "su", "postgres", "-c", "/usr/lib/postgresql/17/bin/pg_ctl -D /var/tmp/back -m immediate stop")
}
