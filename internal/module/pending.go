package module

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"pig/internal/node"
)

// Pending is a handler that a change calls for. It is noted on the node before the change is made and struck out when the
// handler has run, so that whatever happens in between, the next run finds it.
type Pending struct {
	ID      string `json:"-"`
	Handler string `json:"handler"` // as people know it
	Cause   string `json:"cause"`   // the task that changes something
}

// pendingHome is where root's notes are; another account has its own.
const pendingHome = "/var/lib/pig"

// PendingDir is the directory of notes, in the hands of the agent's account alone.
func PendingDir(s node.System) (string, error) {
	a, ok, err := s.Accounts().User(s.User())
	switch {
	case err != nil:
		return "", err
	case ok && a.UID != 0:
		return path.Join(a.Home, ".local/state/pig/pending"), nil
	}
	return path.Join(pendingHome, "pending"), nil
}

// notes are the handlers that one call notes.
type notes struct {
	system node.System // as the agent itself, and nothing is recorded
	list   []Pending
	made   []string // notes that were not there before
	kept   bool
}

func newNotes(m node.Machine, list []Pending) (*notes, error) {
	s, err := m.For(node.Task{})
	if err != nil {
		return nil, err
	}
	return &notes{system: s, list: list}, nil
}

// keep writes the notes that are not there yet.
func (n *notes) keep() error {
	dir, err := PendingDir(n.system)
	if err == nil {
		err = mkdirPrivate(n.system.Files(), dir)
	}
	if err != nil {
		return fmt.Errorf("cannot record the handlers of this task: %w", err)
	}
	n.kept = true
	for _, p := range n.list {
		at := path.Join(dir, p.ID)
		i, err := n.system.Files().Stat(at, false)
		if err == nil && !i.Exists() {
			err = writeNote(n.system.Files(), at, p)
			n.made = append(n.made, at)
		}
		if err != nil {
			return fmt.Errorf("cannot record the handler %q: %w", p.Handler, err)
		}
	}
	return nil
}

func writeNote(f node.Files, at string, p Pending) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	mode := fs.FileMode(0o600)
	return f.Write(at, append(text, '\n'), node.Attrs{Mode: &mode})
}

// drop strikes out what keep has written: nothing was changed after all.
func (n *notes) drop() {
	n.kept = false
	for _, at := range n.made {
		if n.system.Files().Remove(at) != nil {
			n.kept = true // the handler will run once too often
		}
	}
}

// mkdirPrivate makes a directory that only its owner enters, with those above it.
func mkdirPrivate(f node.Files, dir string) error {
	i, err := f.Stat(dir, false)
	if err != nil || i.Kind == node.Dir {
		return err
	}
	if err := mkdirPrivate(f, path.Dir(dir)); err != nil {
		return err
	}
	mode := fs.FileMode(0o700)
	err = f.Mkdir(dir, node.Attrs{Mode: &mode})
	if errors.Is(err, fs.ErrExist) { // another task was faster
		return nil
	}
	return err
}

// NotePending notes handlers on a node, as a task does before its first change.
func NotePending(sys node.System, list []Pending) error {
	return (&notes{system: sys, list: list}).keep()
}
