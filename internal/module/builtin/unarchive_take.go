package builtin

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"

	"pig/internal/node"
)

// take puts one entry of an archive into its place, if it is not there already.
func (u *unpacking) take(e entry) error {
	if e.name == "" || !u.wanted(e) {
		return nil
	}
	name := u.stripped(e.name)
	if name == "" {
		return nil
	}
	shown := name
	if e.kind == node.Dir {
		shown += "/"
	}
	u.listed = append(u.listed, shown)
	u.names = append(u.names, name)
	to := u.dest + "/" + name
	now, err := u.System.Files().Stat(to, false)
	if err != nil {
		return err
	}
	if u.Args.Bool("keep_newer") && now.Kind == node.File && !now.Mtime.Before(e.mtime) {
		return nil
	}
	if err := mkdirScratch(u, path.Dir(to)); err != nil {
		return err
	}
	a := u.attrs(e)
	switch {
	case e.kind == node.Dir:
		return u.directory(to, now, a)
	case e.kind == node.Link:
		if now.Kind == node.Link && now.Target == e.link {
			return nil
		}
		u.changed = true
		return u.Scratch.Files().Symlink(e.link, to)
	case e.hard:
		return u.hardLink(to, now, e)
	}
	return u.file(to, now, a, e)
}

// attrs are those that the archive gives an entry: what the task says goes before it.
func (u *unpacking) attrs(e entry) node.Attrs {
	a := node.Attrs{Mtime: e.mtime}
	mode := e.mode
	if u.foreign {
		mode &^= 0o022
	}
	if !u.Args.Has("mode") {
		a.Mode = &mode
	}
	if u.foreign || e.owner == "" {
		return a
	}
	if !u.Args.Has("owner") {
		a.Owner = u.account(e.owner)
	}
	if !u.Args.Has("group") {
		if _, ok, err := u.System.Accounts().Group(e.group); err == nil && (ok || isDigits(e.group)) {
			a.Group = e.group
		}
	}
	return a
}

// account is an owner that the node knows, "" for others: the file is then of who extracts it.
func (u *unpacking) account(name string) string {
	if a, ok, err := u.System.Accounts().User(name); err == nil && (ok || a.Assumed) || isDigits(name) {
		return name
	}
	return ""
}

func isDigits(text string) bool { return text != "" && isNumber(text) }

func mkdirScratch(u *unpacking, dir string) error {
	i, err := u.System.Files().Stat(dir, true)
	if err != nil || i.Kind == node.Dir || i.Assumed {
		return err
	}
	if err := mkdirScratch(u, path.Dir(dir)); err != nil {
		return err
	}
	u.changed = true
	return u.Scratch.Files().Mkdir(dir, node.Attrs{})
}

func (u *unpacking) directory(to string, now node.Info, a node.Attrs) error {
	if now.Kind == node.Dir {
		return u.set(to, now, a)
	}
	u.changed = true
	if now.Exists() {
		if err := u.Scratch.Files().Remove(to); err != nil {
			return err
		}
	}
	return u.Scratch.Files().Mkdir(to, a)
}

// set gives what is there the attributes of the archive.
func (u *unpacking) set(to string, now node.Info, a node.Attrs) error {
	if _, differs := node.AttrsChange(now, a); !differs {
		return nil
	}
	u.changed = true
	return u.Scratch.Files().Set(to, false, a)
}

func (u *unpacking) hardLink(to string, now node.Info, e entry) error {
	from := u.dest + "/" + u.stripped(e.link)
	source, err := u.System.Files().Stat(from, false)
	if err != nil {
		return err
	}
	if now.Exists() && source.Inode != 0 && now.Inode == source.Inode && now.Dev == source.Dev {
		return nil
	}
	u.changed = true
	return u.Scratch.Files().Hardlink(from, to)
}

// file writes a file that is another, piece by piece if it is large.
func (u *unpacking) file(to string, now node.Info, a node.Attrs, e entry) error {
	r, err := e.content()
	if err != nil {
		return err
	}
	if now.Kind == node.Dir {
		return &fs.PathError{Op: "write", Path: to, Err: errors.New("a directory exists")}
	}
	if e.size > node.PieceSize {
		return u.large(to, now, a, e, r)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if now.Kind == node.File && now.Size == e.size {
		old, err := u.System.Files().Read(to)
		if err == nil && bytes.Equal(old, content) {
			return u.set(to, now, a)
		}
		if err != nil && !isUnknown(err) {
			return err
		}
	}
	u.changed = true
	return u.Scratch.Files().Write(to, content, a)
}

func (u *unpacking) large(to string, now node.Info, a node.Attrs, e entry, r io.Reader) error {
	same := now.Kind == node.File && now.Size == e.size
	piece := make([]byte, node.PieceSize)
	for offset := int64(0); offset < e.size; {
		n, err := io.ReadFull(r, piece)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if same {
			old, err := u.System.Files().ReadAt(to, offset, n)
			same = err == nil && bytes.Equal(old, piece[:n])
		}
		if err := u.Scratch.Files().Stage(to, offset, piece[:n]); err != nil {
			return err
		}
		offset += int64(n)
	}
	if same {
		_ = u.Scratch.Files().Unstage(to)
		return u.set(to, now, a)
	}
	u.changed = true
	return u.Scratch.Files().Place(to, e.size, a)
}
