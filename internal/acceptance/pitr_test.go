//go:build linux

package acceptance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// pitrLab is a cluster whose backups are on its nodes, one whose backups are in MinIO, and one that is to become a copy of that.
type pitrLab struct {
	*lab
	dropped string // the time just before a table was dropped
}

const (
	pitrFirst, pitrSecond = "10.10.10.11", "10.10.10.12"
	pitrStored, pitrCopy  = "10.10.10.10", "10.10.10.13"
)

// TestPitr brings clusters back to points in time: beside them and in their place, from backups here and elsewhere; and wants
// that what cannot be done is said before anything stops, and that what fails on the way can be undone.
func TestPitr(t *testing.T) {
	thorough(t)
	text := strings.Replace(sampleInventory(t, "backup"), "    pg-test:\n", "    pg-copy: { hosts: { 10.10.10.13: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-copy } }\n\n    pg-test:\n", 1)
	l := pitrLab{lab: labOf(t, sandbox.Config{Prepared: true, Source: []string{"minio"}}, text, pitrStored+"+/data/minio", pitrFirst, pitrSecond, pitrCopy)}
	l.must(0, "apply", "--yes")
	l.sub(t, "what cannot be done is said before anything stops", func(*testing.T) { l.refusals() })
	l.dropped = l.loseTable()
	l.sub(t, "a plan changes nothing", func(*testing.T) { l.planned() })
	l.sub(t, "a second server beside the cluster", func(*testing.T) { l.beside() })
	l.sub(t, "the cluster goes back", func(*testing.T) { l.goesBack() })
	l.sub(t, "a pause to look", func(*testing.T) { l.pauses() })
	l.sub(t, "a target that is not there", func(*testing.T) { l.missesTarget() })
	l.sub(t, "the disk is lost, the object storage is not", func(*testing.T) { l.lostDisk() })
	l.sub(t, "a copy of another cluster", func(*testing.T) { l.copied() })
}

func (l *pitrLab) said(code int, says string, args ...string) {
	l.t.Helper()
	if got, out := l.run(append([]string{"pgsql-pitr"}, args...)...); got != code || !strings.Contains(out, says) {
		l.t.Errorf("pig pgsql-pitr %s: exit %d, want %d and %q:\n%s", strings.Join(args, " "), got, code, says, tail(out))
	}
}

func (l *pitrLab) refusals() {
	before := l.units()
	l.said(2, "no backup had ended by 2020-01-01 00:00:00", "pg-test", "--time", "2020-01-01 00:00:00+00", "--confirm", "pg-test")
	l.said(2, "must be in the past", "pg-test", "--time", "2100-01-01 00:00:00+00", "--confirm", "pg-test")
	l.said(2, `backup "20200101-000000F" not found`, "pg-test", "--latest", "--set", "20200101-000000F", "--confirm", "pg-test")
	l.said(2, "takes no part: it would go on without the others", "pg-test", "--latest", "-l", pitrFirst, "--confirm", "pg-test")
	l.said(7, "Add --confirm pg-test", "pg-test", "--latest")
	l.node(pitrFirst, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", "pause", "--wait")
	l.said(2, "pg-test is paused", "pg-test", "--latest", "--confirm", "pg-test")
	l.node(pitrFirst, "runuser", "-u", "postgres", "--", "patronictl", "-c", "/etc/patroni/patroni.yml", "resume", "--wait")
	for unit, id := range l.units() {
		if before[unit] != id {
			l.t.Errorf("restarted: %s", unit)
		}
	}
}

// loseTable makes a table, and drops it. It returns a time between the two.
func (l *pitrLab) loseTable() string {
	l.as(pitrFirst, "postgres", "create table films as select 1 as id")
	time.Sleep(1100 * time.Millisecond)
	at := l.as(pitrFirst, "postgres", "select now()")
	time.Sleep(1100 * time.Millisecond)
	l.as(pitrFirst, "postgres", "drop table films; create table after as select 2 as id")
	l.archived(pitrFirst, "pg-test")
	return at
}

// archived waits until everything that was written is in the archive.
func (l *pitrLab) archived(host, stanza string) {
	l.t.Helper()
	l.as(host, "postgres", "select pg_switch_wal()")
	l.node(host, "runuser", "-u", "postgres", "--", "pgbackrest", "--stanza="+stanza, "check")
}

func (l *pitrLab) planned() {
	before := l.units()
	out := l.must(0, "pgsql-pitr", "pg-test", "--time", l.dropped, "--check")
	for _, want := range []string{"stop service patroni", "restore data directory /pg/data", "recover postgres pg-test-1", "start service patroni", "delete directory /pg/data"} {
		if !strings.Contains(out, want) {
			l.t.Errorf("the plan does not tell %q:\n%s", want, out)
		}
	}
	for unit, id := range l.units() {
		if before[unit] != id {
			l.t.Errorf("restarted: %s", unit)
		}
	}
}

func (l *pitrLab) beside() {
	out := l.must(0, "pgsql-pitr", "pg-test", "--time", l.dropped, "--data", "/pg/tmp/then", "--port", "5433")
	if !strings.Contains(out, "psql -h /var/run/postgresql -p 5433") {
		l.t.Errorf("it does not say how to look:\n%s", tail(out))
	}
	if got := l.node(pitrFirst, "runuser", "-u", "postgres", "--", "psql", "-p", "5433", "-XAtc", "select id from films"); strings.TrimSpace(got) != "1" {
		l.t.Errorf("then there was %s", got)
	}
	if got := l.as(pitrFirst, "postgres", "select id from after"); got != "2" {
		l.t.Errorf("the cluster has %s", got)
	}
	l.node(pitrFirst, "runuser", "-u", "postgres", "--", "/usr/lib/postgresql/17/bin/pg_ctl", "-D", "/pg/tmp/then", "stop")
	l.node(pitrFirst, "rm", "-r", "/pg/tmp/then")
	l.idle()
}

// idle wants an empty plan.
func (l *pitrLab) idle() {
	l.t.Helper()
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		l.t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}
}

