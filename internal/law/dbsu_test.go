package law

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/node"
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

// The number of the account is that of its data. Where somebody has changed it by hand, no account has the number of the data: it is told as a number, and
// what gives it back.
func TestTheNumberOfTheAccountOfDataStays(t *testing.T) {
	whole := settled(t, checkedWorld, oneMember...)
	postgres := func(l *lab) (node.Accounts, node.Account) {
		s, err := l.world.Machine("10.10.10.11").For(node.Task{})
		if err != nil {
			t.Fatal(err)
		}
		account, _, err := s.Accounts().User("postgres")
		if err != nil {
			t.Fatal(err)
		}
		return s.Accounts(), account
	}
	_, account := postgres(whole)
	refusedUnharmed(t, whole, checkedWorld, map[string]string{
		"pg_dbsu_uid: 777": fmt.Sprintf("pg_dbsu_uid: the account postgres has the number %d, and runs the PostgreSQL of pg-test-1: restore pg_dbsu_uid: %[1]d", account.UID),
	}, []string{"pgsql", "-t", "pg_dir"})

	bubble(t, func(t *testing.T) {
		l := whole.edited(t, checkedWorld, "# as before")
		accounts, _ := postgres(l)
		other := 777
		if err := accounts.ModifyUser(t.Context(), "postgres", node.AccountChange{UID: &other}); err != nil {
			t.Fatal(err)
		}
		says := fmt.Sprintf("belongs to the number %d, which no account has: give it back to postgres on that host (usermod -u %[1]d postgres)", account.UID)
		if out, code := l.pig("plan"); code != 2 || !strings.Contains(out, says) {
			t.Errorf("exit status %d, want %q\n%s", code, says, out)
		}
		if err := accounts.ModifyUser(t.Context(), "postgres", node.AccountChange{UID: &account.UID}); err != nil {
			t.Fatal(err)
		}
		heals(t, l)
	})
}
