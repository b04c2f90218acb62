//go:build linux

package sandbox

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestLockExcludesAlsoWhileFilesAreRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var inside atomic.Int32 // atomic for the race detector, which does not know file locks
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 5 {
				l, err := lockFile(ctx, path, "the test")
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d hold the lock at once", n)
				}
				time.Sleep(time.Millisecond)
				inside.Add(-1)
				if i%2 == 0 {
					err = l.remove()
				} else {
					l.release()
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestLockStaysWithAProcessThatInheritedIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l, err := lockFile(t.Context(), path, "x")
	if err != nil {
		t.Fatal(err)
	}
	heir := exec.Command("cat")
	heir.ExtraFiles = []*os.File{l.file}
	end, err := heir.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := heir.Start(); err != nil {
		t.Fatal(err)
	}
	l.release()
	if taken, err := tryLock(path); err != nil || taken != nil {
		t.Errorf("the lock is free while a launcher holds it: %v", err)
	}
	end.Close()
	if err := heir.Wait(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	again, err := lockFile(ctx, path, "x")
	if err != nil {
		t.Fatal(err)
	}
	again.release()
}

func TestLockGivesUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l, err := lockFile(t.Context(), path, "x")
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := lockFile(ctx, path, "sandbox x"); err == nil || !strings.Contains(err.Error(), "another pig is at work on sandbox x") {
		t.Error(err)
	}
	if _, err := lockFile(ctx, filepath.Join(path, "no", "dir"), "x"); err == nil {
		t.Error("a lock in a directory that is not there")
	}
}
