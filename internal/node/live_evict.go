//go:build linux

package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// agentName is what the file of an agent's program is named by.
const agentName = "agent-"

// evictGrace is how long an agent has to end by itself.
const evictGrace = 5 * time.Second

func (s *liveSystem) Holder() (string, error) {
	path := lockPath()
	if pid, err := lockedBy(path); err != nil || pid == 0 {
		return "", err
	}
	return holderIn(path), nil
}

// Evict ends an agent of pig and nothing else: whatever else locks the file is told by its number.
func (s *liveSystem) Evict(ctx context.Context) (string, error) { return evict(ctx, lockPath()) }

func evict(ctx context.Context, path string) (string, error) {
	pid, err := lockedBy(path)
	if err != nil || pid == 0 || pid == os.Getpid() {
		return "", err
	}
	who := holderIn(path)
	program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return "", fmt.Errorf("cannot break the lock of process %d: %w", pid, err)
	}
	if !strings.HasPrefix(filepath.Base(program), agentName) {
		return "", fmt.Errorf("cannot break the lock of process %d: %s is not an agent of pig", pid, program)
	}
	for _, signal := range []unix.Signal{unix.SIGTERM, unix.SIGKILL} {
		if err := unix.Kill(pid, signal); err != nil && !errors.Is(err, unix.ESRCH) {
			return "", fmt.Errorf("cannot end process %d: %w", pid, err)
		}
		for deadline := time.Now().Add(evictGrace); time.Now().Before(deadline); {
			if now, err := lockedBy(path); err != nil || now != pid {
				return who, err
			}
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(evictGrace / 50):
			}
		}
	}
	return "", fmt.Errorf("cannot end process %d: it still holds the lock", pid)
}

func holderIn(path string) string {
	text, err := os.ReadFile(path)
	if who := strings.TrimSpace(string(text)); err == nil && who != "" {
		return who
	}
	return "?" // it has the lock, and has not written its name yet
}

// lockedBy is the process that has locked a file, 0 if none has. The kernel's table is read: to try the lock would keep others from it for a moment.
func lockedBy(path string) (int, error) {
	info, err := os.Stat(path)
	if path == "" || errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("cannot read the lock: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, fmt.Errorf("cannot read the lock: unexpected type %T", info.Sys())
	}
	table, err := os.ReadFile("/proc/locks")
	if err != nil {
		return 0, fmt.Errorf("cannot read the lock: %w", err)
	}
	// 1: FLOCK  ADVISORY  WRITE 4711 00:19:1234 0 EOF; the device is not that of stat on every file system.
	inode := ":" + strconv.FormatUint(stat.Ino, 10)
	for line := range bytes.Lines(table) {
		words := strings.Fields(string(line))
		if len(words) < 6 || words[1] != "FLOCK" || words[3] != "WRITE" || !strings.HasSuffix(words[5], inode) {
			continue
		}
		if pid, err := strconv.Atoi(words[4]); err == nil && pid > 0 && hasOpen(pid, path) {
			return pid, nil
		}
	}
	return 0, nil
}

// hasOpen tells whether a process has a file open.
func hasOpen(pid int, path string) bool {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	names, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, n := range names {
		if to, err := os.Readlink(filepath.Join(dir, n.Name())); err == nil && to == path {
			return true
		}
	}
	return false
}
