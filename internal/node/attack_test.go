//go:build linux

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

	"golang.org/x/sys/unix"
)

// A local account owns a directory in which root works, and prepares links there: to a directory of root's, to its files,
// before the deed or in the middle of it. Whatever root does, nothing outside may change or be read.

const attacker = 65534 // nobody

type assault struct {
	name string
	do   func(f Files, path string) error
}

func assaults() []assault {
	theirs := Attrs{Owner: "65534", Group: "65534", Mode: mode(0o777)}
	return []assault{
		{"write", func(f Files, p string) error { return f.Write(p, []byte("new"), theirs) }},
		{"place pieces", func(f Files, p string) error {
			return errors.Join(f.Stage(p, 0, []byte("ab")), f.Stage(p, 2, []byte("cd")), f.Place(p, 4, theirs))
		}},
		{"unstage pieces", func(f Files, p string) error { return errors.Join(f.Stage(p, 0, []byte("ab")), f.Unstage(p)) }},
		{"mkdir", func(f Files, p string) error { return f.Mkdir(p, theirs) }},
		{"chown and chmod", func(f Files, p string) error { return f.Set(p, true, theirs) }},
		{"chown and chmod without following", func(f Files, p string) error { return f.Set(p, false, theirs) }},
		{"touch", func(f Files, p string) error { return f.Touch(p, theirs) }},
		{"symlink", func(f Files, p string) error { return f.Symlink("/nowhere", p) }},
		{"hard link", func(f Files, p string) error { return f.Hardlink(filepath.Dir(filepath.Dir(p))+"/own", p) }},
		{"rename away", func(f Files, p string) error { return f.Rename(p, p+".moved") }},
		{"rename into", func(f Files, p string) error {
			return errors.Join(f.Write(filepath.Dir(filepath.Dir(p))+"/mine", []byte("mine"), Attrs{}), f.Rename(filepath.Dir(filepath.Dir(p))+"/mine", p))
		}},
		{"remove", func(f Files, p string) error { return f.Remove(p) }},
		{"remove a tree", func(f Files, p string) error { return f.Remove(filepath.Dir(p)) }},
		{"read", func(f Files, p string) error { return mustNotSee(f.Read(p)) }},
		{"read a piece", func(f Files, p string) error { return mustNotSee(f.ReadAt(p, 0, 64)) }},
		{"list", func(f Files, p string) error {
			names, err := f.List(p)
			return mustNotSee([]byte(strings.Join(names, " ")), err)
		}},
	}
}

var errSeen = errors.New("the content of root's file was read")

func mustNotSee(content []byte, err error) error {
	if strings.Contains(string(content), "secret") {
		return errSeen
	}
	return err
}

// battlefield is a directory of root's with "outside", which is root's alone, and "theirs", which the attacker owns.
func battlefield(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root has something to lose: run as root")
	}
	dir := t.TempDir()
	for d := dir; d != "/tmp" && d != "/"; d = filepath.Dir(d) {
		must(t, os.Chmod(d, 0o755))
	}
	must(t, os.MkdirAll(dir+"/outside/secret-tree", 0o700))
	must(t, os.WriteFile(dir+"/outside/x", []byte("secret"), 0o600))
	must(t, os.WriteFile(dir+"/outside/secret-tree/leaf", []byte("secret leaf"), 0o600))
	must(t, os.WriteFile(dir+"/own", []byte("own"), 0o600))
	must(t, os.MkdirAll(dir+"/theirs/sub", 0o755))
	must(t, os.WriteFile(dir+"/theirs/sub/x", []byte("theirs"), 0o644))
	for _, p := range []string{"/theirs", "/theirs/sub", "/theirs/sub/x"} {
		must(t, os.Chown(dir+p, attacker, attacker))
	}
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// trap makes a link of the attacker's.
func trap(t *testing.T, target, path string) {
	t.Helper()
	must(t, os.RemoveAll(path))
	must(t, os.Symlink(target, path))
	must(t, os.Lchown(path, attacker, attacker))
}

// untouched describes all that is root's.
func untouched(t *testing.T, dir string) string {
	t.Helper()
	var seen []string
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return err
		}
		content, _ := os.ReadFile(path)
		seen = append(seen, fmt.Sprintf("%s %o %d %d %d %d %q", path, st.Mode, st.Uid, st.Gid, st.Nlink, st.Mtim.Nano(), content))
		return nil
	}))
	slices.Sort(seen)
	return strings.Join(seen, "\n")
}

