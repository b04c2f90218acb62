//go:build linux

package node

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// pieces are the large files that gather beside their places, open, by account and path: what lies under the name of one by
// then may be somebody else's.
type pieces struct {
	mu   sync.Mutex
	open map[string]*os.File
}

// keep holds file, or nothing, under key, and gives what was held.
func (p *pieces) keep(key string, file *os.File) (was *os.File) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was = p.open[key]
	if file == nil {
		delete(p.open, key)
		return was
	}
	if p.open == nil {
		p.open = map[string]*os.File{}
	}
	p.open[key] = file
	return was
}

func (p *pieces) at(key string) *os.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open[key]
}

// pieceKey names the large file that gathers for path.
func (f liveFiles) pieceKey(path string) string { return f.id.name + ":" + filepath.Clean(path) }

// staged is where the pieces of a large file gather, on the same file system as the file. The name is known, so that what an
// agent left behind that died is found and not left for ever.
func (p place) staged() place {
	return place{dir: p.dir, name: "." + p.name + ".pig-pieces", path: p.path}
}

func (f liveFiles) ReadAt(path string, offset int64, n int) (piece []byte, err error) {
	err = f.at(path, true, func(p place) error {
		file, err := p.open(unix.O_RDONLY, 0)
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
	if offset == 0 {
		if err := f.beginPieces(path); err != nil {
			return err
		}
	}
	file := f.live.pieces.at(f.pieceKey(path))
	if file == nil {
		return fmt.Errorf("received a part of %s before the first part", path)
	}
	_, err := file.WriteAt(piece, offset)
	if err != nil { // a full disk is not to stay full
		_ = f.Unstage(path)
	}
	return err
}

func (f liveFiles) beginPieces(path string) error {
	return f.at(path, false, func(p place) error {
		p.staged().unlink()
		file, err := p.staged().open(unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		if was := f.live.pieces.keep(f.pieceKey(path), file); was != nil {
			was.Close()
		}
		return nil
	})
}

func (f liveFiles) Unstage(path string) error {
	if file := f.live.pieces.keep(f.pieceKey(path), nil); file != nil {
		file.Close()
	}
	return f.at(path, false, func(p place) error { p.staged().unlink(); return nil })
}

func (f liveFiles) Place(path string, size int64, a Attrs) error {
	var before Info
	err := f.at(path, false, func(p place) (err error) {
		if before, err = p.info(); err != nil {
			return err
		}
		if before.Kind == Dir {
			return &fs.PathError{Op: "write", Path: path, Err: syscall.EISDIR}
		}
		mode, uid, gid, err := f.resolve(before, a, 0o666)
		if err != nil {
			return err
		}
		file := f.live.pieces.at(f.pieceKey(path))
		if file == nil {
			return fmt.Errorf("no parts of %s were received", path)
		}
		i, err := file.Stat()
		if err != nil {
			return err
		}
		if i.Size() != size {
			return fmt.Errorf("%s was received incompletely: %d of %d bytes", path, i.Size(), size)
		}
		if err := errors.Join(attributes(file, mode, uid, gid), file.Sync()); err != nil {
			return err
		}
		return errors.Join(p.staged().become(p), p.stamp(a))
	})
	if err != nil {
		_ = f.Unstage(path)
		return err
	}
	if file := f.live.pieces.keep(f.pieceKey(path), nil); file != nil {
		file.Close()
	}
	f.record(WriteChange(named(before, path), nil, nil, a))
	return nil
}
