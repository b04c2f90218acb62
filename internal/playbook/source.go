package playbook

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Embedded begins the path of a file that pig carries in itself.
const Embedded = "pig:"

// Files reads playbooks, roles and templates from disk, and those that pig carries from memory.
type Files struct {
	embedded fs.FS // roles/, playbooks/, templates/
}

// NewFiles carries embedded, which may be nil.
func NewFiles(embedded fs.FS) *Files { return &Files{embedded: embedded} }

func (f *Files) inside(path string) (string, bool) {
	name, ok := strings.CutPrefix(path, Embedded)
	if !ok || f.embedded == nil {
		return "", false
	}
	name = strings.Trim(filepath.Clean("/"+name), "/")
	if name == "" {
		name = "."
	}
	return name, true
}

// Read gives the content of a file.
func (f *Files) Read(path string) ([]byte, error) {
	if name, ok := f.inside(path); ok {
		return fs.ReadFile(f.embedded, name)
	}
	return os.ReadFile(path)
}

// Stat describes a path.
func (f *Files) Stat(path string) (fs.FileInfo, error) {
	if name, ok := f.inside(path); ok {
		return fs.Stat(f.embedded, name)
	}
	return os.Stat(path)
}

// List names the entries of a directory, sorted.
func (f *Files) List(path string) ([]string, error) {
	var entries []fs.DirEntry
	var err error
	if name, ok := f.inside(path); ok {
		entries, err = fs.ReadDir(f.embedded, name)
	} else {
		entries, err = os.ReadDir(path)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

// Walk gives the regular files below dir, relative to it, sorted.
func (f *Files) Walk(dir string) ([]string, error) {
	names, err := f.List(dir)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, n := range names {
		info, err := f.Stat(Join(dir, n))
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			all = append(all, n)
			continue
		}
		below, err := f.Walk(Join(dir, n))
		if err != nil {
			return nil, err
		}
		for _, b := range below {
			all = append(all, n+"/"+b)
		}
	}
	slices.Sort(all)
	return all, nil
}

// Exists tells whether there is anything at path.
func (f *Files) Exists(path string) bool {
	_, err := f.Stat(path)
	return err == nil
}

// IsDir tells whether path is a directory.
func (f *Files) IsDir(path string) bool {
	info, err := f.Stat(path)
	return err == nil && info.IsDir()
}

// Join joins path elements; an absolute one starts anew.
func Join(dir string, elems ...string) string {
	for _, e := range elems {
		if filepath.IsAbs(e) || strings.HasPrefix(e, Embedded) {
			dir = e
			continue
		}
		dir = strings.TrimSuffix(dir, "/") + "/" + e
	}
	if rest, ok := strings.CutPrefix(dir, Embedded); ok {
		return Embedded + strings.TrimPrefix(filepath.Clean("/"+rest), "/")
	}
	return filepath.Clean(dir)
}

// Dir is the directory of a path.
func Dir(path string) string {
	if rest, ok := strings.CutPrefix(path, Embedded); ok {
		d := filepath.Dir(rest)
		if d == "." {
			d = ""
		}
		return Embedded + d
	}
	return filepath.Dir(path)
}

// ErrNotFound is a file that a search did not find.
var ErrNotFound = errors.New("not found")

// Search finds name as Ansible searches files: below the directory kind (files, templates, tasks, vars) of the role and
// beside it, then of the playbook. It tells where it looked.
func (f *Files) Search(kind, name, roleDir, fromDir, playDir string) (string, []string, error) {
	if filepath.IsAbs(name) || strings.HasPrefix(name, Embedded) {
		if f.Exists(name) {
			return name, nil, nil
		}
		return "", []string{name}, ErrNotFound
	}
	var places []string
	add := func(dir string) {
		if dir == "" {
			return
		}
		for _, p := range []string{Join(dir, kind, name), Join(dir, name)} {
			if !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
	}
	add(roleDir)
	if roleDir != "" {
		add(Join(roleDir, "tasks"))
	}
	add(fromDir)
	add(playDir)
	for _, p := range places {
		if f.Exists(p) {
			return p, places, nil
		}
	}
	return "", places, ErrNotFound
}
