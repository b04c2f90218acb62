//go:build linux

package node

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// lockFile is below /run, so that no lock outlasts a reboot; the kernel drops the lock itself when its holder dies.
const lockFile = "/run/pig.lock"

// accountLock is the lock of an agent that is not root, below its home: it keeps off those that act with the same rights.
const accountLock = ".local/state/pig/lock"

// sameRunTakes is how long whoever has the lock needs to write its name into the file.
const sameRunTakes = 500 * time.Millisecond

// machineLock is the lock that this process holds, if it does.
type machineLock struct {
	mu   sync.Mutex
	file *os.File
}

func (s *liveSystem) Lock(holder string) error {
	path := lockPath()
	if path == "" {
		return nil // an account without a home has nothing that two runs could share
	}
	if path != lockFile && os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return nil //nolint:nilerr // the same: its home cannot be written
	}
	return s.live.lock.take(path, holder)
}

// lockPath is the file of the lock of the agent's account, "" if it has none.
func lockPath() string {
	if os.Geteuid() == 0 {
		return lockFile
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, accountLock)
}

func (s *liveSystem) Unlock() error { return s.live.lock.drop() }

func (l *machineLock) take(path, holder string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		return nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("cannot lock this node: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer file.Close()
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return fmt.Errorf("cannot lock this node: %w", err)
		}
		return others(file, holder)
	}
	err = file.Truncate(0)
	if err == nil {
		_, err = file.WriteAt([]byte(holder+"\n"), 0)
	}
	if err != nil {
		file.Close()
		return fmt.Errorf("cannot lock this node: %w", err)
	}
	l.file = file
	return nil
}

func (l *machineLock) drop() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	_ = l.file.Truncate(0)
	// Closing would do, but for a child that was forked and has not become its program yet: it holds the lock as long.
	err := errors.Join(unix.Flock(int(l.file.Fd()), unix.LOCK_UN), l.file.Close())
	l.file = nil
	return err
}

// others tells who has the lock, nil if it is holder: an inventory may have two names for a machine, and a run an agent for each.
func others(file *os.File, holder string) error {
	for deadline := time.Now().Add(sameRunTakes); ; time.Sleep(sameRunTakes / 10) {
		text, _ := io.ReadAll(io.NewSectionReader(file, 0, 4096)) // whoever it is, it is locked
		switch who := strings.TrimSpace(string(text)); {
		case who == holder:
			return nil
		case time.Now().After(deadline):
			return &Locked{Holder: who}
		}
	}
}
