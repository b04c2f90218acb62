//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// inNamespace runs fn on a thread that lives in the given network namespace. The thread is never handed back to the
// runtime: it ends with its goroutine, so no other goroutine can find itself in the wrong network.
func inNamespace(ctx context.Context, path string, fn func() error) error {
	done := make(chan error, 1)
	go func() { // owned by this call: fn must honour ctx; the channel's buffer lets it end when nobody waits any more
		runtime.LockOSThread() // and no unlock
		done <- enterAnd(path, fn)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func enterAnd(path string, fn func() error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot open the network namespace: %w", err)
	}
	defer f.Close()
	if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("cannot enter the network namespace %s: %w", path, err)
	}
	return fn()
}

// dialIn makes a connection whose socket belongs to the namespace; it can then be used from anywhere.
// addr must be numeric: a resolver would run on other threads, in the root namespace.
func dialIn(ctx context.Context, path, network, addr string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() { // ends soon after ctx does, since DialContext honours it
		runtime.LockOSThread()
		var r result
		r.err = enterAnd(path, func() (err error) {
			r.conn, err = (&net.Dialer{}).DialContext(ctx, network, addr)
			return err
		})
		done <- r
	}()
	r := <-done
	return r.conn, r.err
}
