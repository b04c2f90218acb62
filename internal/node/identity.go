//go:build linux

package node

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// access runs f with the file permissions of the task's account.
//
// The kernel keeps the file-system identity per thread, so f runs on a thread that is given up afterwards; that makes new
// files belong to the account, and what it may not read stays closed, without a process for each access.
func (s *liveSystem) access(f func() error) error {
	if !s.id.other {
		return f()
	}
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		if err := assume(s.id); err != nil {
			done <- err
			return
		}
		done <- f()
	}()
	return <-done
}

func assume(id identity) error {
	groups := make([]uint32, len(id.groups)+1)
	groups[0] = uint32(id.gid)
	for i, g := range id.groups {
		groups[i+1] = uint32(g)
	}
	// The wrappers of package syscall would change every thread of the process.
	_, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(groups)), uintptr(unsafe.Pointer(&groups[0])), 0)
	if errno != 0 {
		return fmt.Errorf("cannot set the groups of %s: %w", id.name, errno)
	}
	if err := unix.Setfsgid(id.gid); err != nil {
		return fmt.Errorf("cannot set the group of %s: %w", id.name, err)
	}
	if err := unix.Setfsuid(id.uid); err != nil {
		return fmt.Errorf("cannot set the identity of %s: %w", id.name, err)
	}
	return nil
}
