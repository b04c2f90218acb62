package node

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// PieceSize is how much of a large file travels, or lies in memory, at once. Smaller files go in one piece.
const PieceSize = 8 << 20

// staged is where the pieces of a large file gather, on the same file system as the file.
func staged(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".pig-pieces")
}

func (f liveFiles) ReadAt(path string, offset int64, n int) (piece []byte, err error) {
	err = f.access(func() error {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		piece = make([]byte, n)
		got, err := file.ReadAt(piece, offset)
		piece = piece[:got]
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	})
	return piece, err
}

func (f liveFiles) Stage(path string, offset int64, piece []byte) error {
	return f.access(func() error {
		flags := os.O_WRONLY
		if offset == 0 {
			flags |= os.O_CREATE | os.O_TRUNC
		}
		file, err := os.OpenFile(staged(path), flags, 0o600)
		if err != nil {
			return err
		}
		_, err = file.WriteAt(piece, offset)
		if e := file.Close(); err == nil {
			err = e
		}
		if err != nil { // a full disk is not to stay full
			_ = os.Remove(staged(path))
		}
		return err
	})
}

func (f liveFiles) Unstage(path string) error {
	return f.access(func() error { return os.Remove(staged(path)) })
}

func (f liveFiles) Place(path string, size int64, a Attrs) (err error) {
	defer func() {
		if err != nil {
			_ = f.Unstage(path)
		}
	}()
	before, err := f.Stat(path, false)
	if err != nil {
		return err
	}
	if before.Kind == Dir {
		return &fs.PathError{Op: "write", Path: path, Err: syscall.EISDIR}
	}
	mode, uid, gid, err := f.resolve(before, a, 0o666)
	if err != nil {
		return err
	}
	err = f.access(func() error {
		file, err := os.OpenFile(staged(path), os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer file.Close()
		i, err := file.Stat()
		if err != nil {
			return err
		}
		if i.Size() != size {
			return fmt.Errorf("%s has not come whole: %d bytes of %d", path, i.Size(), size)
		}
		if err := errors.Join(attributes(file, mode, uid, gid), file.Sync()); err != nil {
			return err
		}
		return os.Rename(staged(path), path)
	})
	if err != nil {
		return err
	}
	f.record(writeChange(before, nil, nil, a))
	return nil
}

func (f shadowFiles) ReadAt(path string, offset int64, n int) ([]byte, error) {
	i, err := f.Stat(path, true)
	if err != nil {
		return nil, err
	}
	f.shadow.mu.Lock()
	_, planned := f.shadow.files[i.Path]
	f.shadow.mu.Unlock()
	if !planned && i.Exists() {
		return f.live.Files().ReadAt(i.Path, offset, n)
	}
	content, err := f.Read(path)
	if err != nil || offset >= int64(len(content)) {
		return nil, err
	}
	content = content[offset:]
	return content[:min(n, len(content))], nil
}

func (shadowFiles) Stage(string, int64, []byte) error { return nil }
func (shadowFiles) Unstage(string) error              { return nil }

func (f shadowFiles) Place(path string, size int64, a Attrs) error {
	at, before, err := f.target(path, a)
	if err != nil {
		return err
	}
	if before.Kind == Dir {
		return &fs.PathError{Op: "write", Path: path, Err: syscall.EISDIR}
	}
	info := f.planInfo(at, File, before, a, 0o666)
	info.Size = size
	f.put(&plannedFile{info: info, unknown: true})
	f.record(writeChange(named(before, path), nil, nil, a))
	return nil
}

func (bareFiles) ReadAt(path string, _ int64, _ int) ([]byte, error) {
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

func (bareFiles) Stage(string, int64, []byte) error { return errBare }
func (bareFiles) Unstage(string) error              { return errBare }
func (bareFiles) Place(string, int64, Attrs) error  { return errBare }
