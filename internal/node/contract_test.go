package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The contract: whatever a module does, a Live and a Shadow record the same changes and answer the same questions
// afterwards. Each case runs on both, in a directory of its own that begins with the same files.

type deed struct {
	name string
	do   func(f Files, dir string) error
}

func mode(m uint32) *fs.FileMode {
	x := fs.FileMode(m)
	return &x
}

func deeds() []deed {
	return []deed{
		{"write a new file", func(f Files, d string) error { return f.Write(d+"/new", []byte("a\n"), Attrs{Mode: mode(0o640)}) }},
		{"write over a file keeps its mode", func(f Files, d string) error { return f.Write(d+"/old", []byte("b\n"), Attrs{}) }},
		{"write below a directory that was just made", func(f Files, d string) error {
			return errors.Join(f.Mkdir(d+"/sub", Attrs{Mode: mode(0o750)}), f.Write(d+"/sub/x", []byte("x"), Attrs{}))
		}},
		{"write where there is no directory", func(f Files, d string) error { return f.Write(d+"/nowhere/x", nil, Attrs{}) }},
		{"write over a directory", func(f Files, d string) error { return f.Write(d+"/tree", nil, Attrs{}) }},
		{"make a directory twice", func(f Files, d string) error {
			return errors.Join(f.Mkdir(d+"/sub", Attrs{}), f.Mkdir(d+"/sub", Attrs{}))
		}},
		{"set a mode", func(f Files, d string) error { return f.Set(d+"/old", true, Attrs{Mode: mode(0o600)}) }},
		{"set the mode that is there", func(f Files, d string) error { return f.Set(d+"/old", true, Attrs{Mode: mode(0o644)}) }},
		{"set a mode of what was just written", func(f Files, d string) error {
			return errors.Join(f.Write(d+"/new", []byte("n"), Attrs{}), f.Set(d+"/new", true, Attrs{Mode: mode(0o700)}))
		}},
		{"set a mode where nothing is", func(f Files, d string) error { return f.Set(d+"/nothing", true, Attrs{Mode: mode(0o600)}) }},
		{"link", func(f Files, d string) error { return f.Symlink(d+"/old", d+"/link") }},
		{"write through a linked directory", func(f Files, d string) error {
			return errors.Join(f.Symlink(d+"/tree", d+"/alias"), f.Write(d+"/alias/leaf", []byte("new leaf\n"), Attrs{}))
		}},
		{"replace a link", func(f Files, d string) error {
			return errors.Join(f.Symlink("old", d+"/link"), f.Symlink("tree", d+"/link"))
		}},
		{"remove a file", func(f Files, d string) error { return f.Remove(d + "/old") }},
		{"remove a tree", func(f Files, d string) error { return f.Remove(d + "/tree") }},
		{"remove nothing", func(f Files, d string) error { return f.Remove(d + "/nothing") }},
		{"remove a tree and make it anew", func(f Files, d string) error {
			return errors.Join(f.Remove(d+"/tree"), f.Mkdir(d+"/tree", Attrs{}))
		}},
		{"rename", func(f Files, d string) error { return f.Rename(d+"/old", d+"/moved") }},
		{"place the pieces of a file", func(f Files, d string) error {
			return errors.Join(f.Stage(d+"/old", 0, []byte("ab")), f.Stage(d+"/old", 2, []byte("c\n")), f.Place(d+"/old", 4, Attrs{Mode: mode(0o640)}), f.Remove(d+"/old"))
		}},
		{"place pieces over a directory", func(f Files, d string) error {
			return errors.Join(f.Stage(d+"/tree", 0, []byte("ab")), f.Place(d+"/tree", 2, Attrs{}))
		}},
		{"touch a new file", func(f Files, d string) error { return f.Touch(d+"/touched", Attrs{}) }},
		{"give to an account that does not exist", func(f Files, d string) error {
			return f.Write(d+"/new", nil, Attrs{Owner: "nobody-of-that-name"})
		}},
		{"give to a number", func(f Files, d string) error { return f.Write(d+"/new", nil, Attrs{Owner: "0", Group: "0"}) }},
	}
}

