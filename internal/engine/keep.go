package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pig/internal/jinja"
	"pig/internal/private"
)

// Update implements jinja.Keeper: what lookups keep lies relative to the directory of the playbook, for its owner alone. Hosts take turns.
func (l *lookupFiles) Update(name string, change func([]byte, bool) ([]byte, error)) error {
	e := l.pr.e
	path := name
	switch {
	case path == "~" || strings.HasPrefix(path, "~/"):
		path = filepath.Join(e.Env("HOME"), path[1:])
	case !filepath.IsAbs(path):
		path = filepath.Join(absolute(l.pr.play.Dir), path)
	}
	e.keeping.Lock()
	defer e.keeping.Unlock()
	for {
		content, err := os.ReadFile(path)
		present := err == nil
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		made, err := change(content, present)
		if err != nil || made == nil {
			return err
		}
		if e.opt.Plan {
			return jinja.ErrNotKept
		}
		if err := keepFile(path, made, present); present || !errors.Is(err, fs.ErrExist) {
			return err
		} // another run was first: what it keeps counts
	}
}

// keepFile writes a file as a whole. One that is there already is an error unless it is to be replaced.
func keepFile(path string, content []byte, replace bool) error {
	if err := privateDir(filepath.Dir(path)); err != nil {
		return err
	}
	if replace {
		return private.Replace(path, content, 0o600)
	}
	return private.Create(path, content, 0o600)
}

// privateDir makes a directory for its owner alone; those above it are for everybody, as Ansible makes them.
func privateDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil { //nolint:gosec // what is in them has rights of its own
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
