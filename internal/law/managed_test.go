package law

import (
	"strings"
	"testing"
)

// A cluster on a host that is no node of the environment would fail half-way, for want of the CA: it is refused before anything is changed.
func TestAClusterNeedsNodesOfTheEnvironment(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLab(t, checkedWorld, "10.10.10.10", "10.10.10.11")
		l.repositories(t)
		before := l.files()
		for _, verb := range [][]string{{"pgsql-add", "pg-test"}, {"pgsql", "-C"}, {"etcd"}} {
			out, code := l.pig(verb...)
			if code != 2 || !strings.Contains(out, "is not a node of this environment yet: run pig node-add 10.10.10.1") {
				t.Errorf("%v: exit status %d\n%s", verb, code, out)
			}
		}
		if after := l.files(); len(after) != len(before) {
			t.Errorf("%d files before, %d after", len(before), len(after))
		}
		l.must("apply", "--yes")
		l.must("pgsql", "-t", "pg_hba")
	})
}
