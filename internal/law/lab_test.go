package law

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"pig/internal/cli"
	"pig/internal/fleet"
	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/plan"
	"pig/internal/products"
	"pig/internal/products/onnode"
)

func TestMain(m *testing.M) {
	if socket := os.Getenv(labSocket); socket != "" && filepath.Base(os.Args[0]) == "pig" {
		os.Exit(askLab(socket))
	}
	if flag.Parse(); testing.Short() {
		fmt.Println("the law takes minutes: run it without -short")
		os.Exit(0)
	}
	if _, err := os.Stat("/dev/shm"); err == nil && os.Getenv("TMPDIR") == "" {
		os.Setenv("TMPDIR", "/dev/shm") //nolint:errcheck // thousands of labs write and sync small files: memory does
	}
	dir, err := os.MkdirTemp("", "pig-law-")
	if err != nil {
		panic(err)
	}
	os.Setenv("XDG_STATE_HOME", dir) //nolint:errcheck // it holds no zero byte
	os.Setenv("HOME", dir)           //nolint:errcheck // as above
	debug.SetGCPercent(400)          // thousands of short runs
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// lab is a world with an inventory in a directory of the controller.
type lab struct {
	t     *testing.T
	world *imitation.World
	dir   string
	file  string
}

func newLab(t *testing.T, inventory string, addrs ...string) *lab {
	t.Helper()
	l := &lab{t: t, world: imitation.NewWorld(imitation.Debian()), dir: t.TempDir()}
	l.file = filepath.Join(l.dir, "pigsty.yml")
	l.write(inventory)
	for _, a := range addrs {
		l.world.Add(a)
	}
	return l
}

// copy is the same lab once more, on machines and in a directory of its own.
func (l *lab) copy(t *testing.T) *lab {
	t.Helper()
	c := &lab{t: t, world: l.world.Clone(), dir: t.TempDir()}
	if err := os.CopyFS(c.dir, os.DirFS(l.dir)); err != nil {
		t.Fatal(err)
	}
	c.file = filepath.Join(c.dir, "pigsty.yml")
	// The copy has modes of its own: keys and passwords have to stay their owner's.
	err := filepath.WalkDir(l.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(l.dir, path)
		return errors.Join(err, os.Chmod(filepath.Join(c.dir, name), info.Mode().Perm()))
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (l *lab) write(inventory string) {
	l.t.Helper()
	if err := os.WriteFile(l.file, []byte(inventory), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// run runs pig, and gives what it says and its exit code.
func (l *lab) run(ctx context.Context, args ...string) (string, int) {
	var out bytes.Buffer
	both := &locked{w: &out}
	deps := cli.Deps{Build: cli.Build{Products: products.All(), Modules: onnode.Modules()}, In: strings.NewReader(""), Out: both, Err: both, Fleet: func(table map[string]module.Module) *fleet.Fleet {
		return fleet.Over(l.world.Open, table)
	}}
	code := cli.Run(ctx, deps, append([]string{"pig"}, args...))
	return both.String(), code
}

// pig runs pig on the inventory.
func (l *lab) pig(args ...string) (string, int) {
	return l.run(context.Background(), append(args, "-i", l.file)...)
}

func (l *lab) must(args ...string) string {
	l.t.Helper()
	out, code := l.pig(args...)
	if code != 0 {
		l.t.Fatalf("pig %s: exit status %d\n%s\n%s\n%s", strings.Join(args, " "), code, wrong(out), strings.Join(l.world.Unknown(), "\n"), out)
	}
	return out
}

// wrong are the lines of an output that tell of failures: of a long one only these may reach who reads it.
func wrong(out string) string {
	var lines []string
	for line := range strings.Lines(out) {
		if text := strings.TrimSpace(line); strings.HasPrefix(text, "x ") || strings.HasPrefix(text, "! ") || strings.Contains(text, "FAILED") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// plan gives the plan of the inventory.
func (l *lab) plan() *plan.Plan {
	l.t.Helper()
	out, code := l.pig("plan", "--json")
	for line := range strings.SplitSeq(out, "\n") {
		d, err := plan.ParseDocument("", []byte(line))
		if err != nil {
			continue
		}
		p, err := d.Plan()
		if err != nil {
			l.t.Fatal(err)
		}
		return p
	}
	l.t.Fatalf("pig plan: exit status %d\n%s\n%s", code, out, strings.Join(l.world.Unknown(), "\n"))
	return nil
}

// settled is a lab whose machines are what its inventory says.
func settled(t *testing.T, inventory string, addrs ...string) *lab {
	t.Helper()
	l := newLab(t, inventory, addrs...)
	l.repositories(t)
	bubble(t, func(t *testing.T) {
		inner := *l
		inner.t = t
		inner.must("apply", "--yes")
	})
	return l
}

// edited is a copy of a lab with another inventory.
func (l *lab) edited(t *testing.T, inventory, edit string) *lab {
	t.Helper()
	time.Sleep(time.Hour) // later than all that was done before
	c := l.copy(t)
	c.write(inventory + "    " + edit + "\n")
	return c
}

// changes are the changes of a plan, one a line.
func changes(p *plan.Plan) (all []string) {
	for _, u := range p.Units {
		for _, e := range u.Entries {
			for _, c := range e.Changes {
				all = append(all, u.Unit.Name+" "+e.Host+": "+c.Key())
			}
			switch {
			case e.Failed != "":
				all = append(all, u.Unit.Name+" "+e.Host+": FAILED "+e.Task+": "+e.Failed)
			case e.Unknown && len(e.Changes) == 0:
				all = append(all, u.Unit.Name+" "+e.Host+": UNKNOWN "+e.Task)
			}
		}
	}
	return all
}
