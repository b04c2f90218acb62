//go:build linux

package node

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Each machineLock stands for a process: the kernel tells open files apart, not processes.
func TestOneProcessHoldsTheLockOfAMachine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pig.lock")
	var first, second machineLock
	if err := first.take(path, "ann"); err != nil {
		t.Fatal(err)
	}
	if err := first.take(path, "ann"); err != nil {
		t.Errorf("who has the lock cannot take it again: %v", err)
	}
	var locked *Locked
	if err := second.take(path, "bob"); !errors.As(err, &locked) || locked.Holder != "ann" {
		t.Errorf("the second process gets %v", err)
	}
	if err := second.drop(); err != nil {
		t.Errorf("dropping a lock that is not held: %v", err)
	}
	if err := second.take(path, "bob"); !errors.As(err, &locked) {
		t.Errorf("who never held the lock released it: %v", err)
	}
	if err := first.drop(); err != nil {
		t.Fatal(err)
	}
	if err := second.take(path, "bob"); err != nil {
		t.Errorf("a lock that was released is not free: %v", err)
	}
	if err := first.take(path, "ann"); !errors.As(err, &locked) || locked.Holder != "bob" {
		t.Errorf("after bob took it, ann gets %v", err)
	}
}

// A child that was forked and has not become its program yet holds whatever files are open.
func TestALockIsFreeBesideAChildThatIsJustForked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pig.lock")
	var first, second machineLock
	if err := first.take(path, "ann"); err != nil {
		t.Fatal(err)
	}
	child, err := unix.Dup(int(first.file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(child) //nolint:errcheck // of a test
	if err := errors.Join(first.drop(), second.take(path, "bob")); err != nil {
		t.Errorf("a lock that was released is not free: %v", err)
	}
}

// The process that held the lock died: its name is still in the file.
func TestTheLockOfADeadProcessIsFree(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pig.lock")
	if err := os.WriteFile(path, []byte("a process of before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var l machineLock
	if err := l.take(path, "ann"); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(path); string(text) != "ann\n" {
		t.Errorf("the file names %q", text)
	}
}

// An inventory with two names for a machine has two agents there, of one run.
func TestARunDoesNotLockItselfOut(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pig.lock")
	var first, second, third machineLock
	if err := first.take(path, "ann"); err != nil {
		t.Fatal(err)
	}
	if err := second.take(path, "ann"); err != nil {
		t.Errorf("the run's other agent: %v", err)
	}
	if err := second.drop(); err != nil {
		t.Errorf("the other agent's release: %v", err)
	}
	var locked *Locked
	if err := third.take(path, "bob"); !errors.As(err, &locked) || locked.Holder != "ann" {
		t.Errorf("another run gets %v", err)
	}
}
