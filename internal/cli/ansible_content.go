package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/diag"
)

// content are the files of a role or a collection, before anything of them is written.
type content struct{ files []contentFile }

type contentFile struct {
	name       string
	text       []byte
	executable bool
	link       string
}

func (c *content) add(name string, text []byte) {
	c.files = slices.DeleteFunc(c.files, func(f contentFile) bool { return f.name == name })
	c.files = append(c.files, contentFile{name: name, text: text})
}

func (c *content) has(name string) bool { _, ok := c.text(name); return ok }

func (c *content) text(name string) ([]byte, bool) {
	for _, f := range c.files {
		if f.name == name {
			return f.text, true
		}
	}
	return nil, false
}

// listedFile is an entry of FILES.json.
type listedFile struct {
	Name   string  `json:"name"`
	Kind   string  `json:"ftype"`
	Sum    *string `json:"chksum_type"`
	SHA256 *string `json:"chksum_sha256"`
	Format int     `json:"format"`
}

// manifest adds the files that say what a collection is, and what is in it, unless they are there; galaxy.yml was for building it.
func (c *content) manifest(id identity) error {
	if c.has("MANIFEST.json") {
		return nil
	}
	kind := "sha256"
	c.files = slices.DeleteFunc(c.files, func(f contentFile) bool { return f.name == "galaxy.yml" })
	files := []listedFile{{Name: ".", Kind: "dir", Format: 1}}
	seen := map[string]bool{".": true}
	for _, f := range c.files {
		for dir := path.Dir(f.name); !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			files = append(files, listedFile{Name: dir, Kind: "dir", Format: 1})
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(f.text))
		files = append(files, listedFile{f.name, "file", &kind, &sum, 1})
	}
	list, err := json.MarshalIndent(map[string]any{"files": files, "format": 1}, "", " ")
	if err != nil {
		return err
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(list))
	about, err := json.MarshalIndent(map[string]any{
		"collection_info": id, "file_manifest_file": listedFile{"FILES.json", "file", &kind, &sum, 1}, "format": 1,
	}, "", " ")
	if err != nil {
		return err
	}
	c.add("FILES.json", list)
	c.add("MANIFEST.json", about)
	return nil
}

// mostContent bounds what a tarball unpacks to.
const mostContent = 1 << 30

// contentOf reads a directory or a tarball. Its root is where one of the files with these names is.
func contentOf(source string, marks ...string) (*content, error) {
	info, err := os.Stat(source)
	if err != nil {
		return nil, err
	}
	c := &content{}
	if info.IsDir() {
		err = c.readDir(source)
	} else {
		err = c.readTar(source)
	}
	if err != nil {
		return nil, diag.Errorf(diag.Pos{File: source}, "cannot read: %v", err)
	}
	root, found := "", false
	for _, f := range c.files {
		for _, mark := range marks {
			if f.name != mark && !strings.HasSuffix(f.name, "/"+mark) {
				continue
			}
			if at := strings.TrimSuffix(f.name, mark); !found || len(at) < len(root) {
				root, found = at, true
			}
		}
	}
	if !found {
		return nil, diag.Errorf(diag.Pos{File: source}, "invalid content: want a file %s", strings.Join(marks, ", "))
	}
	var inside []contentFile
	for _, f := range c.files {
		if name, ok := strings.CutPrefix(f.name, root); ok {
			f.name = name
			inside = append(inside, f)
		}
	}
	c.files = inside
	return c, nil
}

func (c *content) readDir(dir string) error {
	return filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() && e.Name() != ".git" {
			return err
		}
		if e.IsDir() {
			return fs.SkipDir
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		f := contentFile{name: filepath.ToSlash(rel), executable: info.Mode()&0o111 != 0}
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			if f.link, err = os.Readlink(p); err != nil {
				return err
			}
			err = f.inside()
		case info.Mode().IsRegular():
			f.text, err = os.ReadFile(p)
		default:
			return nil
		}
		c.files = append(c.files, f)
		return err
	})
}

func (c *content) readTar(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var r io.Reader = bytes.NewReader(text)
	if bytes.HasPrefix(text, []byte{0x1f, 0x8b}) {
		if r, err = gzip.NewReader(r); err != nil {
			return err
		}
	}
	t := tar.NewReader(io.LimitReader(r, mostContent))
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		f := contentFile{name: path.Clean(h.Name), executable: h.Mode&0o111 != 0}
		switch h.Typeflag {
		case tar.TypeReg:
			if f.text, err = io.ReadAll(t); err != nil {
				return err
			}
		case tar.TypeSymlink:
			f.link = h.Linkname
		default:
			continue
		}
		if err := f.inside(); err != nil {
			return err
		}
		c.files = append(c.files, f)
	}
}

// inside refuses a name, or the aim of a link, that lies outside.
func (f contentFile) inside() error {
	aim := f.name
	if f.link != "" {
		aim = path.Join(path.Dir(f.name), f.link)
	}
	if path.IsAbs(f.name) || path.IsAbs(f.link) || !filepath.IsLocal(f.name) || !filepath.IsLocal(aim) {
		return fmt.Errorf("%s lies outside", f.name)
	}
	return nil
}

// replace writes the files in place of a directory: beside it first, so that nobody sees half of them.
func (c *content) replace(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil { //nolint:gosec // for everybody, as Ansible makes it
		return err
	}
	made, err := os.MkdirTemp(filepath.Dir(dir), ".new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(made) }()
	if err := os.Chmod(made, 0o755); err != nil { //nolint:gosec // for everybody, as Ansible makes it
		return err
	}
	for _, f := range c.files {
		p := filepath.Join(made, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil { //nolint:gosec // for everybody
			return err
		}
		mode := os.FileMode(0o644)
		if f.executable {
			mode = 0o755
		}
		if f.link != "" {
			err = os.Symlink(f.link, p)
		} else {
			err = os.WriteFile(p, f.text, mode)
		}
		if err != nil {
			return err
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(made, dir)
}
