//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// fileLock is held until it is released and every process that inherited the file has closed it.
type fileLock struct{ file *os.File }

// release only closes the file: to unlock it would free what the launcher of a node still holds.
func (l *fileLock) release() { l.file.Close() }

// remove takes the lock file away with the lock. Who waits for it notices and starts over.
func (l *fileLock) remove() error {
	defer l.release()
	return os.Remove(l.file.Name())
}

// lockFile takes an exclusive lock, waiting for as long as ctx allows. Its directory must exist. The kernel drops the lock
// when the process dies, so a crash blocks nobody.
func lockFile(ctx context.Context, path, what string) (*fileLock, error) {
	for {
		l, err := tryLock(path)
		if err != nil {
			return nil, fmt.Errorf("cannot lock %s: %w", what, err)
		}
		if l != nil {
			return l, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("another pig is at work on %s (lock %s): %w", what, path, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// tryLock returns nil when somebody else has the lock, or had it and removed the file.
func tryLock(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, unix.EINTR) {
			return nil, nil
		}
		return nil, err
	}
	held, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	if there, err := os.Stat(path); err != nil || !os.SameFile(held, there) {
		f.Close()
		return nil, nil //nolint:nilerr // the file is another one by now: not locked
	}
	return &fileLock{f}, nil
}
