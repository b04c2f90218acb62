package imitation

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"pig/internal/node"
)

type files struct{ *system }

// at gives do the spot that a path means.
func (f files) at(path string, follow bool, do func(spot) error) error {
	if err := f.gone(); err != nil {
		return err
	}
	return f.locked(func() error {
		s, err := f.tree.walk(path, follow, f.id, f.accounts.userName)
		if err != nil {
			return err
		}
		return do(s)
	})
}

func absent(err error) bool { return errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENOTDIR) }

func (f files) Stat(path string, follow bool) (node.Info, error) {
	i := node.Info{Path: path, Kind: node.Absent}
	err := f.at(path, follow, func(s spot) error { i = f.info(s); return nil })
	i.Path = path
	if absent(err) {
		return i, nil
	}
	return i, err
}

// info describes what is at a spot. The caller holds the lock.
func (m *Machine) info(s spot) node.Info {
	e := s.entry
	if e == nil {
		return node.Info{Path: s.path, Kind: node.Absent}
	}
	size := int64(len(e.content))
	if e.kind == node.Link {
		size = int64(len(e.target))
	}
	return node.Info{
		Path: s.path, Kind: e.kind, Mode: e.mode, UID: e.uid, GID: e.gid, Owner: m.accounts.userName(e.uid), Group: m.accounts.groupName(e.gid),
		Size: size, Mtime: e.mtime, Atime: e.mtime, Ctime: e.ctime, Inode: e.inode, Dev: 1, Nlink: e.nlink, Target: e.target,
	}
}

func (f files) Read(path string) (content []byte, err error) {
	err = f.at(path, true, func(s spot) error {
		switch {
		case s.entry == nil:
			return &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		case s.entry.kind == node.Dir:
			return &fs.PathError{Op: "read", Path: path, Err: syscall.EISDIR}
		case !may(s.entry, f.id, 4):
			return &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
		}
		content = f.text(s.entry)
		return nil
	})
	return content, err
}

func (f files) ReadAt(path string, offset int64, n int) ([]byte, error) {
	content, err := f.Read(path)
	if err != nil || offset >= int64(len(content)) {
		return nil, err
	}
	content = content[offset:]
	return content[:min(n, len(content))], nil
}

func (f files) List(path string) (names []string, err error) {
	err = f.at(path, true, func(s spot) error {
		switch {
		case s.entry == nil:
			return &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		case s.entry.kind != node.Dir:
			return &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
		case !may(s.entry, f.id, 4):
			return &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
		}
		names = slices.Sorted(maps.Keys(s.entry.children))
		return nil
	})
	return names, err
}

// umask is the one that a login of root has.
const umask fs.FileMode = 0o022

// resolve tells which mode and owner a written entry has. The caller holds the lock.
func (f files) resolve(before *entry, a node.Attrs, fallback fs.FileMode) (mode fs.FileMode, uid, gid int, err error) {
	mode, uid, gid = fallback&^umask, f.id.UID, f.id.GID
	if before != nil && before.kind != node.Link {
		mode, uid, gid = before.mode, before.uid, before.gid
	}
	if a.Mode != nil {
		mode = *a.Mode
	}
	if a.Owner != "" {
		if uid, err = strconv.Atoi(a.Owner); err != nil {
			u, ok := f.accounts.user(a.Owner)
			if !ok {
				return 0, 0, 0, fmt.Errorf("user %q not found on this node", a.Owner)
			}
			uid = u.UID
		}
	}
	if a.Group != "" {
		if gid, err = strconv.Atoi(a.Group); err != nil {
			g, ok := f.accounts.group(a.Group)
			if !ok {
				return 0, 0, 0, fmt.Errorf("group %q not found on this node", a.Group)
			}
			gid = g.GID
		}
	}
	if f.id.UID != 0 && (before == nil && uid != f.id.UID || before != nil && uid != before.uid) {
		return 0, 0, 0, fs.ErrPermission
	}
	return mode, uid, gid, nil
}

// writable tells why an account cannot put something at a spot.
func (f files) writable(s spot) error {
	if s.dir == nil {
		return &fs.PathError{Op: "open", Path: s.path, Err: syscall.EISDIR}
	}
	if s.dir.kind != node.Dir {
		return &fs.PathError{Op: "open", Path: s.path, Err: syscall.ENOTDIR}
	}
	if !may(s.dir, f.id, 2) {
		return &fs.PathError{Op: "open", Path: s.path, Err: fs.ErrPermission}
	}
	return nil
}

// alias refuses what a live machine refuses to root: a file with other names where somebody else may have put this one.
func (f files) alias(s spot) error {
	if f.id.UID != 0 || s.dir == nil {
		return nil
	}
	dir := f.info(spot{path: filepath.Dir(s.path), entry: s.dir})
	return node.Alias(f.info(s), dir)
}
