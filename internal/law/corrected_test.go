package law

import (
	"maps"
	"strings"
	"testing"
	"time"

	"pig/internal/imitation"
)

// A setting with which PostgreSQL does not start fails the run. The corrected file is planned and applied as any other: no other verb, and
// nothing by hand.
func TestASettingThatKeepsPostgreSQLFromStartingIsCorrected(t *testing.T) {
	aloneAndThree(t, func(t *testing.T, text string, addrs []string) {
		whole := settled(t, text, addrs...)
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, text, "pg_parameters: { shared_buffers: 1TB }")
			if out, code := l.pig("apply", "--yes"); code != 2 {
				t.Fatalf("PostgreSQL starts with 1TB: exit status %d\n%s", code, out)
			}
			l.write(text + "    pg_parameters: { shared_buffers: 256MB }\n")
			out, code := l.pig("plan")
			if code != 0 || !strings.Contains(out, "256MB") {
				t.Errorf("the corrected file is planned: exit status %d\n%s", code, out)
			}
			if out := l.must("apply", "--yes"); strings.Contains(out, "not as planned") {
				t.Error(out)
			}
			heals(t, l)
		})
	})
}

// A first installation whose PostgreSQL does not start leaves a cluster without a leader. The corrected file goes on from there.
func TestABootstrapThatFailedIsCorrected(t *testing.T) {
	aloneAndThree(t, func(t *testing.T, text string, addrs []string) {
		bubble(t, func(t *testing.T) {
			l := newLab(t, text+"    pg_parameters: { shared_buffers: 1TB }\n", addrs...)
			l.repositories(t)
			if out, code := l.pig("apply", "--yes"); code != 2 {
				t.Fatalf("PostgreSQL starts with 1TB: exit status %d\n%s", code, out)
			}
			l.write(text)
			if out, code := l.pig("plan"); code != 0 {
				t.Errorf("the corrected file is planned: exit status %d\n%s", code, out)
			}
			heals(t, l)
		})
	})
}

// A library that each session loads and that is broken shuts everybody out of a server that runs, pig too. A file without it corrects that.
func TestAServerThatRefusesSessionsIsCorrected(t *testing.T) {
	aloneAndThree(t, func(t *testing.T, text string, addrs []string) {
		whole := settled(t, text, addrs...)
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, text, "pg_parameters: { session_preload_libraries: broken }")
			for _, m := range l.world.Machines() {
				m.Put(imitation.Laid{Path: "/usr/lib/postgresql/17/lib/broken.so"}) // there, and nothing in it
			}
			if out, code := l.pig("apply", "--yes"); code == 0 || !strings.Contains(out, "FATAL") {
				t.Fatalf("nothing is told:\n%s", out)
			}
			l.write(text)
			if out, code := l.pig("plan"); code != 0 || !strings.Contains(out, "reload service patroni") {
				t.Errorf("the corrected file is planned: exit status %d\n%s", code, out)
			}
			if out := l.must("apply", "--yes"); strings.Contains(out, "not as planned") {
				t.Error(out)
			}
			heals(t, l)
		})
	})
}

// Directories of data and the prefix in etcd are those that the cluster was made with: nothing is changed where they are declared otherwise.
func TestTheDataOfAClusterAreNotMoved(t *testing.T) {
	whole := settled(t, checkedWorld, oneMember...)
	refusedUnharmed(t, whole, checkedWorld, map[string]string{
		"pg_fs_main: /data/other":  "cannot move pg-test-1, whose data is in /pg/data: pg_fs_main: the directory of the cluster is /data/postgres/pg-test-17, not /data/other/pg-test-17",
		"pg_data: /pg/data2":       "pg_data: the data directory is /pg/data, not /pg/data2",
		"pg_namespace: /elsewhere": "pg_namespace: the prefix in etcd is /pg/, not /elsewhere/",
	}, []string{"pgsql", "-t", "pg_dir"})
}

const twoPostgres = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-a: { hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a } }
    pg-b: { hosts: { 10.10.10.12: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-b } }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: local
    node_tune: none
    pg_version: 17