// pair wants both members of pg-test to be there, the second one with what the first one has.
func (l *pitrLab) pair(query, want string) {
	l.t.Helper()
	for _, h := range []string{pitrFirst, pitrSecond} {
		l.eventually(30*time.Second, h, func() error {
			if got, _ := l.try(h, "runuser", "-u", "postgres", "--", "psql", "-XAtc", query); strings.TrimSpace(got) != want {
				return fmt.Errorf("it has %q, want %q", got, want)
			}
			return nil
		})
	}
	if out := l.must(0, "status", "pg-test"); !strings.Contains(out, "pgsql pg-test: healthy") {
		l.t.Errorf("pg-test is not healthy:\n%s", out)
	}
}

func (l *pitrLab) goesBack() {
	out := l.must(0, "pgsql-pitr", "pg-test", "--time", l.dropped, "--confirm", "pg-test")
	if !strings.Contains(out, "on timeline 2") {
		l.t.Errorf("it does not tell where it is:\n%s", tail(out))
	}
	l.pair("select id, to_regclass('after') from films", "1|")
	l.idle()
	l.archived(pitrFirst, "pg-test")
}

func (l *pitrLab) pauses() {
	for _, sql := range []string{"insert into films values (2)", "select pg_create_restore_point('release')", "insert into films values (3)"} {
		l.as(pitrFirst, "postgres", sql)
	}
	l.must(0, "pgsql-pitr", "pg-test", "--name", "release", "--action", "pause", "--confirm", "pg-test")
	look := func(sql string) string {
		return strings.TrimSpace(l.node(pitrFirst, "runuser", "-u", "postgres", "--", "psql", "-h", "/pg/tmp", "-XAtc", sql))
	}
	if got := look("select count(*), pg_is_in_recovery() from films"); got != "2|t" {
		l.t.Errorf("at the pause it has %s", got)
	}
	if _, code := l.try(pitrFirst, "systemctl", "is-active", "patroni"); code == 0 {
		l.t.Error("Patroni runs beside a server that is paused")
	}
	l.must(0, "pgsql-pitr", "pg-test", "--name", "release", "--keep", "--confirm", "pg-test")
	l.pair("select count(*) from films", "2")
	l.node(pitrFirst, "test", "-d", "/pg/data-backup")
	l.said(2, "/pg/data-backup is still there", "pg-test", "--name", "release", "--keep", "--confirm", "pg-test")
	l.node(pitrFirst, "rm", "-r", "/pg/data-backup")
	l.idle()
}

func (l *pitrLab) missesTarget() {
	l.said(2, "recovery ended before configured recovery target was reached", "pg-test", "--name", "never", "--confirm", "pg-test")
	// The other member has its data still, and takes over.
	l.node(pitrSecond, "systemctl", "start", "patroni")
	l.eventually(60*time.Second, "the other member leads", func() error {
		if out, code := l.try(pitrSecond, "runuser", "-u", "postgres", "--", "psql", "-XAtc", "select pg_is_in_recovery(), count(*) from films"); code != 0 || strings.TrimSpace(out) != "f|2" {
			return fmt.Errorf("%s", out)
		}
		return nil
	})
	l.as(pitrSecond, "postgres", "insert into films values (4)")
	l.archived(pitrSecond, "pg-test")
	l.said(2, "the archive on 10.10.10.11 ends before what 10.10.10.12 has written, where there is no backup", "pg-test", "--latest", "--confirm", "pg-test")
	l.node(pitrSecond, "runuser", "-u", "postgres", "--", "/pg/bin/pg-backup", "full")
	l.must(0, "pgsql-pitr", "pg-test", "--latest", "--confirm", "pg-test")
	l.pair("select count(*) from films", "3")
	l.idle()
}

func (l *pitrLab) lostDisk() {
	l.as(pitrStored, "postgres", "create table kept as select 42 as n")
	l.archived(pitrStored, "pg-meta")
	l.node(pitrStored, "sh", "-c", "systemctl kill -s KILL patroni; pkill -9 -u postgres postgres; systemctl stop patroni; rm -rf /pg/data/*")
	l.must(0, "pgsql-pitr", "pg-meta", "--latest", "--confirm", "pg-meta")
	if got := l.as(pitrStored, "postgres", "select n from kept"); got != "42" {
		l.t.Errorf("back came %q", got)
	}
	l.idle()
}

func (l *pitrLab) copied() {
	repo := `{"type":"s3","s3_endpoint":"sss.pigsty","s3_region":"us-east-1","s3_bucket":"pgsql","s3_key":"pgbackrest","s3_key_secret":"` + l.password("minio_user_pgbackrest") + `","s3_uri_style":"path","path":"/pgbackrest","storage_port":9000,"storage_ca_file":"/etc/pki/ca.crt","cipher_type":"aes-256-cbc","cipher_pass":"` + l.password("pgbackrest_cipher_pass") + `"}`
	out := l.must(0, "pgsql-pitr", "pg-copy", "-e", `{"pg_pitr": {"cluster": "pg-meta", "type": "immediate", "repo": `+repo+`}}`, "--confirm", "pg-copy")
	if strings.Contains(out, l.password("minio_user_pgbackrest")) {
		l.t.Error("a password is shown")
	}
	if got := l.as(pitrCopy, "postgres", "select pg_is_in_recovery()"); got != "f" {
		l.t.Errorf("it does not lead: %s", got)
	}
	l.archived(pitrCopy, "pg-copy")
	l.settled()
}
