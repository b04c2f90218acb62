//go:build linux

package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/pki"
	"pig/internal/sandbox"
)

const accessVIP = "10.10.10.2"

// holder is the node that has the virtual address, "" if none has it.
func (l *lab) holder(nodes ...string) string {
	l.t.Helper()
	var has []string
	for _, n := range nodes {
		if out, _ := l.try(n, "ip", "-o", "-4", "addr", "show"); strings.Contains(out, accessVIP+"/") {
			has = append(has, n)
		}
	}
	return strings.Join(has, "+")
}

// clientCert gives a node a certificate of the environment's CA with which user may log in.
func (l *lab) clientCert(node, user string) {
	l.t.Helper()
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(l.dir, "files/pki/ca", name))
		if err != nil {
			l.t.Fatal(err)
		}
		return text
	}
	caKey, err := pki.ParseKey(read("ca.key"))
	if err != nil {
		l.t.Fatal(err)
	}
	ca, err := pki.ParseCert(read("ca.crt"))
	if err != nil {
		l.t.Fatal(err)
	}
	keyText, err := pki.NewKey(0)
	if err != nil {
		l.t.Fatal(err)
	}
	key, err := pki.ParseKey(keyText)
	if err != nil {
		l.t.Fatal(err)
	}
	cert, err := pki.Sign(pki.Request{CommonName: user, Client: true, Days: 1}, key, ca, caKey, time.Now())
	if err != nil {
		l.t.Fatal(err)
	}
	l.node(node, "sh", "-c", "umask 077; printf '%s' '"+string(keyText)+"' > /root/client.key; printf '%s' '"+string(cert)+"' > /root/client.crt")
}

