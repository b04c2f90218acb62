package law

import (
	"strings"
	"testing"
)

// PostgreSQL does not start with data of another account, and the plan would be to make over the directories alone.
func TestAnotherAccountForARunningClusterIsRefused(t *testing.T) {
	whole := settled(t, checkedWorld, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, checkedWorld, "pg_dbsu: pgadmin")
		before := l.files()
		for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}, {"pgsql", "-t", "pg_dir"}, {"pgsql", "-t", "pg_cert"}, {"pgsql", "-t", "pgbouncer"}, {"pgsql", "-t", "pgbackrest"}} {
			out, code := l.pig(verb...)
			if code != 2 || !strings.Contains(out, "the data of pg-test-1 belongs to postgres, and pg_dbsu is pgadmin") {
				t.Errorf("%v: exit status %d\n%s", verb, code, out)
			}
		}
		for path, is := range l.files() {
			if strings.Contains(path, "/etc/sudoers.d/pgadmin") || strings.Contains(path, "/pg/conf") && before[path] != is {
				t.Errorf("%s was changed", path)
			}
		}
	})
}
