package imitation

import (
	"bytes"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"

	"pig/internal/node"
)

// edit changes what is at a path, in one step, and tells what changed.
func (f files) edit(path string, follow bool, do func(spot) (node.Change, bool, error)) error {
	return f.change("write "+path, func() (c node.Change, changed bool, err error) {
		err = f.at(path, follow, func(s spot) (err error) {
			c, changed, err = do(s)
			return err
		})
		return c, changed, err
	})
}

func (f files) Write(path string, content []byte, a node.Attrs) error {
	content = bytes.Clone(content)
	return f.edit(path, false, func(s spot) (node.Change, bool, error) {
		before := named(f.info(s), path)
		if before.Kind == node.Dir {
			return node.Change{}, false, &fs.PathError{Op: "write", Path: path, Err: syscall.EISDIR}
		}
		if err := f.writable(s); err != nil {
			return node.Change{}, false, err
		}
		mode, uid, gid, err := f.resolve(s.entry, a, 0o666)
		if err != nil {
			return node.Change{}, false, err
		}
		var old []byte
		if before.Kind == node.File && before.Size <= node.PieceSize {
			old = f.text(s.entry)
		}
		e := f.tree.create(node.File, mode, uid, gid)
		if !a.Mtime.IsZero() {
			e.mtime = a.Mtime
		}
		e.content = content
		f.tree.put(s, e)
		return node.WriteChange(before, old, content, a), true, nil
	})
}

// named gives what lies behind links the name that the task uses.
func named(i node.Info, path string) node.Info {
	i.Path = path
	return i
}

func (f files) WriteUnknown(path string, _ node.Attrs) error {
	return fmt.Errorf("writing %s: its content is not known", path)
}

func (f files) Generate(path string, create func() ([]byte, error), a node.Attrs) ([]byte, error) {
	content, err := create()
	if err != nil {
		return nil, err
	}
	return content, f.Write(path, content, a)
}

func (f files) Mkdir(path string, a node.Attrs) error {
	return f.edit(path, false, func(s spot) (node.Change, bool, error) {
		mode, uid, gid, err := f.resolve(nil, a, 0o777)
		if err != nil {
			return node.Change{}, false, err
		}
		if s.entry != nil {
			return node.Change{}, false, &fs.PathError{Op: "mkdir", Path: path, Err: fs.ErrExist}
		}
		if err := f.writable(s); err != nil {
			return node.Change{}, false, err
		}
		f.tree.put(s, f.tree.create(node.Dir, mode, uid, gid))
		return node.MkdirChange(path, a), true, nil
	})
}

func (f files) Symlink(target, path string) error {
	return f.link("link", target, path, func() (*entry, error) {
		e := f.tree.create(node.Link, 0o777, f.id.UID, f.id.GID)
		e.target = target
		return e, nil
	})
}

func (f files) Hardlink(target, path string) error {
	return f.link("hard link", target, path, func() (*entry, error) {
		s, err := f.tree.walk(target, false, f.id, f.accounts.userName)
		if err != nil {
			return nil, err
		}
		if s.entry == nil || s.entry.kind == node.Dir {
			return nil, &fs.PathError{Op: "link", Path: target, Err: syscall.ENOENT}
		}
		s.entry.nlink++
		return s.entry, nil
	})
}

func (f files) link(kind, target, path string, create func() (*entry, error)) error {
	return f.edit(path, false, func(s spot) (node.Change, bool, error) {
		before := named(f.info(s), path)
		if before.Kind == node.Dir {
			return node.Change{}, false, &fs.PathError{Op: "link", Path: path, Err: syscall.EISDIR}
		}
		if err := f.writable(s); err != nil {
			return node.Change{}, false, err
		}
		e, err := create()
		if err != nil {
			return node.Change{}, false, err
		}
		f.tree.put(s, e)
		return node.LinkChange(kind, before, target), true, nil
	})
}

