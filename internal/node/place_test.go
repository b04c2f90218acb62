//go:build linux

package node

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A plan refuses what the apply would refuse, in the same words.
func TestPlanTellsOfTheLinkThatApplyRefuses(t *testing.T) {
	for _, a := range assaults() {
		if strings.Contains(a.name, "pieces") { // a plan fetches none; what places them is planned as a write
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			dir := battlefield(t)
			trap(t, dir+"/outside", dir+"/theirs/sub")
			live := NewLive()
			var said []string
			for _, m := range []Machine{NewShadow(live), live} {
				path := dir + "/theirs/sub/x/y"
				err := a.do(mustFor(t, m, nil).Files(), path)
				var foreign *ForeignLink
				if !errors.As(err, &foreign) || foreign.Link != dir+"/theirs/sub" || foreign.Owner != "nobody" {
					t.Fatalf("%T: %v", m, err)
				}
				said = append(said, foreign.Error())
			}
			if said[0] != said[1] {
				t.Errorf("plan: %s\napply: %s", said[0], said[1])
			}
		})
	}
}

// Links that root made are followed as ever, also inside of a directory that somebody else owns: /pg, and /pg/backup in it.
func TestRootsOwnLinksAreFollowed(t *testing.T) {
	dir := battlefield(t)
	must(t, os.Symlink("theirs/sub", dir+"/pg"))
	must(t, os.Symlink("../../outside", dir+"/theirs/sub/backup"))
	live := NewLive()
	for _, m := range []Machine{NewShadow(live), live} {
		f := mustFor(t, m, nil).Files()
		if err := f.Write(dir+"/pg/backup/new", []byte("new"), Attrs{}); err != nil {
			t.Errorf("%T: %v", m, err)
		}
		if content, err := f.Read(dir + "/pg/backup/new"); err != nil || string(content) != "new" {
			t.Errorf("%T: %q, %v", m, content, err)
		}
	}
	if _, err := os.Stat(dir + "/outside/new"); err != nil {
		t.Error(err)
	}
}

// Somebody else's links bind root alone: an account follows its own, with its own rights.
func TestAnAccountFollowsItsOwnLinks(t *testing.T) {
	dir := battlefield(t)
	must(t, os.Mkdir(dir+"/theirs/real", 0o755))
	must(t, os.Chown(dir+"/theirs/real", attacker, attacker))
	trap(t, "real", dir+"/theirs/sub")
	live := NewLive()
	for _, m := range []Machine{NewShadow(live), live} {
		sys, err := m.For(Task{User: "nobody"})
		must(t, err)
		if err := sys.Files().Write(dir+"/theirs/sub/mine", []byte("x"), Attrs{}); err != nil {
			t.Errorf("%T: %v", m, err)
		}
	}
}

func TestRootDoesNotChangeAFileThatHasOtherNames(t *testing.T) {
	dir := battlefield(t)
	must(t, os.Link(dir+"/outside/x", dir+"/theirs/alias"))
	must(t, os.Link(dir+"/theirs/sub/x", dir+"/theirs/twice"))
	live := NewLive()
	for _, m := range []Machine{NewShadow(live), live} {
		f := mustFor(t, m, nil).Files()
		if err := f.Set(dir+"/theirs/alias", true, Attrs{Mode: mode(0o644)}); err == nil {
			t.Errorf("%T gave a file of root's away", m)
		}
		if err := f.Set(dir+"/theirs/twice", true, Attrs{Mode: mode(0o600)}); err != nil {
			t.Errorf("%T: a file of the directory's owner: %v", m, err)
		}
		if err := f.Set(dir+"/outside/x", true, Attrs{Mode: mode(0o640)}); err != nil {
			t.Errorf("%T: a file in a directory that only root can write: %v", m, err)
		}
	}
}

func TestAPipeHoldsNobodyUp(t *testing.T) {
	dir := t.TempDir()
	must(t, unix.Mkfifo(dir+"/pipe", 0o666))
	done := make(chan error, 1)
	go func() {
		_, err := mustFor(t, NewLive(), nil).Files().Read(dir + "/pipe")
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil {
			t.Error("it was read")
		}
	case <-time.After(20 * time.Second):
		t.Error("it is read for ever")
	}
}
