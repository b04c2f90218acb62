package law

import (
	"slices"
	"strings"
	"testing"
)

const threePostgres = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { ETCD: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-test:
      hosts:
        ONE: { pg_seq: 1, pg_role: primary }
        TWO: { pg_seq: 2, pg_role: replica }
      vars: { pg_cluster: pg-test, EXTRA }
  vars: { admin_ip: 10.10.10.10, node_repo_modules: local, node_tune: none, pg_version: 17 }
`

func postgresLab(t *testing.T, names ...string) *lab {
	t.Helper()
	l := newLab(t, strings.NewReplacer(names...).Replace(threePostgres), threeNodes...)
	l.repositories(t)
	return l
}

// An inventory whose hosts have names is the one whose hosts have addresses: the same machines get the same files.
func TestHostsWithNamesAreHostsWithAddresses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		plain := postgresLab(t, "ETCD", "10.10.10.10", "ONE", "10.10.10.11", "TWO", "10.10.10.12", ", EXTRA", "")
		named := postgresLab(t, "ETCD: {", "dcs: { ansible_host: 10.10.10.10,", "ONE: {", "db-one: { ansible_host: 10.10.10.11, ansible_port: 12222,",
			"TWO: {", "db-two: { ansible_host: 10.10.10.12,", ", EXTRA", "")
		want := strings.Split(strings.ReplaceAll(strings.Join(changes(plain.plan()), "\n"), plain.dir, named.dir), "\n")
		got := changes(named.plan())
		if len(want) == 0 || !slices.Equal(want, got) {
			t.Fatalf("the plans differ:\n%s\n--- by address:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		holds(t, named)
		if p := changes(named.plan()); len(p) > 0 {
			t.Errorf("a second plan is not empty: %v", p)
		}
		if out := named.must("plan", "-l", "db-two"); strings.Contains(out, "10.10.10.11\n") {
			t.Errorf("-l with a name takes others too:\n%s", out)
		}
	})
}

func TestALocaleThatANodeDoesNotHaveIsToldBeforeAnythingIsChanged(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := postgresLab(t, "ETCD", "10.10.10.10", "ONE", "10.10.10.11", "TWO", "10.10.10.12", "EXTRA", "pg_locale: de_DE.UTF-8")
		out, code := l.pig("plan")
		if code == 0 || !strings.Contains(out, "this node has no locale de_DE.UTF-8: add the package locales-all to node_packages") {
			t.Errorf("exit status %d\n%s", code, out)
		}
	})
}
