package node

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

type liveFiles struct{ *liveSystem }

func (f liveFiles) Stat(path string, follow bool) (Info, error) {
	var st unix.Stat_t
	err := f.access(func() error {
		if follow {
			return unix.Stat(path, &st)
		}
		return unix.Lstat(path, &st)
	})
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENOTDIR):
		return Info{Path: path, Kind: Absent}, nil
	case err != nil:
		return Info{}, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	i := Info{
		Path: path, Kind: kindOf(st.Mode), Mode: fs.FileMode(st.Mode & 0o7777),
		UID: int(st.Uid), GID: int(st.Gid), Size: st.Size, Inode: st.Ino, Dev: st.Dev, Nlink: uint64(st.Nlink), //nolint:unconvert // it has 32 bits on arm64
		Mtime: time.Unix(st.Mtim.Unix()), Atime: time.Unix(st.Atim.Unix()), Ctime: time.Unix(st.Ctim.Unix()),
	}
	i.Owner, i.Group = userName(i.UID), groupName(i.GID)
	if i.Kind == Link {
		err = f.access(func() (err error) { i.Target, err = os.Readlink(path); return err })
	}
	return i, err
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

func (f liveFiles) Read(path string) (content []byte, err error) {
	err = f.access(func() error { content, err = os.ReadFile(path); return err })
	return content, err
}

func (f liveFiles) List(path string) (names []string, err error) {
	err = f.access(func() error {
		entries, err := os.ReadDir(path)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return err
	})
	return names, err
}

func (f liveFiles) Write(path string, content []byte, a Attrs) error {
	before, err := f.Stat(path, false)
	if err != nil {
		return err
	}
	if before.Kind == Dir {
		return &fs.PathError{Op: "write", Path: path, Err: syscall.EISDIR}
	}
	old := f.contentOf(before)
	mode, uid, gid, err := f.resolve(before, a, 0o666)
	if err != nil {
		return err
	}
	err = f.access(func() error {
		err := replace(path, content, mode, uid, gid)
		if errors.Is(err, syscall.EBUSY) { // a mount point, such as /etc/hosts in a container
			err = overwrite(path, content, mode, uid, gid)
		}
		return err
	})
	if err != nil {
		return err
	}
	f.record(writeChange(before, old, content, a))
	return nil
}

// contentOf is the content for the diff: nothing where there is no file, or where it cannot be read.
func (f liveFiles) contentOf(i Info) []byte {
	if i.Kind != File || i.Size > PieceSize { // nobody reads the diff of that
		return nil
	}
	content, err := f.Read(i.Path)
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

// umask is the one that a login of root has on every distribution; the agent does not depend on what sshd left it.
const umask fs.FileMode = 0o022

// replace writes a new file beside path and moves it into place, so that no reader and no crash ever sees half of it.
func replace(path string, content []byte, mode fs.FileMode, uid, gid int) (err error) {
	suffix := make([]byte, 4)
	if _, err := rand.Read(suffix); err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".pig-"+hex.EncodeToString(suffix))
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp)
		}
	}()
	if _, err = file.Write(content); err == nil {
		err = attributes(file, mode, uid, gid)
	}
	if err == nil {
		err = file.Sync()
	}
	if e := file.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	return err
}

func attributes(file *os.File, mode fs.FileMode, uid, gid int) error {
	if uid >= 0 || gid >= 0 {
		if err := file.Chown(uid, gid); err != nil {
			return err
		}
	}
	return unix.Fchmod(int(file.Fd()), uint32(mode))
}

func overwrite(path string, content []byte, mode fs.FileMode, uid, gid int) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(content); err != nil {
		return err
	}
	if err := attributes(file, mode, uid, gid); err != nil {
		return err
	}
	return file.Sync()
}

func (f liveFiles) WriteUnknown(path string, _ Attrs) error {
	return fmt.Errorf("writing %s: its content is not known", path)
}

func (f liveFiles) Generate(path string, create func() ([]byte, error), a Attrs) ([]byte, error) {
	content, err := create()
	if err != nil {
		return nil, err
	}
	return content, f.Write(path, content, a)
}

func (f liveFiles) Mkdir(path string, a Attrs) error {
	mode, uid, gid, err := f.resolve(Info{}, a, 0o777)
	if err != nil {
		return err
	}
	err = f.access(func() error {
		if err := os.Mkdir(path, 0o700); err != nil {
			return err
		}
		if uid >= 0 || gid >= 0 {
			if err := os.Lchown(path, uid, gid); err != nil {
				return err
			}
		}
		return unix.Chmod(path, uint32(mode))
	})
	if err != nil {
		return err
	}
	f.record(mkdirChange(path, a))
	return nil
}

func (f liveFiles) Symlink(target, path string) error {
	return f.link("link", target, path, func(at string) error { return os.Symlink(target, at) })
}

func (f liveFiles) Hardlink(target, path string) error {
	return f.link("hard link", target, path, func(at string) error { return os.Link(target, at) })
}

func (f liveFiles) link(kind, target, path string, make func(at string) error) error {
	before, err := f.Stat(path, false)
	if err != nil {
		return err
	}
	err = f.access(func() error {
		if !before.Exists() {
			return make(path)
		}
		temp := path + ".pig-link"
		_ = os.Remove(temp)
		if err := make(temp); err != nil {
			return err
		}
		if err := os.Rename(temp, path); err != nil {
			_ = os.Remove(temp)
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.record(linkChange(kind, before, target))
	return nil
}

func (f liveFiles) Set(path string, follow bool, a Attrs) error {
	before, err := f.Stat(path, follow)
	if err != nil {
		return err
	}
	if !before.Exists() {
		return &fs.PathError{Op: "set attributes", Path: path, Err: fs.ErrNotExist}
	}
	_, uid, gid, err := f.resolve(before, a, 0)
	if err != nil {
		return err
	}
	err = f.access(func() error {
		// The owner first: changing it clears setuid and setgid.
		if uid != before.UID || gid != before.GID {
			chown := os.Lchown
			if follow {
				chown = os.Chown
			}
			if err := chown(path, uid, gid); err != nil {
				return err
			}
		}
		if a.Mode != nil && before.Kind != Link {
			return unix.Chmod(path, uint32(*a.Mode))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c, ok := attrsChange(before, a); ok {
		f.record(c)
	}
	return nil
}

func (f liveFiles) Touch(path string, a Attrs) error {
	before, err := f.Stat(path, true)
	if err != nil {
		return err
	}
	if !before.Exists() {
		return f.Write(path, nil, a)
	}
	if err := f.access(func() error { now := time.Now(); return os.Chtimes(path, now, now) }); err != nil {
		return err
	}
	f.record(touchChange(before))
	if a == (Attrs{}) {
		return nil
	}
	return f.Set(path, true, a)
}

func (f liveFiles) Remove(path string) error {
	before, err := f.Stat(path, false)
	if err != nil || !before.Exists() {
		return err
	}
	old := f.contentOf(before)
	if err := f.access(func() error { return os.RemoveAll(path) }); err != nil {
		return err
	}
	f.record(removeChange(before, old))
	return nil
}

func (f liveFiles) Rename(from, to string) error {
	if err := f.access(func() error { return os.Rename(from, to) }); err != nil {
		return err
	}
	f.record(renameChange(from, to))
	return nil
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
		return 0, fmt.Errorf("there is no user %q on this node", name)
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
		return 0, fmt.Errorf("there is no group %q on this node", name)
	}
	return g.GID, nil
}
