package node

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// lockFile is below /run, so that no lock outlasts a reboot; the kernel drops the lock itself when its holder dies.
const lockFile = "/run/pig.lock"

// Locked says that somebody else is at work on the machine.
type Locked struct{ Holder string }

func (l *Locked) Error() string {
	return "another pig is at work on this node: " + l.Holder
}

// machineLock is the lock that this process holds, if it does.
type machineLock struct {
	mu   sync.Mutex
	file *os.File
}

func (s *liveSystem) Lock(holder string) error { return s.live.lock.take(lockFile, holder) }
func (s *liveSystem) Unlock() error            { return s.live.lock.drop() }
func (s *shadowSystem) Lock(string) error      { return nil }
func (s *shadowSystem) Unlock() error          { return nil }

func (l *machineLock) take(path, holder string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		return nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("locking this node: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer file.Close()
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return fmt.Errorf("locking this node: %w", err)
		}
		text, _ := io.ReadAll(io.LimitReader(file, 4096)) // whoever it is, it is locked
		return &Locked{Holder: strings.TrimSpace(string(text))}
	}
	err = file.Truncate(0)
	if err == nil {
		_, err = file.WriteAt([]byte(holder+"\n"), 0)
	}
	if err != nil {
		file.Close()
		return fmt.Errorf("locking this node: %w", err)
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
	err := l.file.Close()
	l.file = nil
	return err
}
