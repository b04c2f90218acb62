//go:build linux

package modules_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/sandbox"
)

// These tests bring up PostgreSQL under Patroni and etcd on real nodes. They need root, and are asked for with
// PIG_SANDBOX_TESTS=1.

type lab struct {
	t    *testing.T
	ctx  context.Context
	pig  string
	name string
	box  *sandbox.Sandbox
	pki  string
}

func newLab(t *testing.T) *lab {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("real nodes need root")
	}
	if os.Getenv("PIG_SANDBOX_TESTS") == "" {
		t.Skip("real nodes are tested with PIG_SANDBOX_TESTS=1")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Minute)
	t.Cleanup(cancel)
	dir := t.TempDir()
	l := &lab{t: t, ctx: ctx, pig: filepath.Join(dir, "pig"), name: fmt.Sprintf("t%d-pgmod", os.Getpid()), pki: filepath.Join(dir, "pki")}
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", l.pig, "pig/cmd/pig").CombinedOutput(); err != nil {
		t.Fatalf("building pig: %v\n%s", err, out)
	}
	c := sandbox.Config{Name: l.name, Prepared: true, Progress: func(s string) { t.Log(s) }}
	for i := range 3 {
		addr := netip.MustParseAddr(fmt.Sprintf("10.253.9.%d", 11+i))
		c.Nodes = append(c.Nodes, sandbox.Node{Name: addr.String(), Addr: addr})
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := sandbox.Down(ctx, l.name, true); err != nil {
			t.Errorf("cleaning up: %v", err)
		}
	})
	box, err := sandbox.Up(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	l.box = box
	return l
}

// changeLine is how a change is told; what follows the colon may be known only when it is made.
var changeLine = regexp.MustCompile(`^    (\w+) (.*?)(: .*| \[.*\]| \(assumed.*)?$`)

// play runs a playbook and gives its changes, sorted, without what a service may have made of its own before.
func (l *lab) play(playbook string, args ...string) (changes []string, out string, err error) {
	l.t.Helper()
	argv := append([]string{"play", "--sandbox=" + l.name, "-i", "testdata/pg/inventory.yml", "-e", "pki=" + l.pki, "testdata/pg/" + playbook}, args...)
	raw, err := exec.CommandContext(l.ctx, l.pig, argv...).CombinedOutput()
	out = string(raw)
	for line := range strings.SplitSeq(out, "\n") {
		m := changeLine.FindStringSubmatch(line)
		if m == nil || m[1] == "warning" || strings.HasPrefix(line, "    at ") {
			continue
		}
		verb := m[1]
		if (verb == "create" || verb == "update") && (strings.HasPrefix(m[2], "role ") || strings.HasPrefix(m[2], "database ")) {
			verb = "write"
		}
		changes = append(changes, verb+" "+m[2])
	}
	slices.Sort(changes)
	return changes, out, err
}

// law is the law of every module: what a plan foresees is what a run does, and after it there is nothing left to do.
func (l *lab) law(vars string) {
	l.t.Helper()
	with := []string{"-e", "@testdata/pg/" + vars}
	planned, out, err := l.play("site.yml", append(with, "--check")...)
	if err != nil {
		l.t.Fatalf("planning %s: %v\n%s", vars, err, out)
	}
	made, out, err := l.play("site.yml", with...)
	if err != nil {
		l.t.Fatalf("%s: %v\n%s", vars, err, out)
	}
	if !slices.Equal(planned, made) {
		l.t.Errorf("%s: planned\n  %s\nmade\n  %s", vars, strings.Join(planned, "\n  "), strings.Join(made, "\n  "))
	}
	if len(made) == 0 {
		l.t.Errorf("%s changed nothing:\n%s", vars, out)
	}
	for _, secret := range []string{"App's", "Another.Password", "DBUser.", "Etcd.Root", "Patroni.API", "SCRAM-"} {
		if strings.Contains(out, secret) {
			l.t.Errorf("%s: the output shows %s", vars, secret)
		}
	}
	for _, again := range [][]string{with, append(with, "--check")} {
		if left, out, err := l.play("site.yml", again...); err != nil || len(left) > 0 {
			l.t.Errorf("%s %v again: %v\n%s", vars, again, err, out)
		}
	}
}

func (l *lab) exec(node string, argv ...string) string {
	l.t.Helper()
	var out strings.Builder
	if _, err := l.box.Exec(l.ctx, node, argv, nil, &out, &out); err != nil {
		l.t.Fatalf("%v on %s: %v", argv, node, err)
	}
	return strings.TrimSpace(out.String())
}

func TestRealCluster(t *testing.T) {
	l := newLab(t)
	t.Run("from nothing", func(t *testing.T) {
		l.t = t
		l.law("first.yml")
		login := l.exec("10.253.9.12", "env", `PGPASSWORD=App's \ pass`, "psql", "-h", "10.253.9.11", "-U", "app", "-d", "meta", "-Atc", "SELECT a FROM t")
		if login != "1" {
			t.Errorf("logging in: %s", login)
		}
	})
	t.Run("edited", func(t *testing.T) {
		l.t = t
		l.law("second.yml")
		if got := l.exec("10.253.9.11", "runuser", "-u", "postgres", "--", "psql", "-Atc", "SHOW max_connections"); got != "120" {
			t.Errorf("max_connections is %s", got)
		}
	})
	t.Run("less for all, leader first", func(t *testing.T) {
		l.t = t
		l.law("third.yml")
	})
	t.Run("a server that dies comes back", func(t *testing.T) {
		l.t = t
		l.exec("10.253.9.11", "pkill", "-9", "-o", "-u", "postgres", "postgres")
		if left, out, err := l.play("site.yml", "-e", "@testdata/pg/third.yml"); err != nil || len(left) > 0 {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("a member that stays down", func(t *testing.T) {
		l.t = t
		_, out, err := l.play("stopped.yml")
		if err == nil || !strings.Contains(out, "probably unit patroni.service does not run") {
			t.Errorf("%v\n%s", err, out)
		}
	})
}
