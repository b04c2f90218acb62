package imitation

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"pig/internal/node"
)

// entry is a file, directory or link. Hard links are names of one entry.
type entry struct {
	kind     node.Kind
	mode     fs.FileMode
	uid, gid int
	content  []byte
	kernel   func(*Machine) string // of files that the kernel answers for
	target   string
	children map[string]*entry
	mtime    time.Time
	ctime    time.Time
	inode    uint64
	nlink    uint64
}

// tree is the files of a machine. Its owner has the lock.
type tree struct {
	root   *entry
	now    func() time.Time
	inodes uint64
}

func newTree(now func() time.Time) *tree {
	t := &tree{now: now}
	t.root = t.create(node.Dir, 0o755, 0, 0)
	return t
}

func (t *tree) create(kind node.Kind, mode fs.FileMode, uid, gid int) *entry {
	t.inodes++
	e := &entry{kind: kind, mode: mode, uid: uid, gid: gid, inode: t.inodes, nlink: 1, mtime: t.now()}
	e.ctime = e.mtime
	if kind == node.Dir {
		e.children = map[string]*entry{}
	}
	return e
}

// clone is a copy that shares nothing that changes; entries with several names stay one.
func (t *tree) clone(now func() time.Time) *tree {
	seen := map[*entry]*entry{}
	var copyOf func(e *entry) *entry
	copyOf = func(e *entry) *entry {
		if c, ok := seen[e]; ok {
			return c
		}
		c := *e
		seen[e] = &c
		if e.children != nil {
			c.children = make(map[string]*entry, len(e.children))
			for n, child := range e.children {
				c.children[n] = copyOf(child)
			}
		}
		return &c
	}
	return &tree{root: copyOf(t.root), now: now, inodes: t.inodes}
}

// spot is where a path leads: a name in a directory, and what is there.
type spot struct {
	dir   *entry
	name  string
	path  string // with the links on the way followed
	entry *entry // nil: nothing
}

const maxLinks = 40

// walk goes down a path as the kernel does for an account; root follows no links of others.
func (t *tree) walk(path string, follow bool, id *node.Account, owner func(int) string) (spot, error) {
	rest := parts(path)
	at := []*entry{t.root}
	names := []string{}
	links := 0
	for len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		dir := at[len(at)-1]
		if dir.kind != node.Dir {
			return spot{}, &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
		}
		if !may(dir, id, 1) {
			return spot{}, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
		}
		if name == ".." {
			at, names = at[:max(1, len(at)-1)], names[:max(0, len(names)-1)]
			continue
		}
		here := "/" + strings.Join(append(slices.Clone(names), name), "/")
		e := dir.children[name]
		last := len(rest) == 0
		switch {
		case e == nil && last:
			return spot{dir, name, here, nil}, nil
		case e == nil:
			return spot{}, &fs.PathError{Op: "open", Path: path, Err: syscall.ENOENT}
		case e.kind == node.Link && (!last || follow):
			if id.UID == 0 && e.uid != 0 {
				return spot{}, &node.ForeignLink{Path: path, Link: here, Owner: owner(e.uid)}
			}
			if links++; links > maxLinks {
				return spot{}, &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
			}
			if filepath.IsAbs(e.target) {
				at, names = at[:1], nil
			}
			rest = append(parts(e.target), rest...)
		case last:
			return spot{dir, name, here, e}, nil
		default:
			at, names = append(at, e), append(names, name)
		}
	}
	return spot{nil, ".", "/" + strings.Join(names, "/"), at[len(at)-1]}, nil
}

func parts(path string) []string {
	return slices.DeleteFunc(strings.Split(path, "/"), func(n string) bool { return n == "" || n == "." })
}

// may tells whether an account has a right on an entry: 4 to read, 2 to write, 1 to enter.
func may(e *entry, id *node.Account, right fs.FileMode) bool {
	switch {
	case id.UID == 0:
		return true
	case e.uid == id.UID:
		return e.mode>>6&right == right
	case e.gid == id.GID:
		return e.mode>>3&right == right
	}
	return e.mode&right == right
}

// put gives a name in a directory to an entry.
func (t *tree) put(at spot, e *entry) {
	if was := at.dir.children[at.name]; was != nil && was != e {
		was.nlink--
	}
	at.dir.children[at.name] = e
	at.dir.mtime = t.now()
}
