//go:build linux

package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// give puts the files of a command into a new directory of its account, and takes them away again.
func (s *liveSystem) give(c *Cmd) (back func(), err error) {
	if len(c.Given) == 0 {
		return func() {}, nil
	}
	var dir string
	back = func() {
		if err := s.access(func() error { return os.RemoveAll(dir) }); err != nil { // what the command left in it is somebody else's
			_ = os.RemoveAll(dir)
		}
	}
	err = s.access(func() (err error) {
		if dir, err = s.newDir(); err != nil {
			return err
		}
		for _, g := range c.Given {
			mode := os.FileMode(0o600)
			if g.Program {
				mode = 0o700
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(g.Name)), g.Content, mode); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		if dir != "" {
			back()
		}
		return nil, fmt.Errorf("cannot write the files of %s: %w", c.Argv[0], err)
	}
	argv := make([]string, len(c.Argv))
	for i, a := range c.Argv {
		argv[i] = strings.ReplaceAll(a, GivenDir, dir)
	}
	c.Argv = argv
	return back, nil
}

// newDir makes a directory that only its account may enter, where programs may be started.
func (s *liveSystem) newDir() (string, error) {
	var errs error
	for _, base := range []string{"/tmp", "/var/tmp", s.id.home} {
		var st unix.Statfs_t
		if err := unix.Statfs(base, &st); err != nil || st.Flags&unix.ST_NOEXEC != 0 {
			errs = errors.Join(errs, err)
			continue
		}
		dir, err := os.MkdirTemp(base, ".pig-")
		if err == nil {
			return dir, nil
		}
		errs = errors.Join(errs, err)
	}
	return "", errors.Join(errors.New("no directory for programs: /tmp, /var/tmp and the home are read-only or mounted noexec"), errs)
}
