//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Down ends the sandbox and leaves no process, mount, cgroup or namespace behind. Without purge each node is shut down
// in an orderly way and keeps its disk, its keys and its logs, and an Up with the same nodes continues where they were.
// With purge everything goes, at once.
func (s *Sandbox) Down(ctx context.Context, purge bool) error { return Down(ctx, s.state.Name, purge) }

// Down works also on what a crashed or half-made Up left, where Open would find no state.
func Down(ctx context.Context, name string, purge bool) error {
	s, err := locate(name)
	if err != nil {
		return err
	}
	lock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer lock.release()
	release, err := s.lockNodes(ctx)
	if err != nil {
		return err
	}
	defer release()
	name = s.state.Name

	// The state says which nodes there are; what it does not say, the kernel does, below.
	if st, err := loadState(s.files.state()); err == nil {
		s.state = st
		if !purge {
			s.stopAll(ctx)
		}
	}
	if err := s.cg.kill(ctx, name); err != nil {
		return fmt.Errorf("cannot stop sandbox %s: %w", name, err)
	}
	if err := s.cg.remove(ctx, name); err != nil {
		return fmt.Errorf("cannot stop sandbox %s: %w", name, err)
	}
	if err := removeNetworks(ctx, name); err != nil {
		return fmt.Errorf("cannot stop sandbox %s: %w", name, err)
	}
	if err := s.forgetPIDs(); err != nil {
		return fmt.Errorf("cannot stop sandbox %s: %w", name, err)
	}
	if purge {
		if err := os.RemoveAll(s.files.dir); err != nil {
			return fmt.Errorf("cannot remove the disks of sandbox %s: %w", name, err)
		}
		return lock.remove()
	}
	return nil
}

// lockNodes waits until no node is just being started or stopped, and keeps it so.
func (s *Sandbox) lockNodes(ctx context.Context) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var locks []*fileLock
	release = func() {
		for _, l := range locks {
			l.release()
		}
	}
	entries, _ := os.ReadDir(s.files.nodes()) // absent: no nodes
	for _, e := range entries {
		l, err := lockFile(ctx, s.files.node(e.Name()).lock(), "node "+e.Name())
		if err != nil {
			release()
			return nil, err
		}
		locks = append(locks, l)
	}
	return release, nil
}

// stopAll shuts the nodes down together; who does not manage in time loses its power in the steps after this one.
func (s *Sandbox) stopAll(ctx context.Context) {
	var g errgroup.Group
	for _, n := range s.state.Nodes {
		g.Go(func() error {
			if p, ok := s.running(n); ok {
				s.poweroff(ctx, p, 20*time.Second)
			}
			return nil
		})
	}
	_ = g.Wait()
}

// removeNetworks deletes the cables first, by name, then the namespaces. See unplug for why.
func removeNetworks(ctx context.Context, name string) error {
	control := controlNS(name)
	if nsExists(control) {
		have, err := linkNames(ctx, control)
		if err != nil && !strings.Contains(err.Error(), "Invalid argument") { // a file that is no namespace: a half-made one
			return err
		}
		var lines []string
		for _, l := range have {
			if strings.HasPrefix(l, "n") || l == bridge {
				lines = append(lines, "link del "+l)
			}
		}
		if len(lines) > 0 {
			if err := ip(ctx, control, lines...); err != nil {
				return err
			}
		}
	}
	for _, ns := range leftNamespaces(name) {
		if _, err := run(ctx, "", "ip", "netns", "del", ns); err != nil {
			return err
		}
	}
	return nil
}

// forgetPIDs removes the pid files: nothing runs any more.
func (s *Sandbox) forgetPIDs() error {
	entries, _ := os.ReadDir(s.files.nodes()) // absent: no nodes
	for _, e := range entries {
		if err := os.Remove(s.files.node(e.Name()).pid()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
