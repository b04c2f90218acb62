package builtin

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io/fs"
	"time"

	"pig/internal/node"
)

// pack makes the archive, or of a single file its compressed form.
func (p *packing) pack(ctx context.Context, format string, single bool) ([]byte, error) {
	switch {
	case format == "zip":
		return p.zipped()
	case single && format != "tar":
		content, err := p.System.Files().Read(p.entries[0].path)
		if err != nil {
			return nil, err
		}
		return p.compressed(ctx, format, content)
	}
	content, err := p.tarred()
	if err != nil || format == "tar" {
		return content, err
	}
	return p.compressed(ctx, format, content)
}

// compressed compresses; programs do it where Go's library cannot.
func (p *packing) compressed(ctx context.Context, format string, content []byte) ([]byte, error) {
	if format == "gz" {
		var b bytes.Buffer
		w := gzip.NewWriter(&b) // without a time: the same content is the same file
		if _, err := w.Write(content); err != nil {
			return nil, err
		}
		err := w.Close()
		return b.Bytes(), err
	}
	argv := []string{map[string]string{"bz2": "bzip2", "xz": "xz"}[format], "-c"}
	out, err := p.System.Exec(ctx, node.Cmd{Argv: argv, Env: plainWords, Stdin: content, ReadOnly: true})
	if err == nil && out.RC != 0 {
		err = &node.CommandError{Argv: argv, Output: out}
	}
	return out.Stdout, err
}

func (p *packing) tarred() ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range p.entries {
		h := &tar.Header{
			Name: e.name, Mode: int64(e.info.Mode.Perm()), Uid: max(e.info.UID, 0), Gid: max(e.info.GID, 0), Uname: e.info.Owner, Gname: e.info.Group,
			ModTime: e.info.Mtime.Truncate(time.Second), Typeflag: tar.TypeReg, Format: tar.FormatGNU,
		}
		var content []byte
		switch e.info.Kind {
		case node.Dir:
			h.Typeflag, h.Name = tar.TypeDir, e.name+"/"
		case node.Link:
			h.Typeflag, h.Linkname = tar.TypeSymlink, e.info.Target
		case node.File:
			var err error
			if content, err = p.System.Files().Read(e.path); err != nil {
				return nil, err
			}
			h.Size = int64(len(content))
		default:
			continue
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, fmt.Errorf("cannot pack %s: %w", e.path, err)
		}
		if _, err := w.Write(content); err != nil {
			return nil, fmt.Errorf("cannot pack %s: %w", e.path, err)
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

func (p *packing) zipped() ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range p.entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: e.info.Mtime.UTC().Truncate(2 * time.Second)}
		h.SetMode(e.info.Mode.Perm())
		var content []byte
		var err error
		switch e.info.Kind {
		case node.Dir:
			h.Name, h.Method = e.name+"/", zip.Store
			h.SetMode(e.info.Mode.Perm() | fs.ModeDir)
		case node.Link:
			h.SetMode(fs.ModeSymlink | 0o777)
			content = []byte(e.info.Target)
		case node.File:
			content, err = p.System.Files().Read(e.path)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		to, err := w.CreateHeader(h)
		if err == nil {
			_, err = to.Write(content)
		}
		if err != nil {
			return nil, fmt.Errorf("cannot pack %s: %w", e.path, err)
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
