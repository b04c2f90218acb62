package node

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func (f shadowFiles) Write(path string, content []byte, a Attrs) error {
	return f.write(path, content, false, a)
}

func (f shadowFiles) WriteUnknown(path string, a Attrs) error {
	return f.write(path, nil, true, a)
}

func (f shadowFiles) write(path string, content []byte, unknown bool, a Attrs) error {
	at, before, err := f.target(path, a)
	if err != nil {
		return err
	}
	if before.Kind == Dir {
		return &fs.PathError{Op: "write", Path: path, Err: syscall.EISDIR}
	}
	var old []byte
	if before.Kind != Link && before.Size <= PieceSize {
		old, _ = f.Read(at) // for the diff alone: what cannot be read is shown as empty
	}
	c := WriteChange(named(before, path), old, content, a)
	c.Unknown = unknown
	if unknown {
		c.Diff = ""
	}
	if content == nil {
		content = []byte{}
	}
	info := f.planInfo(at, File, before, a, 0o666)
	info.Size = int64(len(content))
	f.put(&plannedFile{info: info, content: content, unknown: unknown})
	f.record(c)
	return nil
}

// named gives what lies somewhere behind links the name by which the task knows it, as a live write reports it.
func named(i Info, path string) Info {
	i.Path = path
	return i
}

func (f shadowFiles) Generate(path string, _ func() ([]byte, error), a Attrs) ([]byte, error) {
	if err := f.WriteUnknown(path, a); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("the content of %s: %w", path, ErrUnknown)
}

// target finds the place that path means, and checks what a live write would check: that the directory is there, and
// the owner known.
func (f shadowFiles) target(path string, a Attrs) (string, Info, error) {
	at, err := f.real(path)
	if err != nil {
		return "", Info{}, err
	}
	dir, err := f.Stat(filepath.Dir(at), true)
	if err != nil {
		return "", Info{}, err
	}
	if dir.Kind != Dir && !dir.Assumed {
		return "", Info{}, &fs.PathError{Op: "write", Path: path, Err: fs.ErrNotExist}
	}
	if err := f.known(a); err != nil {
		return "", Info{}, err
	}
	before, err := f.entry(at)
	return at, before, err
}

func (f shadowFiles) known(a Attrs) error {
	accounts := f.Accounts()
	if a.Owner != "" && strings.Trim(a.Owner, "0123456789") != "" {
		if u, ok, err := accounts.User(a.Owner); err != nil || !ok && !u.Assumed {
			return errors.Join(err, fmt.Errorf("user %q not found on this node", a.Owner))
		}
	}
	if a.Group != "" && strings.Trim(a.Group, "0123456789") != "" {
		f.shadow.mu.Lock()
		unsure := f.shadow.unsure("")
		f.shadow.mu.Unlock()
		if _, ok, err := accounts.Group(a.Group); err != nil || !ok && !unsure {
			return errors.Join(err, fmt.Errorf("group %q not found on this node", a.Group))
		}
	}
	return nil
}

// planInfo is the description of an entry after a write.
func (f shadowFiles) planInfo(path string, kind Kind, before Info, a Attrs, fallback fs.FileMode) Info {
	i := Info{Path: path, Kind: kind, Mode: fallback &^ umask, Owner: f.user, UID: -1, GID: -1, Mtime: time.Now(), Nlink: 1}
	if u, ok, err := f.Accounts().User(f.user); err == nil && ok {
		i.UID, i.GID, i.Group = u.UID, u.GID, u.Group
	}
	if before.Exists() && before.Kind == kind {
		i.Mode, i.Owner, i.Group, i.UID, i.GID = before.Mode, before.Owner, before.Group, before.UID, before.GID
	}
	f.apply(&i, a)
	return i
}

func (f shadowFiles) apply(i *Info, a Attrs) {
	if a.Mode != nil {
		i.Mode = *a.Mode
	}
	if !a.Mtime.IsZero() {
		i.Mtime = a.Mtime
	}
	if a.Owner != "" {
		i.Owner, i.UID = a.Owner, -1
		if u, ok, err := f.Accounts().User(a.Owner); err == nil && ok {
			i.Owner, i.UID = u.Name, u.UID
		}
	}
	if a.Group != "" {
		i.Group, i.GID = a.Group, -1
		if g, ok, err := f.Accounts().Group(a.Group); err == nil && ok {
			i.Group, i.GID = g.Name, g.GID
		}
	}
}

