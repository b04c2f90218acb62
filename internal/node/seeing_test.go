//go:build linux

package node

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A command finds a configuration under its own name before it stands there; nobody else does, and nothing of it stays.
func TestACommandSeesWhatIsNotThereYet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"main.cfg": "old", "gone.cfg": "gone", "other.cfg": "other", "sub/deep.cfg": "deep"} {
		at := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(text), 0o640)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("other.cfg", filepath.Join(dir, "link.cfg")); err != nil {
		t.Fatal(err)
	}
	sys, err := NewLive().For(Task{})
	if err != nil {
		t.Fatal(err)
	}
	mode := os.FileMode(0o400)
	out, err := sys.Exec(context.Background(), Cmd{
		Argv: []string{"sh", "-c", `cd "$0" && for f in $(find . ! -type d | sort); do echo "$f $(stat -c %a $f) $(cat $f)"; done`, dir}, ReadOnly: true,
		Sees: []Seen{
			{Path: dir + "/main.cfg", Kind: File, Content: []byte("new")}, {Path: dir + "/gone.cfg", Kind: Absent},
			{Path: dir + "/fresh/conf.d/x.cfg", Kind: File, Content: []byte("x"), Attrs: Attrs{Mode: &mode}}, {Path: dir + "/sub/deep.cfg", Kind: File, Content: []byte("deeper")},
		},
	})
	if errors.Is(err, unix.EPERM) {
		t.Skip("a view of one's own needs root")
	}
	if err != nil || out.RC != 0 {
		t.Fatalf("%v %s", err, out.Stderr)
	}
	want := "./fresh/conf.d/x.cfg 400 x\n./link.cfg 777 other\n./main.cfg 640 new\n./other.cfg 640 other\n./sub/deep.cfg 640 deeper\n"
	if string(out.Stdout) != want {
		t.Errorf("the command saw\n%swant\n%s", out.Stdout, want)
	}
	if text, err := os.ReadFile(dir + "/main.cfg"); err != nil || string(text) != "old" {
		t.Errorf("main.cfg: %q, %v", text, err)
	}
	if _, err := os.Stat(dir + "/fresh"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("fresh: %v", err)
	}
	if mounts, err := os.ReadFile("/proc/self/mountinfo"); err != nil || strings.Contains(string(mounts), dir) {
		t.Errorf("mounted: %s, %v", mounts, err)
	}
}
