package node

import (
	"io/fs"
	"syscall"
)

func (f shadowFiles) ReadAt(path string, offset int64, n int) ([]byte, error) {
	i, err := f.Stat(path, true)
	if err != nil {
		return nil, err
	}
	f.shadow.mu.Lock()
	_, planned := f.shadow.files.at[i.Path]
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
	f.record(WriteChange(named(before, path), nil, nil, a))
	return nil
}

func (bareFiles) ReadAt(path string, _ int64, _ int) ([]byte, error) {
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

func (bareFiles) Stage(string, int64, []byte) error { return errBare }
func (bareFiles) Unstage(string) error              { return errBare }
func (bareFiles) Place(string, int64, Attrs) error  { return errBare }
