//go:build linux

package node

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// place is where a path leads: a name in a directory that is held open, so that nobody can put another directory there
// between a look and a deed.
type place struct {
	dir  int // a descriptor
	name string
	path string
}

func (p place) close() { _ = unix.Close(p.dir) }

// at gives do the place that path means, with the permissions of the task's account.
func (s *liveSystem) at(path string, follow bool, do func(place) error) error {
	return s.access(func() error {
		p, err := s.walk(path, follow)
		if err != nil {
			return err
		}
		defer p.close()
		return do(p)
	})
}

// walk goes down path, one directory after the other. A link at the end is followed if told so.
//
// Everything is opened without following links. One that is met is judged and read by its own descriptor, so that it is
// the link that was judged whose target counts.
func (s *liveSystem) walk(path string, follow bool) (place, error) {
	next, err := filepath.Abs(path)
	if err != nil {
		return place{}, err
	}
	for range maxLinks {
		var p place
		p, next, err = s.descend(next, follow)
		if err == nil && next == "" {
			return p, nil
		}
		var foreign *ForeignLink
		if errors.As(err, &foreign) {
			foreign.Path = path
			return place{}, foreign
		}
		if err != nil {
			return place{}, &fs.PathError{Op: "open", Path: path, Err: err}
		}
	}
	return place{}, &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
}

// descend goes down to the last name of path, or to the first link on the way: next is then the path behind the link.
func (s *liveSystem) descend(path string, follow bool) (p place, next string, err error) {
	dir, done, rest, err := begin(path)
	if err != nil {
		return place{}, "", err
	}
	for {
		here := filepath.Join(done, rest[0])
		p = place{dir: dir, name: rest[0], path: here}
		last := len(rest) == 1
		if last && !follow {
			return p, "", nil
		}
		fd, err := unix.Openat(dir, rest[0], unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if last && errors.Is(err, unix.ENOENT) {
			return p, "", nil
		}
		var st unix.Stat_t
		if err == nil {
			if err = unix.Fstat(fd, &st); err != nil {
				_ = unix.Close(fd)
			}
		}
		if err != nil {
			p.close()
			return place{}, "", err
		}
		switch {
		case st.Mode&unix.S_IFMT == unix.S_IFLNK:
			p.close()
			defer unix.Close(fd)
			target, err := s.target(fd, here, st.Uid)
			return place{}, filepath.Join(append([]string{target}, rest[1:]...)...), err
		case last:
			_ = unix.Close(fd)
			return p, "", nil
		case st.Mode&unix.S_IFMT != unix.S_IFDIR:
			p.close()
			_ = unix.Close(fd)
			return place{}, "", unix.ENOTDIR
		}
		p.close()
		dir, done, rest = fd, here, rest[1:]
	}
}

// begin opens the directory from which descend has to look at each name: the one that holds the last name if there are no
// links above it, which the kernel tells in one call, else the root.
func begin(path string) (dir int, done string, rest []string, err error) {
	names := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if path == "/" {
		names = []string{"."}
	}
	parent := filepath.Dir(path)
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS}
	if fd, err := unix.Openat2(unix.AT_FDCWD, parent, &how); err == nil {
		return fd, parent, names[len(names)-1:], nil
	}
	dir, err = unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return dir, "/", names, err
}

// target reads the link that fd is, whose path is link.
func (s *liveSystem) target(fd int, link string, owner uint32) (string, error) {
	if s.id.uid == 0 && owner != 0 {
		return "", &ForeignLink{Path: link, Link: link, Owner: userName(int(owner))}
	}
	target, err := readlink(fd, "")
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(link), target)
	}
	return target, nil
}

func readlink(dir int, name string) (string, error) {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(dir, name, buf)
	if err != nil {
		return "", err
	}
	return string(buf[:n]), nil
}

// info describes what lies at p; nothing there is no error.
func (p place) info() (Info, error) {
	var st unix.Stat_t
	err := unix.Fstatat(p.dir, p.name, &st, unix.AT_SYMLINK_NOFOLLOW)
	switch {
	case errors.Is(err, unix.ENOENT):
		return Info{Path: p.path, Kind: Absent}, nil
	case err != nil:
		return Info{}, &fs.PathError{Op: "stat", Path: p.path, Err: err}
	}
	i := infoOf(p.path, &st)
	if i.Kind == Link {
		i.Target, err = readlink(p.dir, p.name)
	}
	return i, err
}

func infoOf(path string, st *unix.Stat_t) Info {
	i := Info{
		Path: path, Kind: kindOf(st.Mode), Mode: fs.FileMode(st.Mode & 0o7777),
		UID: int(st.Uid), GID: int(st.Gid), Size: st.Size, Inode: st.Ino, Dev: st.Dev, Nlink: uint64(st.Nlink), //nolint:unconvert // it has 32 bits on arm64
		Mtime: time.Unix(st.Mtim.Unix()), Atime: time.Unix(st.Atim.Unix()), Ctime: time.Unix(st.Ctim.Unix()),
	}
	i.Owner, i.Group = userName(i.UID), groupName(i.GID)
	return i
}

func kindOf(mode uint32) Kind {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return File
	case unix.S_IFDIR:
		return Dir
	case unix.S_IFLNK:
		return Link
	}
	return Special
}

// grasp opens what lies at p, whatever kind it is, for chown, chmod and touch; root gets no file that may be somebody
// else's trap.
func (s *liveSystem) grasp(p place) (fd int, i Info, err error) {
	fd, err = unix.Openat(p.dir, p.name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, Info{}, &fs.PathError{Op: "open", Path: p.path, Err: err}
	}
	var st, dir unix.Stat_t
	if err = errors.Join(unix.Fstat(fd, &st), unix.Fstat(p.dir, &dir)); err == nil {
		i = infoOf(p.path, &st)
		if s.id.uid == 0 {
			err = Alias(i, infoOf(filepath.Dir(p.path), &dir))
		}
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, Info{}, err
	}
	return fd, i, nil
}

// held is a path to an open descriptor, for the calls that take no descriptor of a path.
func held(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }
