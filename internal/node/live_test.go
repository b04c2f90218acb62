//go:build linux

package node

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

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
	if err := stage(5); err == nil || !strings.Contains(err.Error(), "4 of 5 bytes") {
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

func mode(m uint32) *fs.FileMode {
	x := fs.FileMode(m)
	return &x
}
