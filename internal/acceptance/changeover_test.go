//go:build linux

package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// knownDefaults is the last version that set passwords that everybody knows.
const knownDefaults = "7d28603"

// earlier builds pig as it was.
func (l *lab) earlier(version string) string {
	l.t.Helper()
	tree := filepath.Join(l.t.TempDir(), "tree")
	git := func(args ...string) error {
		out, err := exec.CommandContext(l.ctx, "git", append([]string{"-C", "../.."}, args...)...).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("git %v: %w: %s", args, err, out)
		}
		return err
	}
	if err := git("cat-file", "-e", version); err != nil {
		l.t.Skipf("the history of this checkout does not go back to %s: %v", version, err)
	}
	if err := git("worktree", "add", "--detach", tree, version); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = git("worktree", "remove", "--force", tree) })
	build := exec.CommandContext(l.ctx, "go", "build", "-o", filepath.Join(l.dir, "pig-before"), "./cmd/pig")
	build.Dir = tree
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		l.t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(l.dir, "pig-before")
}

// commits is a client that commits numbers through the primary service, all along, and keeps what it was told.
const commits = `i=0; while [ $i -lt 20000 ] && [ ! -e /run/commits.stop ]; do i=$((i+1))
PGPASSWORD=DBUser.Test PGCONNECT_TIMEOUT=2 timeout 5 psql -XAtq -h %s -p 5433 -U test -d test -c "insert into commits values ($i)" >/dev/null 2>&1 && echo "$(date +%%s%%N) $i" >>/run/commits; sleep 0.1; done`

// TestOldDefaults takes an environment that was made with known defaults to generated passwords and closed doors, by one apply, while
// clients go on.
func TestOldDefaults(t *testing.T) {
	thorough(t)
	l := labOf(t, sandbox.Config{Prepared: true}, sampleInventory(t, "sandbox"), addresses...)
	l.unhurried(40 * time.Minute)
	now := l.pig
	l.pig = l.earlier(knownDefaults)
	l.must(0, "apply", "--yes")
	const infra, member = "10.10.10.10", "10.10.10.12"
	const admin = "port=5432 user=dbuser_dba dbname=postgres sslmode=prefer"
	if _, err := l.login(infra, "host="+member+" "+admin, "DBUser.DBA", "select 1"); err != nil {
		t.Fatalf("the environment was not made with the known defaults: %v", err)
	}
	if _, err := l.login(infra, "host=10.10.10.11 port=5433 user=test dbname=test", "DBUser.Test", "create table commits(n int primary key)"); err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"10.10.10.11", "10.10.10.13"} { // two of the load balancers
		l.node(host, "systemd-run", "--unit=commits", "sh", "-c", fmt.Sprintf(strings.ReplaceAll(commits, "values ($i)", "values ($i * 100 + "+host[len(host)-2:]+")"), host))
	}

	l.pig = now
	planned := strings.Join(changes(l.plan()), "\n")
	for _, want := range []string{"role dbuser_dba write", "role replicator write", "role dbuser_monitor write"} {
		if !strings.Contains(planned, want) {
			t.Errorf("the plan does not show: %s\n%s", want, planned)
		}
	}
	l.must(0, "apply", "--yes")
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Errorf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}

	for _, host := range []string{"10.10.10.11", "10.10.10.13"} {
		l.node(host, "sh", "-c", "touch /run/commits.stop; sleep 6")
		l.ledger(host)
	}
	for _, c := range []struct {
		how, password string
		in            bool
	}{
		{admin, "DBUser.DBA", false},
		{admin, l.password("pg_admin_password"), true},
		{strings.Replace(admin, "prefer", "disable", 1), l.password("pg_admin_password"), false},
		{"port=5432 user=dbuser_monitor dbname=postgres", "DBUser.Monitor", false},
		{"port=5432 user=replicator dbname=postgres", "DBUser.Replicator", false},
		{"port=6432 user=postgres dbname=postgres", "", false},
		{"port=6432 user=test dbname=test", "DBUser.Test", true},
		{"port=5432 user=test dbname=test", "DBUser.Test", true},
	} {
		if _, err := l.login(infra, "host=10.10.10.11 "+c.how, c.password, "select 1"); (err == nil) != c.in {
			t.Errorf("%s: gets in: %v, want %v: %v", c.how, err == nil, c.in, err)
		}
	}
}

// ledger holds what the client on a host was told against what is there.
func (l *lab) ledger(host string) {
	told := strings.Split(strings.TrimSpace(l.node(host, "cat", "/run/commits")), "\n")
	there, err := l.login("10.10.10.10", "host=10.10.10.11 port=5433 user=test dbname=test", "DBUser.Test", "select n / 100 from commits where n % 100 = "+host[len(host)-2:])
	if err != nil {
		l.t.Fatal(err)
	}
	kept := map[string]bool{}
	for n := range strings.FieldsSeq(there) {
		kept[n] = true
	}
	var last, silence int64
	for _, line := range told {
		when, n, _ := strings.Cut(line, " ")
		if !kept[n] {
			l.t.Errorf("commit %s of %s was acknowledged and is not there", n, host)
		}
		at, err := strconv.ParseInt(when, 10, 64)
		if err != nil {
			l.t.Fatal(err)
		}
		if last > 0 {
			silence = max(silence, at-last)
		}
		last = at
	}
	l.t.Logf("%s: %d acknowledged commits are there; the longest silence was %s", host, len(told), time.Duration(silence))
}