`

// pig pgsql takes all clusters in one play: each of them is mended, not the first alone.
func TestTwoClustersAreCorrectedAtOnce(t *testing.T) {
	whole := settled(t, twoPostgres, threeNodes...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoPostgres, "pg_parameters: { shared_buffers: 1TB }")
		if out, code := l.pig("pgsql"); code != 2 {
			t.Fatalf("PostgreSQL starts with 1TB: exit status %d\n%s", code, out)
		}
		l.write(twoPostgres + "    pg_parameters: { shared_buffers: 256MB }\n")
		l.must("pgsql")
		heals(t, l)
	})
}

// With -l a cluster's leader may be left out, and with it what only the leader can do: that is told.
func TestALeaderThatIsNotSelectedIsTold(t *testing.T) {
	text, addrs := sample(t, "ha")
	whole := settled(t, text, addrs...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, text, "pg_parameters: { max_connections: 333 }")
		const told = "leader 10.10.10.10 of pg-test is not selected"
		if out := l.must("plan", "-l", "10.10.10.11,10.10.10.12"); strings.Count(out, told) != 1 {
			t.Errorf("not told once:\n%s", out)
		}
		if out := l.must("plan"); strings.Contains(out, told) || !strings.Contains(out, "max_connections 500 -> 333") {
			t.Errorf("the whole plan:\n%s", out)
		}
	})
}

// A disk that was full is no reason for anything but another apply, once there is room.
func TestAFullDiskThatWasFreed(t *testing.T) {
	whole := settled(t, checkedWorld, oneMember...)
	for _, what := range []string{"write /pg/conf/pg-test-1.yml", "write /etc/etcd/etcd.conf"} {
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, checkedWorld, "pg_parameters: { max_connections: 222 }\n    pg_hba_rules: [ { title: more, role: common, rules: [ host all all 10.9.9.9/32 scram-sha-256 ] } ]\n    etcd_election_timeout: 2000\n    pg_rto: fast")
			struck, out := l.struck(&imitation.Faults{Kind: imitation.DiskFull, At: 1, What: what}, "apply", "--yes")
			if struck == "" || !strings.Contains(out, "no space left") {
				t.Fatalf("%s: the disk was not full: %s\n%s", what, struck, out)
			}
			if out, code := l.pig("plan"); code != 0 {
				t.Errorf("%s: the next plan: exit status %d\n%s", what, code, out)
			}
			heals(t, l)
		})
	}
}

// Certificates that have expired while nobody ran pig are issued anew by the next apply.
func TestExpiredCertificatesAreRenewed(t *testing.T) {
	text := checkedWorld + "    cert_validity: 100d\n    nginx_cert_validity: 100d\n"
	whole := settled(t, text, oneMember...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, text, "# as before")
		time.Sleep(120 * 24 * time.Hour)
		read := func() (all []string) {
			for _, m := range l.world.Machines() {
				for _, name := range []string{"/etc/pki/node.crt", "/etc/etcd/server.crt", "/pg/cert/server.crt"} {
					all = append(all, m.Content(name))
				}
			}
			return all
		}
		before := read()
		if out, code := l.pig("plan"); code != 0 {
			t.Errorf("the plan: exit status %d\n%s", code, out)
		}
		heals(t, l)
		for i, now := range read() {
			if now != "" && now == before[i] {
				t.Errorf("a certificate that expired stays:\n%s", now)
			}
		}
	})
}

// aloneAndThree tries something on a cluster of one member and on one of three.
func aloneAndThree(t *testing.T, try func(t *testing.T, text string, addrs []string)) {
	ha, addrs := sample(t, "ha")
	t.Run("a member alone", func(t *testing.T) { try(t, checkedWorld, oneMember) })
	t.Run("three members", func(t *testing.T) { try(t, ha, addrs) })
}

// oneMember are the hosts of checkedWorld.
var oneMember = []string{"10.10.10.10", "10.10.10.11"}

// refusedUnharmed tries edits of an inventory that is applied: each is refused by each command with what it says, and nothing is changed. Then the file
// of before heals what there is to heal.
func refusedUnharmed(t *testing.T, whole *lab, text string, edits map[string]string, commands ...[]string) {
	t.Helper()
	for edit, says := range edits {
		otherRefused(t, whole, text, text+"    "+edit+"\n", says, commands...)
	}
}

// otherRefused is refusedUnharmed for one other inventory.
func otherRefused(t *testing.T, whole *lab, text, other, says string, commands ...[]string) {
	t.Helper()
	if other == text {
		t.Fatalf("nothing is edited that %q would be said of", says)
	}
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, text, "# as before")
		l.write(other)
		before := l.files()
		for _, args := range append(commands, []string{"plan"}, []string{"apply", "--yes"}) {
			if out, code := l.pig(args...); code == 0 || !strings.Contains(out, says) {
				t.Errorf("%s of %s: exit status %d, want %q\n%s", args, other, code, says, out)
			}
		}
		l.unharmed(t, before)
		if !maps.Equal(before, l.files()) {
			t.Errorf("files were changed for %q", says)
		}
		l.write(text)
		heals(t, l)
	})
}

// A port that another program has is not handed over in one run: the plan says who has it, in either direction.
func TestAPortOfAnotherProgramIsToldByThePlan(t *testing.T) {
	const text = checkedWorld
	whole := settled(t, text, oneMember...)
	refusedUnharmed(t, whole, text, map[string]string{
		"pg_port: 5433\n    pg_default_services: []":                                               "port 5433 for PostgreSQL (pg_port) is in use by haproxy",
		"pg_port: 15432\n    pg_services: [ { name: s, port: 5432, selector: '[]' } ]":             "port 5432 for service s is in use by patroni", // a part of Patroni's unit in an imitation
		"pg_port: 6432\n    pgbouncer_port: 5432":                                                  "port 6432 for PostgreSQL (pg_port) is in use by pgbouncer",
		"patroni_port: 5434\n    pg_default_services: [ { name: a, port: 5440, selector: '[]' } ]": "port 5434 for Patroni (patroni_port) is in use by haproxy",
	})
}
