//go:build linux

package node

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestMain makes of this program an agent that holds a lock, if it is told to.
func TestMain(m *testing.M) {
	if path := os.Getenv("PIG_TEST_HOLD"); path != "" {
		var l machineLock
		if err := l.take(path, "ann"); err != nil {
			os.Exit(3)
		}
		_, _ = os.Stdout.WriteString("held\n")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// holding starts a program with this name that holds a lock.
func holding(t *testing.T, program, lock string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), program)
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path)
	c.Env = append(os.Environ(), "PIG_TEST_HOLD="+lock)
	if _, err := c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return c
}

// The agent that has the lock is found and ended; nothing else that locks the file is.
func TestEvictEndsTheAgentThatHasTheLock(t *testing.T) {
	t.Parallel()
	lock := filepath.Join(t.TempDir(), "lock")
	ctx := context.Background()
	if pid, err := lockedBy(lock); pid != 0 || err != nil {
		t.Errorf("no file: %d, %v", pid, err)
	}
	if who, err := evict(ctx, lock); who != "" || err != nil {
		t.Errorf("nobody has it: %q, %v", who, err)
	}
	other := holding(t, "somebody", lock)
	if pid, err := lockedBy(lock); pid != other.Process.Pid || err != nil {
		t.Errorf("%d, %v, want %d", pid, err, other.Process.Pid)
	}
	if _, err := evict(ctx, lock); err == nil || !strings.Contains(err.Error(), "is not an agent of pig") {
		t.Errorf("another program: %v", err)
	}
	if err := unix.Kill(other.Process.Pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	agent := holding(t, "agent-0123", lock)
	if who := holderIn(lock); who != "ann" {
		t.Errorf("held by %q", who)
	}
	ended := make(chan struct{})
	go func() {
		_ = agent.Wait()
		close(ended)
	}()
	if who, err := evict(ctx, lock); who != "ann" || err != nil {
		t.Errorf("%q, %v", who, err)
	}
	<-ended
	var l machineLock
	if err := l.take(lock, "bob"); err != nil {
		t.Errorf("the lock is not free: %v", err)
	}
	if pid, err := lockedBy(lock); pid != os.Getpid() || err != nil {
		t.Errorf("%d, %v", pid, err)
	}
	if who, err := evict(ctx, lock); who != "" || err != nil {
		t.Errorf("one's own lock: %q, %v", who, err)
	}
}