func (f shadowFiles) put(p *plannedFile) {
	f.shadow.mu.Lock()
	defer f.shadow.mu.Unlock()
	f.shadow.files.put(p)
	if strings.HasPrefix(p.info.Path, "/etc/apt/") || strings.HasPrefix(p.info.Path, "/etc/yum.repos.d/") {
		f.shadow.lists = true
	}
}

func (f shadowFiles) Mkdir(path string, a Attrs) error {
	at, before, err := f.target(path, a)
	if err != nil {
		return err
	}
	if before.Exists() {
		return &fs.PathError{Op: "mkdir", Path: path, Err: fs.ErrExist}
	}
	c := MkdirChange(path, a)
	c.Assumed = before.Assumed
	f.put(&plannedFile{info: f.planInfo(at, Dir, before, a, 0o777), fresh: !before.Assumed})
	f.record(c)
	return nil
}

func (f shadowFiles) Symlink(target, path string) error {
	at, before, err := f.target(path, Attrs{})
	if err != nil {
		return err
	}
	info := f.planInfo(at, Link, Info{}, Attrs{}, 0o777)
	info.Mode, info.Target = 0o777, target
	f.put(&plannedFile{info: info})
	f.record(LinkChange("link", named(before, path), target))
	return nil
}

func (f shadowFiles) Hardlink(target, path string) error {
	at, before, err := f.target(path, Attrs{})
	if err != nil {
		return err
	}
	content, err := f.Read(target)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return err
	}
	source, err := f.Stat(target, true)
	if err != nil {
		return err
	}
	source.Path = at
	f.put(&plannedFile{info: source, content: content, unknown: content == nil})
	f.record(LinkChange("hard link", named(before, path), target))
	return nil
}

func (f shadowFiles) Set(path string, follow bool, a Attrs) error {
	before, err := f.Stat(path, follow)
	if err != nil {
		return err
	}
	if !before.Exists() {
		if before.Assumed {
			return fmt.Errorf("the attributes of %s: %w", path, ErrUnknown)
		}
		return &fs.PathError{Op: "set attributes", Path: path, Err: fs.ErrNotExist}
	}
	if err := errors.Join(f.known(a), f.alias(before)); err != nil {
		return err
	}
	c, changed := AttrsChange(named(before, path), a)
	if !changed {
		return nil
	}
	f.shadow.mu.Lock()
	p := plannedFile{}
	if was, ok := f.shadow.files.at[before.Path]; ok {
		p = *was
	}
	f.shadow.mu.Unlock()
	p.info = before
	f.apply(&p.info, a)
	f.put(&p)
	f.record(c)
	return nil
}

// alias refuses what grasp refuses.
func (f shadowFiles) alias(i Info) error {
	dir, err := f.entry(filepath.Dir(i.Path))
	if err != nil || !f.root() {
		return err
	}
	return Alias(i, dir)
}

func (f shadowFiles) Touch(path string, a Attrs) error {
	before, err := f.Stat(path, true)
	if err != nil {
		return err
	}
	if !before.Exists() {
		return f.Write(path, nil, a)
	}
	if err := f.alias(before); err != nil {
		return err
	}
	f.record(TouchChange(named(before, path)))
	if a == (Attrs{}) {
		return nil
	}
	return f.Set(path, true, a)
}

func (f shadowFiles) Remove(path string) error {
	at, err := f.real(path)
	if err != nil {
		return err
	}
	before, err := f.entry(at)
	if err != nil || !before.Exists() && !before.Assumed {
		return err
	}
	if before.Assumed { // a package may bring it; then it goes
		c := RemoveChange(named(before, path), nil)
		c.Assumed = true
		f.put(&plannedFile{info: Info{Path: at, Kind: Absent}})
		f.record(c)
		return nil
	}
	var old []byte
	if before.Kind == File && before.Size <= PieceSize {
		old, _ = f.Read(at) // for the diff alone
	}
	f.shadow.mu.Lock()
	f.shadow.files.dropBelow(at)
	f.shadow.mu.Unlock()
	f.put(&plannedFile{info: Info{Path: at, Kind: Absent}})
	f.record(RemoveChange(named(before, path), old))
	return nil
}

func (f shadowFiles) Rename(from, to string) error {
	source, err := f.Stat(from, false)
	if err != nil {
		return err
	}
	if !source.Exists() && !source.Assumed {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	at, _, err := f.target(to, Attrs{})
	if err != nil {
		return err
	}
	p := plannedFile{info: source, unknown: true}
	if content, err := f.Read(from); err == nil {
		p.content, p.unknown = content, false
	}
	f.put(&plannedFile{info: Info{Path: source.Path, Kind: Absent}})
	p.info.Path = at
	f.put(&p)
	f.record(RenameChange(from, to))
	return nil
}