func playground(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"old": "old\n", "tree/leaf": "leaf\n", "tree/deep/leaf": "deep\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// observe tells all that Files says about a directory, with the directory's own name left out.
func observe(t *testing.T, f Files, dir string) []string {
	t.Helper()
	var seen []string
	var walk func(path string)
	walk = func(path string) {
		i, err := f.Stat(path, false)
		if err != nil {
			t.Fatalf("stat %s: %v", path, err)
		}
		line := fmt.Sprintf("%s %s %04o %s", strings.TrimPrefix(path, dir), i.Kind, uint32(i.Mode), strings.TrimPrefix(i.Target, dir))
		if i.Kind == File {
			content, err := f.Read(path)
			line += fmt.Sprintf(" %q %v", content, err)
		}
		seen = append(seen, line)
		if i.Kind != Dir {
			return
		}
		names, err := f.List(path)
		if err != nil {
			t.Fatalf("list %s: %v", path, err)
		}
		for _, n := range names {
			walk(path + "/" + n)
		}
	}
	walk(dir)
	return seen
}

func TestShadowKeepsTheContractOfLive(t *testing.T) {
	for _, d := range deeds() {
		t.Run(d.name, func(t *testing.T) {
			live := NewLive()
			type side struct {
				changes []string
				err     bool
				after   []string
			}
			sides := map[string]side{}
			for name, machine := range map[string]Machine{"live": live, "shadow": NewShadow(live)} {
				dir := playground(t)
				before := observe(t, mustFor(t, live, nil).Files(), dir)
				var s side
				sys := mustFor(t, machine, func(c Change) {
					s.changes = append(s.changes, strings.ReplaceAll(fmt.Sprintf("%s %v %s", c.Key(), c.Attrs, c.Diff), dir, ""))
				})
				s.err = d.do(sys.Files(), dir) != nil
				s.after = observe(t, sys.Files(), dir)
				sides[name] = s
				if name == "shadow" {
					if now := observe(t, mustFor(t, live, nil).Files(), dir); !slices.Equal(now, before) {
						t.Errorf("a shadow touched the machine:\n%s\nwas\n%s", strings.Join(now, "\n"), strings.Join(before, "\n"))
					}
				}
			}
			l, s := sides["live"], sides["shadow"]
			if l.err != s.err {
				t.Errorf("live failed: %t, shadow failed: %t", l.err, s.err)
			}
			if !slices.Equal(l.changes, s.changes) {
				t.Errorf("changes differ\nlive:   %q\nshadow: %q", l.changes, s.changes)
			}
			if !slices.Equal(l.after, s.after) {
				t.Errorf("the outcome differs\nlive:\n%s\nshadow:\n%s", strings.Join(l.after, "\n"), strings.Join(s.after, "\n"))
			}
		})
	}
}

func mustFor(t *testing.T, m Machine, record func(Change)) System {
	t.Helper()
	s, err := m.For(Task{Record: record})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShadowRunsOnlyWhatChangesNothing(t *testing.T) {
	dir := t.TempDir()
	sys := mustFor(t, NewShadow(NewLive()), nil)
	touch := []string{"touch", dir + "/made"}
	if _, err := sys.Exec(t.Context(), Cmd{Argv: touch}); !errors.Is(err, ErrUnknown) {
		t.Errorf("a command that may change something: %v, want unknown", err)
	}
	if out, err := sys.Exec(t.Context(), Cmd{Argv: touch, Change: &Change{Kind: "file", ID: "made", Action: "create"}}); err != nil || out.RC != 0 {
		t.Errorf("a command that says what it changes: %v, %v", out, err)
	}
	if out, err := sys.Exec(t.Context(), Cmd{Argv: []string{"echo", "hi"}, ReadOnly: true}); err != nil || string(out.Stdout) != "hi\n" {
		t.Errorf("a command that changes nothing: %q, %v", out.Stdout, err)
	}
	if _, err := os.Stat(dir + "/made"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the shadow ran a command that changes something")
	}
}

func TestShadowIsUnsureOfWhatASkippedCommandMayHaveMade(t *testing.T) {
	dir := t.TempDir()
	sys := mustFor(t, NewShadow(NewLive()), nil)
	if i, err := sys.Files().Stat(dir+"/x", true); err != nil || i.Assumed {
		t.Fatalf("before: %+v, %v", i, err)
	}
	_, _ = sys.Exec(t.Context(), Cmd{Argv: []string{"make", "install"}})
	i, err := sys.Files().Stat(dir+"/x", true)
	if err != nil || i.Exists() || !i.Assumed {
		t.Fatalf("after: %+v, %v", i, err)
	}
	if _, err := sys.Files().Read(dir + "/x"); !errors.Is(err, ErrUnknown) {
		t.Errorf("its content: %v, want unknown", err)
	}
}

func TestPiecesBecomeAFile(t *testing.T) {
	dir := playground(t)
	f := mustFor(t, NewLive(), nil).Files()
	stage := func(place int64) error {
		return errors.Join(f.Stage(dir+"/old", 0, []byte("stale, and longer")), f.Stage(dir+"/old", 0, []byte("ab")), f.Stage(dir+"/old", 2, []byte("cd")),
			f.Place(dir+"/old", place, Attrs{}))
	}
	if err := stage(5); err == nil || !strings.Contains(err.Error(), "4 bytes of 5") {
		t.Errorf("a piece that is missing: %v", err)
	}
	if err := stage(4); err != nil {
		t.Error(err)
	}
	if content, err := f.Read(dir + "/old"); err != nil || string(content) != "abcd" {
		t.Errorf("%q, %v", content, err)
	}
	if piece, err := f.ReadAt(dir+"/old", 3, 9); err != nil || string(piece) != "d" {
		t.Errorf("its last piece: %q, %v", piece, err)
	}
	if names, err := f.List(dir); err != nil || !slices.Equal(names, []string{"old", "tree"}) {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

func TestWriteLeavesNothingBehindWhenItFails(t *testing.T) {
	dir := t.TempDir()
	sys := mustFor(t, NewLive(), nil)
	if err := sys.Files().Write(dir+"/x", []byte("x"), Attrs{Owner: "nobody-of-that-name"}); err == nil {
		t.Fatal("it did not fail")
	}
	if names, err := sys.Files().List(dir); err != nil || len(names) != 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

func TestLiveActsAsAnotherAccount(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can act as somebody else")
	}
	dir := t.TempDir()
	for d := dir; d != "/tmp" && d != "/"; d = filepath.Dir(d) { // nobody must be able to get there
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/roots", []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	sys, err := NewLive().For(Task{User: "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	if err := sys.Files().Write(dir+"/mine", []byte("x"), Attrs{}); err != nil {
		t.Fatal(err)
	}
	if i, err := sys.Files().Stat(dir+"/mine", false); err != nil || i.Owner != "nobody" {
		t.Errorf("the file belongs to %q, %v", i.Owner, err)
	}
	if _, err := sys.Files().Read(dir + "/roots"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("reading root's file as nobody: %v", err)
	}
	out, err := sys.Exec(t.Context(), Cmd{Argv: []string{"id", "-un"}})
	if err != nil || string(out.Stdout) != "nobody\n" {
		t.Errorf("id says %q, %v", out.Stdout, err)
	}
	if content, err := os.ReadFile(dir + "/roots"); err != nil || string(content) != "secret" {
		t.Errorf("this process lost its own rights: %v", err)
	}
}