// TestPgsqlAccess tries the example of access control: who gets in and who does not, where the virtual address is, and that
// nothing that was committed is lost when the primary's machine dies.
func TestPgsqlAccess(t *testing.T) {
	thorough(t)
	members := []string{"10.10.10.10", "10.10.10.11", "10.10.10.12"}
	names := map[string]string{"10.10.10.10": "pg-meta-1", "10.10.10.11": "pg-meta-2", "10.10.10.12": "pg-meta-3"}
	const infra, other, follower = "10.10.10.10", "10.10.10.13", "10.10.10.13"
	l := labOf(t, sandbox.Config{Prepared: true, Source: []string{"minio"}}, sampleInventory(t, "access"), "10.10.10.10+/data/minio", "10.10.10.11", "10.10.10.12", follower)
	// Who gets past the firewall of the nodes is another question.
	l.text = strings.Replace(l.text, "node_tune: none", "node_tune: none\n    node_firewall_mode: none", 1)
	l.write()
	l.settled()

	l.sub(t, "each rule from where it allows and from where it does not", func(t *testing.T) {
		l.clientCert(other, "dbuser_dba")
		l.as(infra, "postgres", "create role etl login password 'Off.Line.77' in role dbrole_offline")
		// An address outside of the intranet: the node answers from it when it calls the primary.
		const foreign = "198.51.100.5"
		l.node(other, "ip", "addr", "add", foreign+"/32", "dev", "eth1")
		l.node(infra, "ip", "route", "add", foreign+"/32", "via", other)
		from := func(source string) {
			if source == foreign {
				l.node(other, "ip", "route", "replace", infra+"/32", "dev", "eth1", "src", foreign)
			} else {
				_, _ = l.try(other, "ip", "route", "del", infra+"/32")
			}
		}
		const cert = " sslcert=/root/client.crt sslkey=/root/client.key"
		for _, c := range []struct {
			what, node, source, how, password string
			in                                bool
		}{
			{"a reader with TLS", other, other, "port=5432 user=dbuser_view dbname=meta sslmode=require", "DBUser.Viewer", true},
			{"a reader without TLS", other, other, "port=5432 user=dbuser_view dbname=meta sslmode=disable", "DBUser.Viewer", false},
			{"a reader with a wrong password", other, other, "port=5432 user=dbuser_view dbname=meta sslmode=require", "DBUser.View", false},
			{"a reader from abroad", other, foreign, "port=5432 user=dbuser_view dbname=meta sslmode=require", "DBUser.Viewer", false},
			{"the admin from infra", infra, infra, "port=5432 user=dbuser_dba dbname=meta sslmode=require", l.password("pg_admin_password"), true},
			{"the admin from infra without TLS", infra, infra, "port=5432 user=dbuser_dba dbname=meta sslmode=disable", l.password("pg_admin_password"), false},
			{"the admin elsewhere with a password", other, other, "port=5432 user=dbuser_dba dbname=meta sslmode=require", l.password("pg_admin_password"), false},
			{"the admin elsewhere with a certificate", other, other, "port=5432 user=dbuser_dba dbname=meta sslmode=require" + cert, "", true},
			{"the admin from abroad with a certificate", other, foreign, "port=5432 user=dbuser_dba dbname=meta sslmode=require" + cert, "", true},
			{"a reader with the admin's certificate", other, foreign, "port=5432 user=dbuser_view dbname=meta sslmode=require" + cert, "DBUser.Viewer", false},
			{"monitoring from infra", infra, infra, "port=5432 user=dbuser_monitor dbname=meta sslmode=require", l.password("pg_monitor_password"), true},
			{"monitoring from elsewhere", other, other, "port=5432 user=dbuser_monitor dbname=meta sslmode=require", l.password("pg_monitor_password"), false},
			{"the superuser over the network", infra, infra, "port=5432 user=postgres dbname=meta sslmode=require", "", false},
			{"monitoring at home, without TLS", infra, infra, "host=127.0.0.1 port=5432 user=dbuser_monitor dbname=meta sslmode=disable", l.password("pg_monitor_password"), true},
			{"monitoring at home with a wrong password", infra, infra, "host=127.0.0.1 port=5432 user=dbuser_monitor dbname=meta sslmode=disable", "DBUser.View", false},
			{"a reader at home with TLS", infra, infra, "host=127.0.0.1 port=5432 user=dbuser_view dbname=meta sslmode=require", "DBUser.Viewer", true},
			{"a reader at home without TLS, which protects nothing there", infra, infra, "host=127.0.0.1 port=5432 user=dbuser_view dbname=meta sslmode=disable", "DBUser.Viewer", true},
			{"a reader at home with a wrong password", infra, infra, "host=127.0.0.1 port=5432 user=dbuser_view dbname=meta sslmode=require", "DBUser.View", false},
			{"an offline job with TLS", other, other, "port=5432 user=etl dbname=meta sslmode=require", "Off.Line.77", true},
			{"an offline job without TLS", other, other, "port=5432 user=etl dbname=meta sslmode=disable", "Off.Line.77", false},
			{"an offline job from abroad", other, foreign, "port=5432 user=etl dbname=meta sslmode=require", "Off.Line.77", false},
			{"the replicator in the database postgres", other, other, "port=5432 user=replicator dbname=postgres sslmode=require", l.password("pg_replication_password"), true},
			{"the replicator in the database postgres without TLS", other, other, "port=5432 user=replicator dbname=postgres sslmode=disable", l.password("pg_replication_password"), false},
			{"the replicator in the database postgres from abroad", other, foreign, "port=5432 user=replicator dbname=postgres sslmode=require", l.password("pg_replication_password"), false},
			{"replication at home with TLS", infra, infra, "host=127.0.0.1 port=5432 user=replicator replication=true sslmode=require", l.password("pg_replication_password"), true},
			{"replication at home without TLS", infra, infra, "host=127.0.0.1 port=5432 user=replicator replication=true sslmode=disable", l.password("pg_replication_password"), true},
			{"replication at home with a wrong password", infra, infra, "host=127.0.0.1 port=5432 user=replicator replication=true sslmode=require", "DBUser.View", false},
			{"replication with TLS", other, other, "port=5432 user=replicator replication=true sslmode=require", l.password("pg_replication_password"), true},
			{"replication without TLS", other, other, "port=5432 user=replicator replication=true sslmode=disable", l.password("pg_replication_password"), false},
			{"replication from abroad", other, foreign, "port=5432 user=replicator replication=true sslmode=require", l.password("pg_replication_password"), false},
			{"the pool with TLS", other, other, "port=6432 user=dbuser_view dbname=meta sslmode=require", "DBUser.Viewer", true},
			{"the pool without TLS", other, other, "port=6432 user=dbuser_view dbname=meta sslmode=disable", "DBUser.Viewer", false},
			{"the pool from abroad", other, foreign, "port=6432 user=dbuser_view dbname=meta sslmode=require", "DBUser.Viewer", false},
			{"the pool for the admin", other, other, "port=6432 user=dbuser_dba dbname=meta sslmode=require", l.password("pg_admin_password"), true},
			{"the pool for the admin from abroad", other, foreign, "port=6432 user=dbuser_dba dbname=meta sslmode=require", l.password("pg_admin_password"), false},
			{"the pool at home", infra, infra, "host=127.0.0.1 port=6432 user=dbuser_view dbname=meta sslmode=require", "DBUser.Viewer", true},
			{"the pool at home with a wrong password", infra, infra, "host=127.0.0.1 port=6432 user=dbuser_view dbname=meta sslmode=require", "DBUser.View", false},
			{"the pool's console for monitoring from abroad", other, foreign, "port=6432 user=dbuser_monitor dbname=pgbouncer sslmode=require", l.password("pg_monitor_password"), false},
			{"the pool's console for monitoring", other, other, "port=6432 user=dbuser_monitor dbname=pgbouncer sslmode=require", l.password("pg_monitor_password"), true},
			{"the pool for monitoring", other, other, "port=6432 user=dbuser_monitor dbname=meta sslmode=require", l.password("pg_monitor_password"), false},
		} {
			from(c.source)
			query := "select 1"
			switch {
			case strings.Contains(c.how, "replication="):
				query = "IDENTIFY_SYSTEM"
			case strings.Contains(c.how, "dbname=pgbouncer"):
				query = "show version"
			}
			if _, err := l.login(c.node, "host="+infra+" "+c.how, c.password, query); (err == nil) != c.in {
				t.Errorf("%s: gets in: %v, want %v: %v", c.what, err == nil, c.in, err)
			}
		}
		from(other)
		l.as(infra, "postgres", "drop role etl")
		for _, door := range [][]string{{"-d", "meta", "-c", "select 1"}, {"-d", "replication=true", "-c", "IDENTIFY_SYSTEM"}, {"-p", "6432", "-d", "pgbouncer", "-c", "show version"}} {
			for user, in := range map[string]bool{"postgres": true, "nobody": false} {
				out, code := l.try(infra, append([]string{"runuser", "-u", user, "--", "psql", "-XAtq", "-U", "postgres"}, door...)...)
				if (code == 0) != in {
					t.Errorf("the superuser at home, for the account %s: %v: %s", user, door, out)
				}
			}
		}
	})
	l.sub(t, "parts of the work change nothing either", func(t *testing.T) {
		for _, verb := range []string{"pgsql-hba", "pgsql-svc", "pgsql-ext"} {
			if out := l.must(0, verb, "pg-meta"); strings.Count(out, "changed=0") != len(members) {
				t.Errorf("pig %s:\n%s", verb, tail(out))
			}
		}
		for _, tags := range []string{"pg_ssh", "pg_alias", "pg_watchdog", "pg_file", "pg_key", "pg_patroni", "pg_bin", "pg_param", "pg_launch", "patroni_conf"} {
			if out := l.must(0, "pgsql", "-l", "pg-meta", "-t", tags); strings.Count(out, "changed=0") != len(members) {
				t.Errorf("-t %s:\n%s", tags, tail(out))
			}
		}
	})
	l.sub(t, "Patroni speaks only TLS, and the load balancer with it", func(t *testing.T) {
		if out, code := l.try(infra, "curl", "-s", "-f", "-m", "3", "http://10.10.10.11:8008/health"); code == 0 {
			t.Errorf("plain: %s", out)
		}
		l.node(infra, "curl", "-s", "-f", "-m", "3", "--cacert", "/etc/pki/ca.crt", "https://10.10.10.11:8008/health")
		l.eventually(20*time.Second, "the primary service", func() error {
			got, err := l.login(other, "host=10.10.10.12 port=5433 user=dbuser_meta dbname=meta sslmode=require", "DBUser.Meta", "select pg_is_in_recovery()")
			if err == nil && got != "f" {
				err = fmt.Errorf("it leads to a replica")
			}
			return err
		})
	})
	l.sub(t, "the log and a backup are in MinIO", func(t *testing.T) {
		var info []struct {
			Backup  []struct{ Type string }
			Archive []struct{ Max string }
		}
		archived := func() string {
			if err := json.Unmarshal([]byte(l.node(infra, "runuser", "-u", "postgres", "--", "pgbackrest", "--stanza=pg-meta", "--output=json", "info")), &info); err != nil {
				t.Fatal(err)
			}
			return info[0].Archive[0].Max
		}
		segment := l.as(infra, "meta", "create table kept as select 42 as n; select pg_walfile_name(pg_switch_wal())")
		l.eventually(60*time.Second, "the segment "+segment+" in the archive", func() error {
			if at := archived(); at < segment {
				return fmt.Errorf("it has come to %s", at)
			}
			return nil
		})
		if len(info[0].Backup) != 1 || info[0].Backup[0].Type != "full" {
			t.Errorf("backups: %+v", info[0].Backup)
		}
		if out := l.node(infra, "sh", "-c", "ls -d /data/minio/pgsql/*/archive/pg-meta/*/* /data/minio/pgsql/*/backup/pg-meta/*F; grep -c ^repo1-type=s3 /etc/pgbackrest/pgbackrest.conf"); !strings.Contains(out, segment[:16]) {
			t.Errorf("not in the object storage:\n%s", out)
		}
		for _, m := range members[1:] { // any member may lead one day: each reaches the repository
			l.node(m, "runuser", "-u", "postgres", "--", "pgbackrest", "--stanza=pg-meta", "info")
		}
	})
	l.sub(t, "weak passwords", func(t *testing.T) {
		if out, code := l.try(infra, "runuser", "-u", "postgres", "--", "psql", "-c", "alter user dbuser_view password 'short'"); code == 0 || !strings.Contains(out, "password is too short") {
			t.Errorf("%s", out)
		}
		l.write("DBUser.Viewer", "dbuser_view1")
		if code, out := l.run("plan"); code != 1 || !strings.Contains(out, "contains the user's name") || !strings.Contains(out, "pigsty.yml:") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		l.write()
	})
	l.sub(t, "the virtual address is with the leader", func(t *testing.T) {
		at := func(want string) {
			l.eventually(20*time.Second, "the virtual address at "+want, func() error {
				if h := l.holder(members...); h != want {
					return fmt.Errorf("it is at %q", h)
				}
				_, err := l.login(other, "host="+accessVIP+" user=dbuser_meta dbname=meta sslmode=require", "DBUser.Meta", "create table if not exists ledger(n int primary key)")
				return err
			})
		}
		at(infra)
		// Only the one that each commit waits for may take over, and which that is may change.
		var next string
		l.eventually(60*time.Second, "a switchover", func() error {
			candidate, err := l.member(infra, "Sync Standby")
			if err != nil {
				return err
			}
			l.node(infra, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", "switchover", "pg-meta", "--candidate", names[candidate], "--force")
			if next, err = l.member(infra, "Leader"); err == nil && next == infra {
				err = fmt.Errorf("%s still leads", next)
			}
			return err
		})
		at(next)
		if left := changes(l.plan()); len(left) > 0 {
			t.Errorf("after a switchover the plan is not empty:\n%s", strings.Join(left, "\n"))
		}
	})
	l.sub(t, "another delay is a reload", func(t *testing.T) {
		if got := l.as(follower, "postgres", "show recovery_min_apply_delay"); got != "1h" {
			t.Errorf("delay %s", got)
		}
		if n := l.as(follower, "meta", "select count(*) from pg_class where relname = 'ledger'"); n != "0" {
			t.Error("it has already what was made a minute ago")
		}
		// A follower that waits for its hour asks nobody for more until it is over: that is PostgreSQL's way.
		l.text = strings.Replace(l.text, "pg_delay: 1h", "pg_delay: 2s", 1)
		l.write()
		if got := strings.Join(changes(l.plan("pg-meta-delay")), "\n"); got != "pgsql:pg-meta-delay 10.10.10.13 patroni config pg-meta-delay (reload) update [reload]" {
			t.Errorf("it plans\n%s", got)
		}
		l.settled("pg-meta-delay")
		l.eventually(30*time.Second, "what was made", func() error {
			if n := l.as(follower, "meta", "select count(*) from pg_class where relname = 'ledger'"); n != "1" {
				return fmt.Errorf("it is not there")
			}
			return nil
		})
	})
	l.sub(t, "no acknowledged commit is lost when the primary's machine dies", func(t *testing.T) {
		l.node(other, "sh", "-c", `cat > /root/writer.sh <<'EOF'
i=0
while [ ! -e /root/stop ]; do
  i=$((i+1))
  PGCONNECT_TIMEOUT=2 PGPASSWORD=DBUser.Meta timeout 5 psql -XAtq "host=10.10.10.2 user=dbuser_meta dbname=meta sslmode=require" -c "insert into ledger values ($i)" 2>/dev/null && echo $i >> /root/ledger
done
EOF
systemd-run --quiet --unit writer sh /root/writer.sh`)
		time.Sleep(4 * time.Second)
		dies, err := l.member(infra, "Leader")
		if err != nil || dies == infra {
			t.Fatalf("the leader is %q, %v", dies, err)
		}
		if err := l.box.Kill(l.ctx, dies); err != nil {
			t.Fatal(err)
		}
		killed := time.Now()
		before := strings.TrimSpace(l.node(other, "tail", "-1", "/root/ledger"))
		l.eventually(90*time.Second, "writes after the primary's death", func() error {
			if now := strings.TrimSpace(l.node(other, "tail", "-1", "/root/ledger")); now == before {
				return fmt.Errorf("none since %s", before)
			}
			return nil
		})
		t.Logf("writes again after %s", time.Since(killed).Round(time.Second))
		time.Sleep(2 * time.Second)
		l.node(other, "touch", "/root/stop")
		time.Sleep(6 * time.Second)
		leader, err := l.member(infra, "Leader")
		if err != nil {
			t.Fatal(err)
		}
		kept := strings.Fields(l.as(leader, "meta", "select n from ledger order by n"))
		acked := strings.Fields(l.node(other, "cat", "/root/ledger"))
		if len(acked) < 10 {
			t.Errorf("only %d writes", len(acked))
		}
		for _, n := range acked {
			if !slices.Contains(kept, n) {
				t.Errorf("commit %s was acknowledged and is lost", n)
			}
		}
		t.Logf("%d acknowledged, %d kept", len(acked), len(kept))
		if err := l.box.Start(l.ctx, dies); err != nil {
			t.Fatal(err)
		}
		l.eventually(60*time.Second, "an empty plan when the dead member is back", func() error {
			if left := changes(l.plan()); len(left) > 0 {
				return fmt.Errorf("%s", strings.Join(left, "\n"))
			}
			return nil
		})
	})
	l.sub(t, "the delayed cluster goes on following", func(t *testing.T) {
		leader, err := l.leader()
		if err != nil {
			t.Fatal(err)
		}
		l.as(leader, "meta", "insert into ledger values (-1)")
		l.eventually(60*time.Second, "what the new leader wrote", func() error {
			if got := l.as(follower, "meta", "select min(n) from ledger"); got != "-1" {
				return fmt.Errorf("it is not there: %s", got)
			}
			return nil
		})
	})
	l.sub(t, "listening elsewhere is a restart, member by member", func(t *testing.T) {
		l.write("'${ip},${vip},${lo}'", "'${ip},${lo}'")
		got := strings.Join(changes(l.plan("pg-meta")), "\n")
		leader, err := l.member(infra, "Leader")
		if err != nil {
			t.Fatal(err)
		}
		wants := []string{"switchover [failover]"}
		for _, m := range members {
			if m != leader {
				wants = append(wants, "patroni member "+names[m]+" restart [restart]")
			}
		}
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
		l.settled()
		for _, m := range members {
			if at := l.as(m, "postgres", "show listen_addresses"); at != m+",127.0.0.1" {
				t.Errorf("%s listens on %s", m, at)
			}
		}
	})
}
