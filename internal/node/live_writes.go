//go:build linux

package node

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

func (f liveFiles) Write(path string, content []byte, a Attrs) error {
	var before Info
	var old []byte
	err := f.at(path, false, func(p place) (err error) {
		if before, err = p.info(); err != nil {
			return err
		}
		if before.Kind == Dir {
			return &fs.PathError{Op: "write", Path: path, Err: syscall.EISDIR}
		}
		old = p.contentOf(before)
		mode, uid, gid, err := f.resolve(before, a, 0o666)
		if err != nil {
			return err
		}
		err = p.replace(content, mode, uid, gid)
		if errors.Is(err, syscall.EBUSY) { // a mount point, such as /etc/hosts in a container
			err = f.overwrite(p, content, mode, uid, gid)
		}
		return errors.Join(err, p.stamp(a))
	})
	if err != nil {
		return err
	}
	f.record(WriteChange(named(before, path), old, content, a))
	return nil
}

// temporary is a name beside p that nobody can foresee.
func (p place) temporary() place { return place{dir: p.dir, name: ".pig-" + rand.Text(), path: p.path} }

// become moves p to the place of to.
func (p place) become(to place) error {
	if err := unix.Renameat(p.dir, p.name, to.dir, to.name); err != nil {
		return &os.LinkError{Op: "rename", Old: p.path, New: to.path, Err: err}
	}
	return nil
}

func (p place) unlink() { _ = unix.Unlinkat(p.dir, p.name, 0) }

// replace writes a new file beside p and moves it into place, so that no reader and no crash ever sees half of it.
func (p place) replace(content []byte, mode fs.FileMode, uid, gid int) (err error) {
	temp := p.temporary()
	file, err := temp.open(unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			temp.unlink()
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
		err = temp.become(p)
	}
	return err
}

// overwrite changes the content of a file that cannot be replaced, because something is mounted there.
func (f liveFiles) overwrite(p place, content []byte, mode fs.FileMode, uid, gid int) error {
	fd, _, err := f.grasp(p)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	file, err := os.OpenFile(held(fd), os.O_WRONLY|os.O_TRUNC, 0)
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

// stamp gives what was written the time that it is to have.
func (p place) stamp(a Attrs) error {
	if a.Mtime.IsZero() {
		return nil
	}
	at := unix.NsecToTimespec(a.Mtime.UnixNano())
	if err := unix.UtimesNanoAt(p.dir, p.name, []unix.Timespec{at, at}, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return &fs.PathError{Op: "set times", Path: p.path, Err: err}
	}
	return nil
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
	err = f.at(path, false, func(p place) error {
		if err := unix.Mkdirat(p.dir, p.name, 0o700); err != nil {
			return &fs.PathError{Op: "mkdir", Path: path, Err: err}
		}
		dir, err := p.open(unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err != nil {
			return err
		}
		defer dir.Close()
		// It is the one that was just made, or somebody has put another there.
		if names, err := dir.Readdirnames(1); len(names) > 0 || !errors.Is(err, io.EOF) {
			return &fs.PathError{Op: "mkdir", Path: path, Err: errors.Join(err, syscall.ENOTEMPTY)}
		}
		return errors.Join(attributes(dir, mode, uid, gid), p.stamp(a))
	})
	if err != nil {
		return err
	}
	f.record(MkdirChange(path, a))
	return nil
}

func (f liveFiles) Symlink(target, path string) error {
	return f.link("link", target, path, func(p place) error {
		if err := unix.Symlinkat(target, p.dir, p.name); err != nil {
			return &os.LinkError{Op: "symlink", Old: target, New: path, Err: err}
		}
		return nil
	})
}

func (f liveFiles) Hardlink(target, path string) error {
	return f.link("hard link", target, path, func(p place) error {
		from, err := f.walk(target, false)
		if err != nil {
			return err
		}
		defer from.close()
		if err := unix.Linkat(from.dir, from.name, p.dir, p.name, 0); err != nil {
			return &os.LinkError{Op: "link", Old: target, New: path, Err: err}
		}
		return nil
	})
}

func (f liveFiles) link(kind, target, path string, create func(place) error) error {
	var before Info
	err := f.at(path, false, func(p place) (err error) {
		if before, err = p.info(); err != nil {
			return err
		}
		if !before.Exists() {
			return create(p)
		}
		temp := p.temporary()
		if err := create(temp); err != nil {
			return err
		}
		defer temp.unlink() // if it is still there: two names of one file stay two when one is renamed to the other
		return temp.become(p)
	})
	if err != nil {
		return err
	}
	f.record(LinkChange(kind, named(before, path), target))
	return nil
}

func (f liveFiles) Set(path string, follow bool, a Attrs) error {
	var before Info
	err := f.at(path, follow, func(p place) error {
		fd, i, err := f.grasp(p)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		before = i
		_, uid, gid, err := f.resolve(before, a, 0)
		if err != nil {
			return err
		}
		// The owner first: changing it clears setuid and setgid. -1 is what a link keeps.
		given := uid != before.UID && uid >= 0 || gid != before.GID && gid >= 0
		if given {
			if err := unix.Fchownat(fd, "", uid, gid, unix.AT_EMPTY_PATH); err != nil {
				return &fs.PathError{Op: "chown", Path: path, Err: err}
			}
		}
		// What is as it should be is left alone: its ctime stays, and backups and watchers have nothing to do.
		if a.Mode != nil && before.Kind != Link && (given || *a.Mode != before.Mode) {
			return unix.Chmod(held(fd), uint32(*a.Mode))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c, ok := AttrsChange(named(before, path), a); ok {
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
	err = f.at(path, true, func(p place) error {
		fd, _, err := f.grasp(p)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return unix.UtimesNanoAt(unix.AT_FDCWD, held(fd), nil, 0)
	})
	if err != nil {
		return err
	}
	f.record(TouchChange(before))
	if a == (Attrs{}) {
		return nil
	}
	return f.Set(path, true, a)
}

func (f liveFiles) Remove(path string) error {
	var before Info
	var old []byte
	err := f.at(path, false, func(p place) (err error) {
		if before, err = p.info(); err != nil || !before.Exists() {
			return err
		}
		old = p.contentOf(before)
		// A Root removes a tree by descriptors, and no link's target.
		root, err := os.OpenRoot(held(p.dir))
		if err != nil {
			return fmt.Errorf("cannot remove %s: %w", path, err)
		}
		defer func() { _ = root.Close() }()
		if err := root.RemoveAll(p.name); err != nil {
			return fmt.Errorf("cannot remove %s: %w", path, err)
		}
		return nil
	})
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) || err == nil && !before.Exists() {
		return nil
	}
	if err != nil {
		return err
	}
	f.record(RemoveChange(named(before, path), old))
	return nil
}

func (f liveFiles) Rename(from, to string) error {
	err := f.at(from, false, func(p place) error {
		into, err := f.walk(to, false)
		if err != nil {
			return err
		}
		defer into.close()
		return p.become(into)
	})
	if err != nil {
		return err
	}
	f.record(RenameChange(from, to))
	return nil
}
