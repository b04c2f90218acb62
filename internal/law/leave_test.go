package law

import (
	"os"
	"strings"
	"testing"
)

// leavable has a cluster of each kind whose members an inventory may leave out.
const leavable = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd:
      hosts:
        10.10.10.10: { etcd_seq: 1 }
        10.10.10.11: { etcd_seq: 2 }
        10.10.10.12: { etcd_seq: 3 } # etcd
      vars: { etcd_cluster: etcd }
    pg-a:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: replica }
        10.10.10.12: { pg_seq: 2, pg_role: primary } # pgsql
      vars: { pg_cluster: pg-a, pg_version: 17, pg_databases: [ { name: shop } ] }
    redis-ms:
      hosts:
        10.10.10.11: { redis_node: 1, redis_instances: { 6379: {} } }
        10.10.10.12: { redis_node: 2, redis_instances: { 6379: { replica_of: '10.10.10.11 6379' } } } # redis
      vars: { redis_cluster: redis-ms, redis_password: Some.Password.7 }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: local
    node_tune: none
`

// without is leavable without the lines that end with a word.
func without(word string) string {
	var lines []string
	for line := range strings.SplitSeq(leavable, "\n") {
		if !strings.HasSuffix(line, "# "+word) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// What an inventory no longer has but lives on is named by plan, apply and status; what only the leader can do fails in the plan, before
// anything is changed, while somebody leads who is not in the inventory.
func TestWhatTheInventoryNoLongerHasIsNamed(t *testing.T) {
	whole := settled(t, leavable, threeNodes...)
	const leads = "pg-a-2 leads pg-a and is not in the inventory: put 10.10.10.12 back into the cluster, or switch over first: pig pgsql-switchover pg-a pg-a-1"
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, leavable, "# as before")
		l.world.HandOver("pg-a", "pg-a-2")
		if out := l.must("plan"); strings.Contains(out, "not in the inventory") {
			t.Errorf("nothing has left:\n%s", out)
		}
		promoted := strings.Replace(without("pgsql"), "pg_role: replica", "pg_role: primary", 1)
		for _, databases := range []string{"[ { name: shop } ]", "[ { name: shop }, { name: more } ]"} {
			l.write(strings.Replace(promoted, "[ { name: shop } ]", databases, 1))
			before := 0
			for _, m := range l.world.Machines() {
				before += m.Deeds()
			}
			for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}, {"status"}, {"plan", "-t", "pg_db"}, {"plan", "-l", "10.10.10.11"}} {
				if out, code := l.pig(verb...); code != 2 || !strings.Contains(out, leads) {
					t.Errorf("pig %s: exit status %d\n%s", strings.Join(verb, " "), code, out)
				}
			}
			for _, m := range l.world.Machines() {
				before -= m.Deeds()
			}
			if before != 0 {
				t.Errorf("%d deeds were done", -before)
			}
		}
		if out, code := l.pig("plan", "-t", "pg_hba"); strings.Contains(out, "FAILED") || strings.Contains(out, leads) {
			t.Errorf("rules of who may connect need no leader: exit status %d\n%s", code, out)
		}
	})
	for word, says := range map[string]string{
		"etcd":  "etcd-3 is a member of the cluster and not in the inventory",
		"redis": "10.10.10.12:6379 follows 10.10.10.11:6379 and is not in the inventory",
	} {
		bubble(t, func(t *testing.T) {
			for _, more := range []string{"", "    etcd_election_timeout: 2000\n    redis_max_memory: 64MB\n"} {
				l := whole.edited(t, without(word)+more, "# edited")
				for _, verb := range [][]string{{"plan"}, {"status"}} {
					if out, _ := l.pig(verb...); !strings.Contains(out, says) {
						t.Errorf("%s, pig %s does not say %q:\n%s", more, verb[0], says, out)
					}
				}
			}
		})
	}
}

// reported is an inventory of testdata/cases/pigsty.
func reported(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../testdata/cases/pigsty/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The inventories that were reported: the member that leads was taken out of the file, a member of etcd was.
func TestReportedMembersThatLeft(t *testing.T) {
	before := reported(t, "leader-removed/before.yml")
	whole := newLab(t, before, "10.20.0.10", "10.20.0.11", "10.20.0.12", "10.20.0.13")
	if err := whole.world.Machine("10.20.0.10").HoldRepository("/www/pigsty"); err != nil {
		t.Fatal(err)
	}
	bubble(t, func(t *testing.T) {
		inner := *whole
		inner.t = t
		inner.must("apply", "--yes")
	})
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, before, "# as before")
		l.world.HandOver("pg-a", "pg-a-2")
		const leads = "pg-a-2 leads pg-a and is not in the inventory: put 10.20.0.12 back into the cluster"
		for _, name := range []string{"leader-removed/pigsty.yml", "leader-removed/with-db.yml"} {
			l.write(reported(t, name))
			deeds := l.deeds()
			says(t, l, 2, []string{leads}, "plan")
			says(t, l, 2, []string{leads}, "apply", "--yes")
			says(t, l, 2, []string{leads}, "status")
			if n := l.deeds(); n != deeds {
				t.Errorf("%s: %d deeds were done", name, n-deeds)
			}
		}
		l.world.HandOver("pg-a", "pg-a-1")
		out, code := l.pig("apply", "--yes")
		if code != 2 || !strings.Contains(out, "pg-a-2 is in the cluster and not in the inventory") || !strings.Contains(out, "newdb") {
			t.Errorf("after the lead was handed over: exit status %d\n%s", code, out)
		}
		l.write(reported(t, "etcd-left-out/pigsty.yml"))
		out, _ = l.pig("plan")
		if !strings.Contains(out, "etcd-3 is a member of the cluster and not in the inventory") {
			t.Errorf("a member of etcd was left out:\n%s", out)
		}
	})
}