func TestRootFollowsNobodysLinks(t *testing.T) {
	for _, a := range assaults() {
		for _, prepared := range []struct {
			name string
			set  func(dir string) (target string)
		}{
			{"link at the end", func(dir string) string { trap(t, dir+"/outside/x", dir+"/theirs/sub/x"); return dir + "/theirs/sub/x" }},
			{"link to a directory at the end", func(dir string) string { trap(t, dir+"/outside", dir+"/theirs/sub/x"); return dir + "/theirs/sub/x" }},
			{"link on the way", func(dir string) string { trap(t, dir+"/outside", dir+"/theirs/sub"); return dir + "/theirs/sub/x" }},
			{"link on the way to what is not there", func(dir string) string { trap(t, dir+"/outside", dir+"/theirs/sub"); return dir + "/theirs/sub/new" }},
			{"relative link on the way", func(dir string) string { trap(t, "../outside", dir+"/theirs/sub"); return dir + "/theirs/sub/x" }},
			{"links where temporary files go", func(dir string) string {
				trap(t, dir+"/outside/x", dir+"/theirs/sub/.x.pig-pieces")
				trap(t, dir+"/outside/x", dir+"/theirs/sub/x.pig-link")
				return dir + "/theirs/sub/x"
			}},
			{"hard link", func(dir string) string {
				must(t, os.Remove(dir+"/theirs/sub/x"))
				must(t, os.Link(dir+"/outside/x", dir+"/theirs/sub/x"))
				return dir + "/theirs/sub/x"
			}},
		} {
			t.Run(a.name+"/"+prepared.name, func(t *testing.T) {
				if prepared.name == "hard link" && (strings.HasPrefix(a.name, "re") || a.name == "hard link") {
					t.Skip("the kernel's fs.protected_hardlinks is what keeps reading apart; names may come and go")
				}
				dir := battlefield(t)
				path := prepared.set(dir)
				before := untouched(t, dir+"/outside")
				err := a.do(mustFor(t, NewLive(), nil).Files(), path)
				if errors.Is(err, errSeen) {
					t.Error(err)
				}
				after := untouched(t, dir+"/outside")
				if prepared.name == "hard link" { // replacing the name takes one from the file
					before, after = strings.ReplaceAll(before, " 2 ", " 1 "), strings.ReplaceAll(after, " 2 ", " 1 ")
				}
				if after != before {
					t.Errorf("root's files changed:\n%s\nwere\n%s\n%v", after, before, err)
				}
			})
		}
	}
}

func TestNobodySwapsADirectoryUnderRoot(t *testing.T) {
	const rounds = 150
	for _, a := range assaults() {
		if a.name == "remove a tree" {
			continue // it removes what is swapped
		}
		t.Run(a.name, func(t *testing.T) {
			dir := battlefield(t)
			trap(t, dir+"/outside", dir+"/theirs/trap")
			before := untouched(t, dir+"/outside")
			stop, stopped := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(stopped)
				for {
					select {
					case <-stop:
						return
					default:
						_ = unix.Renameat2(unix.AT_FDCWD, dir+"/theirs/sub", unix.AT_FDCWD, dir+"/theirs/trap", unix.RENAME_EXCHANGE)
					}
				}
			}()
			f := mustFor(t, NewLive(), nil).Files()
			for range rounds {
				if err := a.do(f, dir+"/theirs/sub/x"); errors.Is(err, errSeen) {
					t.Error(err)
					break
				}
			}
			close(stop)
			<-stopped
			if after := untouched(t, dir+"/outside"); after != before {
				t.Errorf("root's files changed:\n%s\nwere\n%s", after, before)
			}
		})
	}
}

func TestNobodySwapsAFileUnderRoot(t *testing.T) {
	const rounds = 150
	for _, a := range assaults() {
		t.Run(a.name, func(t *testing.T) {
			dir := battlefield(t)
			before := untouched(t, dir+"/outside")
			stop, stopped := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(stopped)
				for {
					select {
					case <-stop:
						return
					default:
						_ = os.Symlink(dir+"/outside/x", dir+"/theirs/t")
						_ = os.Lchown(dir+"/theirs/t", attacker, attacker)
						_ = os.Rename(dir+"/theirs/t", dir+"/theirs/sub/x")
						_ = os.WriteFile(dir+"/theirs/f", []byte("theirs"), 0o644)
						_ = os.Rename(dir+"/theirs/f", dir+"/theirs/sub/x")
					}
				}
			}()
			f := mustFor(t, NewLive(), nil).Files()
			for range rounds {
				if err := a.do(f, dir+"/theirs/sub/x"); errors.Is(err, errSeen) {
					t.Error(err)
					break
				}
			}
			close(stop)
			<-stopped
			if after := untouched(t, dir+"/outside"); after != before {
				t.Errorf("root's files changed:\n%s\nwere\n%s", after, before)
			}
		})
	}
}
