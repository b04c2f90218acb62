//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// fileLock is held until it is released and every process that inherited the file has closed it.
type fileLock struct{ file *os.File }

func (l *fileLock) release() { l.file.Close() }

// lockFile takes an exclusive lock, waiting for as long as ctx allows, and returns what releases it.
// The kernel drops the lock when the process dies, so a crash blocks nobody.
func lockFile(ctx context.Context, path, what string) (*fileLock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("locking %s: %w", what, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", what, err)
	}
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return &fileLock{f}, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			f.Close()
			return nil, fmt.Errorf("locking %s: %w", what, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("another pig is at work on %s (lock %s): %w", what, path, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}
