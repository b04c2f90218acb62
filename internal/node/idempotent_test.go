//go:build linux

package node

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Attributes that are as they should be are not set again: nobody's ctime changes.
func TestAttributesThatAreThereStay(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x")
	if err := os.WriteFile(file, []byte("x"), 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("x", link); err != nil {
		t.Fatal(err)
	}
	files := mustFor(t, NewLive(), nil).Files()
	for _, path := range []string{file, dir, link} {
		before, err := files.Stat(path, false)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // the kernel's clock of files ticks in steps
		mode := before.Mode
		for _, a := range []Attrs{{Mode: &mode}, {Owner: strconv.Itoa(os.Getuid()), Group: strconv.Itoa(before.GID), Mode: &mode}, {}} {
			if err := files.Set(path, false, a); err != nil {
				t.Fatal(err)
			}
		}
		if after, _ := files.Stat(path, false); !after.Ctime.Equal(before.Ctime) {
			t.Errorf("%s: ctime was %v, is %v", path, before.Ctime, after.Ctime)
		}
	}
	other := fs.FileMode(0o600)
	if err := files.Set(file, false, Attrs{Mode: &other}); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(file); info.Mode() != other {
		t.Errorf("another mode is not set: %v", info.Mode())
	}
}
