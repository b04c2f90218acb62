//go:build linux

package node

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

type liveFiles struct{ *liveSystem }

func (f liveFiles) Stat(path string, follow bool) (i Info, err error) {
	err = f.at(path, follow, func(p place) (err error) { i, err = p.info(); return err })
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) {
		return Info{Path: path, Kind: Absent}, nil
	}
	i.Path = path
	return i, err
}

func (f liveFiles) Read(path string) (content []byte, err error) {
	err = f.at(path, true, func(p place) (err error) { content, err = p.read(); return err })
	return content, err
}

func (p place) read() ([]byte, error) {
	file, err := p.open(unix.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// open opens the file at p. It waits for nobody: a pipe that somebody has put there would hold the task up for ever.
func (p place) open(flags int, mode uint32) (*os.File, error) {
	fd, err := unix.Openat(p.dir, p.name, flags|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, mode)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: p.path, Err: err}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT == unix.S_IFIFO {
		_ = unix.Close(fd)
		return nil, errors.Join(err, &fs.PathError{Op: "open", Path: p.path, Err: errors.New("named pipe")})
	}
	return os.NewFile(uintptr(fd), p.path), nil
}

func (f liveFiles) List(path string) (names []string, err error) {
	err = f.at(path, true, func(p place) error {
		dir, err := p.open(unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err != nil {
			return err
		}
		defer dir.Close()
		names, err = dir.Readdirnames(-1)
		slices.Sort(names)
		return err
	})
	return names, err
}

// contentOf is the content for the diff: nothing where there is no file, or where it cannot be read.
func (p place) contentOf(i Info) []byte {
	if i.Kind != File || i.Size > PieceSize { // nobody reads the diff of that
		return nil
	}
	content, err := p.read()
	if err != nil {
		return nil
	}
	return content
}

// resolve tells which mode and owner a written entry has: what is asked, else what is there, else what the system gives.
// -1 leaves an owner alone.
func (f liveFiles) resolve(before Info, a Attrs, fallback fs.FileMode) (mode fs.FileMode, uid, gid int, err error) {
	mode, uid, gid = fallback&^umask, -1, -1
	if before.Exists() && before.Kind != Link {
		mode, uid, gid = before.Mode, before.UID, before.GID
	}
	if a.Mode != nil {
		mode = *a.Mode
	}
	if a.Owner != "" {
		if uid, err = userID(a.Owner); err != nil {
			return 0, 0, 0, err
		}
	}
	if a.Group != "" {
		if gid, err = groupID(a.Group); err != nil {
			return 0, 0, 0, err
		}
	}
	return mode, uid, gid, nil
}

func attributes(file *os.File, mode fs.FileMode, uid, gid int) error {
	if uid >= 0 || gid >= 0 {
		if err := file.Chown(uid, gid); err != nil {
			return err
		}
	}
	return unix.Fchmod(int(file.Fd()), uint32(mode))
}

func userID(name string) (int, error) {
	if id, err := strconv.Atoi(name); err == nil {
		return id, nil
	}
	a, ok, err := readUser(name)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, fmt.Errorf("user %q not found on this node", name)
	}
	return a.UID, nil
}

func groupID(name string) (int, error) {
	if id, err := strconv.Atoi(name); err == nil {
		return id, nil
	}
	g, ok, err := readGroup(name)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, fmt.Errorf("group %q not found on this node", name)
	}
	return g.GID, nil
}
