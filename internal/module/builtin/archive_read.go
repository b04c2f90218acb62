package builtin

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"pig/internal/node"
)

// entry is a file, directory or link in an archive.
type entry struct {
	name         string // below the directory that it goes to
	kind         node.Kind
	mode         fs.FileMode
	owner, group string
	mtime        time.Time
	link         string // where a link leads; of a hard link the name in the archive
	hard         bool
	slash        bool // names of directories end in a slash for patterns
	size         int64
	content      func() (io.Reader, error)
}

// archiveFile reads a file of a node in pieces.
type archiveFile struct {
	files node.Files
	path  string
}

func (f archiveFile) ReadAt(p []byte, offset int64) (int, error) {
	piece, err := f.files.ReadAt(f.path, offset, len(p))
	n := copy(p, piece)
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

// errXz and errZstd are archives that need a program of the node, errFormat is a file that is none.
var (
	errXz     = errors.New("compressed with xz")
	errZstd   = errors.New("compressed with zstd")
	errFormat = errors.New("the format is not known")
)

// readArchive gives all entries of an archive to do, in their order, and tells what kind of archive it is.
func readArchive(src io.ReaderAt, size int64, do func(entry) error) (handler string, err error) {
	head := make([]byte, 512)
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	head = head[:n]
	whole := bufio.NewReaderSize(io.NewSectionReader(src, 0, size), 1<<20)
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "ZipArchive", readZip(src, size, do)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(whole)
		if err != nil {
			return "", err
		}
		return "TgzArchive", readTar(z, do)
	case bytes.HasPrefix(head, []byte("BZh")):
		return "TarArchive", readTar(bzip2.NewReader(whole), do)
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return "TarArchive", readTar(whole, do)
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		return "TarArchive", errXz
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return "TarArchive", errZstd
	}
	return "", errFormat
}

// inside is a name in an archive without what would lead out of the directory.
func inside(name string) string {
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

func readTar(r io.Reader, do func(entry) error) error {
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		e := entry{name: inside(h.Name), mode: fs.FileMode(h.Mode & 0o7777), owner: h.Uname, group: h.Gname, mtime: h.ModTime, size: h.Size, content: func() (io.Reader, error) { return t, nil }}
		if e.owner == "" {
			e.owner = fmt.Sprint(h.Uid)
		}
		if e.group == "" {
			e.group = fmt.Sprint(h.Gid)
		}
		switch h.Typeflag {
		case tar.TypeDir:
			e.kind = node.Dir
		case tar.TypeReg:
			e.kind = node.File
		case tar.TypeSymlink:
			e.kind, e.link = node.Link, h.Linkname
		case tar.TypeLink:
			e.kind, e.link, e.hard = node.File, inside(h.Linkname), true
		case tar.TypeXGlobalHeader:
			continue
		default:
			return fmt.Errorf("%s: devices and pipes cannot be extracted", h.Name)
		}
		if err := do(e); err != nil {
			return err
		}
	}
}

func readZip(src io.ReaderAt, size int64, do func(entry) error) error {
	z, err := zip.NewReader(src, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // inside sees to that
		return err
	}
	for _, f := range z.File {
		e := entry{name: inside(f.Name), slash: true, kind: node.File, mode: f.Mode().Perm(), mtime: f.Modified, size: int64(f.UncompressedSize64), content: func() (io.Reader, error) { return f.Open() }}
		switch {
		case f.Mode().IsDir():
			e.kind = node.Dir
		case f.Mode()&fs.ModeSymlink != 0:
			text, err := readAll(e)
			if err != nil {
				return err
			}
			e.kind, e.link = node.Link, string(text)
		}
		if err := do(e); err != nil {
			return err
		}
	}
	return nil
}

func readAll(e entry) ([]byte, error) {
	r, err := e.content()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// globMatch tells whether a name fits a pattern, as tar reads it: a star goes over slashes too.
func globMatch(pattern, name string) bool {
	for name != "" || pattern != "" {
		if pattern == "" {
			return false
		}
		if pattern[0] == '*' {
			for i := 0; i <= len(name); i++ {
				if globMatch(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if name == "" {
			return false
		}
		next := strings.IndexByte(pattern, ']')
		if pattern[0] == '[' && next > 0 {
			if ok, err := path.Match(pattern[:next+1], name[:1]); err != nil || !ok {
				return false
			}
			pattern, name = pattern[next+1:], name[1:]
			continue
		}
		if pattern[0] != '?' && pattern[0] != name[0] {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return true
}

// within tells whether a name, or a directory above it, fits one of the patterns.
func within(patterns []string, name string) bool {
	for at := name; at != "." && at != "/" && at != ""; at = path.Dir(at) {
		if slices.ContainsFunc(patterns, func(p string) bool {
			return globMatch(strings.TrimSuffix(p, "/"), at) || !strings.Contains(p, "/") && globMatch(p, path.Base(at))
		}) {
			return true
		}
	}
	return false
}
