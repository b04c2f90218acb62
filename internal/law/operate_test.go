package law

import (
	"strings"
	"testing"
)

// What an operator asks of a cluster is planned, confirmed by its name, and done; the next plan of the inventory is empty.
func TestOperations(t *testing.T) {
	const inventory = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-a:
      hosts:
        10.10.10.10: { pg_seq: 1, pg_role: primary }
        10.10.10.11: { pg_seq: 2, pg_role: replica }
        10.10.10.12: { pg_seq: 3, pg_role: replica }
      vars: { pg_cluster: pg-a, pg_version: 17 }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: local
    node_tune: none
`
	whole := settled(t, inventory, threeNodes...)
	steps := []struct {
		args string
		code int
		want string
	}{
		{"pgsql-switchover pg-a", 7, "leader pg-a-1 -> pg-a-2 [failover]"},
		{"pgsql-switchover pg-a --check", 0, "leader pg-a-1 -> pg-a-2 [failover]"},
		{"pgsql-switchover pg-a --confirm pg-b", 1, `invalid --confirm "pg-b": want "pg-a": nothing was changed`},
		{"pgsql-switchover pg-a --confirm pg-a", 0, "leader pg-a-1 -> pg-a-2 [failover]"},
		{"pgsql-switchover pg-a 10.10.10.11", 0, "Nothing to do."},
		{"pgsql-switchover pg-a pg-b-1", 1, "the members are pg-a-1, pg-a-2, pg-a-3"},
		{"pgsql-reload pg-a pg-a-3", 0, "~ 10.10.10.12     pgsql : Reload Patroni and PostgreSQL"},
		{"pgsql-restart pg-a", 0, "Nothing to do."},
		{"pgsql-restart pg-a pg-a-3 --all", 7, "restart patroni member pg-a-3 [restart]"},
		{"pgsql-restart pg-a --all --confirm pg-a", 0, "switchover patroni cluster pg-a: leader pg-a-2 -> pg-a-1 [failover]"},
		{"pgsql-reinit pg-a 10.10.10.10", 2, "pg-a-1 leads pg-a: the others copy from this member"},
		{"pgsql-reinit pg-a 10.10.10.12", 7, "reinitialize patroni member pg-a-3: data present -> copied from pg-a-1"},
		{"pgsql-reinit pg-a 10.10.10.12 --confirm pg-a", 0, "reinitialize patroni member pg-a-3: data present -> copied from pg-a-1"},
		{"pgsql-backup pg-a --type incr", 0, "create backup pg-a: type incr"},
		{"pgsql-backup pg-a --type all", 1, `invalid --type "all": want full, diff or incr`},
		{"pgsql-failover pg-a pg-a-3 --confirm pg-a", 2, "pg-a-1 leads pg-a and answers: move the lead without losing writes (pig pgsql-switchover)"},
		{"pgsql-pause pg-a", 0, "pause patroni cluster pg-a"},
		{"pgsql-pause pg-a", 0, "changed=0"},
		{"apply --yes", 0, "No changes."}, // an operator's pause is none of the inventory's
		{"pgsql-restart pg-a --all", 2, "the cluster is in maintenance mode"},
		{"pgsql-resume pg-a", 0, "resume patroni cluster pg-a"},
		{"pgsql-resume pg-a", 0, "changed=0"},
		{"plan", 0, "No changes."},
	}
	bubble(t, func(t *testing.T) {
		l := whole.copy(t)
		for _, s := range steps {
			before := len(l.world.Events())
			out, code := l.pig(strings.Fields(s.args)...)
			if code != s.code || !strings.Contains(out, s.want) {
				t.Fatalf("pig %s: exit status %d, want %d and %q\n%s", s.args, code, s.code, s.want, out)
			}
			if changed := len(l.world.Events()) > before; changed && (code != 0 || strings.Contains(s.args, "--check")) {
				t.Errorf("pig %s: something was restarted", s.args)
			}
		}
	})
	// Members that cannot be reached do not keep the operator from what the others can do.
	bubble(t, func(t *testing.T) {
		l := whole.copy(t)
		l.must("pgsql-switchover", "pg-a", "pg-a-3", "--confirm", "pg-a")
		l.world.Lose("pg-a", "10.10.10.12")
		if out, code := l.pig("pgsql-switchover", "pg-a", "pg-a-2", "--confirm", "pg-a"); code == 0 || !strings.Contains(out, "pgsql-failover") {
			t.Errorf("exit status %d\n%s", code, out)
		}
		l.must("pgsql-failover", "pg-a", "pg-a-2", "--confirm", "pg-a")
		if out := l.must("pgsql-switchover", "pg-a", "--confirm", "pg-a"); !strings.Contains(out, "leader pg-a-2 -> pg-a-1") {
			t.Errorf("the lost member is chosen:\n%s", out)
		}
	})
}

// A verb that is given a cluster of another product says so, and does not propose the name that it was given.
func TestAVerbTellsClustersOfAnotherProduct(t *testing.T) {
	l := newLab(t, everything, "10.10.10.10")
	for name, want := range map[string]string{
		"redis-ms": `cluster "redis-ms" belongs to redis, which this command does not support`,
		"pg-mta":   "did you mean pg-meta?",
	} {
		if out, code := l.pig("pgsql-reload", name); code != 1 || !strings.Contains(out, want) {
			t.Errorf("pgsql-reload %s: exit status %d, want %s\n%s", name, code, want, out)
		}
	}
}