func (f files) Set(path string, follow bool, a node.Attrs) error {
	return f.edit(path, follow, func(s spot) (node.Change, bool, error) {
		if s.entry == nil {
			return node.Change{}, false, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		if err := f.alias(s); err != nil {
			return node.Change{}, false, err
		}
		before := named(f.info(s), path)
		mode, uid, gid, err := f.resolve(s.entry, a, 0)
		if err != nil {
			return node.Change{}, false, err
		}
		if f.id.UID != 0 && f.id.UID != s.entry.uid {
			return node.Change{}, false, &fs.PathError{Op: "chmod", Path: path, Err: fs.ErrPermission}
		}
		s.entry.ctime = f.tree.now()
		if s.entry.kind != node.Link {
			s.entry.mode, s.entry.uid, s.entry.gid = mode, uid, gid
		} else {
			f.giveLink(s.entry, a, uid, gid)
		}
		c, changed := node.AttrsChange(before, a)
		return c, changed, nil
	})
}

// giveLink changes the owner of a link, as far as one is named.
func (files) giveLink(e *entry, a node.Attrs, uid, gid int) {
	if a.Owner != "" {
		e.uid = uid
	}
	if a.Group != "" {
		e.gid = gid
	}
}

func (f files) Touch(path string, a node.Attrs) error {
	before, err := f.Stat(path, true)
	if err != nil {
		return err
	}
	if !before.Exists() {
		return f.Write(path, nil, a)
	}
	err = f.edit(path, true, func(s spot) (node.Change, bool, error) {
		if err := f.alias(s); err != nil {
			return node.Change{}, false, err
		}
		s.entry.mtime = f.tree.now()
		return node.TouchChange(before), true, nil
	})
	if err != nil || a == (node.Attrs{}) {
		return err
	}
	return f.Set(path, true, a)
}

func (f files) Remove(path string) error {
	before, err := f.Stat(path, false)
	if err != nil || !before.Exists() {
		return err
	}
	return f.edit(path, false, func(s spot) (node.Change, bool, error) {
		if s.entry == nil {
			return node.Change{}, false, nil
		}
		if err := f.writable(s); err != nil {
			return node.Change{}, false, fmt.Errorf("removing %s: %w", path, err)
		}
		var old []byte
		if s.entry.kind == node.File {
			old = f.text(s.entry)
		}
		s.entry.nlink--
		delete(s.dir.children, s.name)
		s.dir.mtime = f.tree.now()
		return node.RemoveChange(before, old), true, nil
	})
}

func (f files) Rename(from, to string) error {
	return f.edit(from, false, func(s spot) (node.Change, bool, error) {
		if s.entry == nil {
			return node.Change{}, false, &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
		}
		into, err := f.tree.walk(to, false, f.id, f.accounts.userName)
		if err != nil {
			return node.Change{}, false, err
		}
		for _, at := range []spot{s, into} {
			if err := f.writable(at); err != nil {
				return node.Change{}, false, err
			}
		}
		if into.entry != nil && into.entry.kind == node.Dir {
			return node.Change{}, false, &fs.PathError{Op: "rename", Path: to, Err: fs.ErrExist}
		}
		f.tree.put(into, s.entry)
		delete(s.dir.children, s.name)
		return node.RenameChange(from, to), true, nil
	})
}

// staged is where the pieces of a large file gather.
func staged(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".pig-pieces")
}

func (f files) Stage(path string, offset int64, piece []byte) error {
	return f.change("stage "+path, func() (node.Change, bool, error) {
		return node.Change{}, false, f.at(staged(path), false, func(s spot) error {
			if err := f.writable(s); err != nil {
				return err
			}
			if offset == 0 {
				s.entry = f.tree.create(node.File, 0o600, f.id.UID, f.id.GID)
				f.tree.put(s, s.entry)
			}
			if s.entry == nil {
				return fmt.Errorf("a piece of %s comes before the first one", path)
			}
			content := slices.Clone(s.entry.content)
			if grow := int(offset) + len(piece) - len(content); grow > 0 {
				content = append(content, make([]byte, grow)...)
			}
			copy(content[offset:], piece)
			s.entry.content = content
			return nil
		})
	})
}

func (f files) Unstage(path string) error {
	return f.at(staged(path), false, func(s spot) error {
		if s.dir != nil {
			delete(s.dir.children, s.name)
		}
		return nil
	})
}

func (f files) Place(path string, size int64, a node.Attrs) error {
	err := f.edit(path, false, func(s spot) (node.Change, bool, error) {
		before := named(f.info(s), path)
		if before.Kind == node.Dir {
			return node.Change{}, false, &fs.PathError{Op: "write", Path: path, Err: syscall.EISDIR}
		}
		mode, uid, gid, err := f.resolve(s.entry, a, 0o666)
		if err != nil {
			return node.Change{}, false, err
		}
		pieces := s.dir.children[filepath.Base(staged(path))]
		if pieces == nil {
			return node.Change{}, false, fmt.Errorf("no pieces of %s have come", path)
		}
		if got := int64(len(pieces.content)); got != size {
			return node.Change{}, false, fmt.Errorf("%s has not come whole: %d bytes of %d", path, got, size)
		}
		pieces.mode, pieces.uid, pieces.gid = mode, uid, gid
		f.tree.put(s, pieces)
		delete(s.dir.children, filepath.Base(staged(path)))
		return node.WriteChange(before, nil, nil, a), true, nil
	})
	if err != nil {
		_ = f.Unstage(path)
	}
	return err
}
