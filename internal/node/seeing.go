//go:build linux

package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// seeing runs f where the paths of files are as they say. The calling thread gets a view of the file system of its own, in which
// memory is mounted over the directories of these files, with all else that is in them. Programs that f starts share the view; it ends
// with them, so nothing is left behind, whatever happens.
func seeing(files []Seen, f func() error) error {
	if len(files) == 0 {
		return f()
	}
	return apart(func() error {
		if err := show(files); err != nil {
			return fmt.Errorf("cannot show the files to the check: %w", err)
		}
		return f()
	})
}

// apart runs f on a thread that is given up afterwards. The first thread of a process cannot be given up, and what others read of the
// process (/proc/PID) is its: it is held meanwhile, so that another one takes the work.
func apart(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			done <- apart(f)
			runtime.UnlockOSThread()
			return
		}
		done <- f() // never unlocked: the thread ends with this goroutine
	}()
	return <-done
}

func show(files []Seen) error {
	if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
		return fmt.Errorf("cannot create a mount namespace: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("cannot make mounts private: %w", err)
	}
	byDir := map[string]map[string]Seen{}
	for _, file := range files { // the later of two that name one path counts
		if err := arrange(byDir, file); err != nil {
			return err
		}
	}
	dirs := make([]string, 0, len(byDir))
	for dir := range byDir {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs) // a directory before those in it
	for _, dir := range dirs {
		if err := renew(dir, byDir[dir]); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return nil
}

// arrange puts a file with its directory, and directories that are missing with theirs.
func arrange(byDir map[string]map[string]Seen, file Seen) error {
	dir, name := filepath.Split(filepath.Clean(file.Path))
	dir = filepath.Clean(dir)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if dir == "/" {
		return fmt.Errorf("%s: the root directory cannot be shown as another", file.Path)
	}
	if byDir[dir] == nil {
		byDir[dir] = map[string]Seen{}
	}
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) && file.Kind != Absent {
		if _, known := byDir[filepath.Dir(dir)][filepath.Base(dir)]; !known {
			if err := arrange(byDir, Seen{Path: dir, Kind: Dir}); err != nil {
				return err
			}
		}
	}
	byDir[dir][name] = file
	return nil
}

// renew mounts memory over a directory and puts into it what was there before, but for what is seen otherwise.
func renew(dir string, seen map[string]Seen) error {
	here, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(here) //nolint:errcheck // it was only held
	var st unix.Stat_t
	if err := unix.Fstat(here, &st); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	before := "/proc/thread-self/fd/" + strconv.Itoa(here)
	if err := unix.Mount("pig", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprintf("mode=%o,uid=%d,gid=%d", st.Mode&0o7777, st.Uid, st.Gid)); err != nil {
		return err
	}
	for _, e := range entries {
		if _, other := seen[e.Name()]; !other {
			if err := keep(filepath.Join(before, e.Name()), filepath.Join(dir, e.Name()), e); err != nil {
				return err
			}
		}
	}
	for name, file := range seen {
		if err := put(filepath.Join(before, name), filepath.Join(dir, name), file); err != nil {
			return err
		}
	}
	return nil
}

// keep shows an entry as it is.
func keep(was, at string, e fs.DirEntry) error {
	if e.Type()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(was)
		if err != nil {
			return err
		}
		return os.Symlink(target, at)
	}
	var err error
	if e.IsDir() {
		err = os.Mkdir(at, 0o700)
	} else {
		err = os.WriteFile(at, nil, 0o600)
	}
	if err != nil {
		return err
	}
	return unix.Mount(was, at, "", unix.MS_BIND|unix.MS_REC, "")
}

// put shows a path as it is to be seen; what is not said of it is as on the entry that was there.
func put(was, at string, file Seen) error {
	mode, uid, gid := fs.FileMode(0o644), 0, 0
	if file.Kind == Dir {
		mode = 0o755
	}
	var st unix.Stat_t
	if err := unix.Lstat(was, &st); err == nil {
		mode, uid, gid = fs.FileMode(st.Mode&0o777), int(st.Uid), int(st.Gid)
	}
	if file.Attrs.Mode != nil {
		mode = *file.Attrs.Mode & fs.ModePerm
	}
	if a, ok, err := readUser(file.Attrs.Owner); err == nil && ok {
		uid = a.UID
	}
	if g, ok, err := readGroup(file.Attrs.Group); err == nil && ok {
		gid = g.GID
	}
	var err error
	switch file.Kind {
	case Absent:
		return nil
	case Link:
		return os.Symlink(string(file.Content), at)
	case Dir:
		err = os.Mkdir(at, mode)
	default:
		err = os.WriteFile(at, file.Content, mode)
	}
	return errors.Join(err, os.Chmod(at, mode), os.Chown(at, uid, gid))
}
