package engine

import (
	"io/fs"
	"path"
	"strings"

	"pig/internal/playbook"
)

// lookupFiles lets lookups find files as a task of the playbook does.
type lookupFiles struct {
	pr *playRun
	t  *playbook.Task
}

// find searches as Ansible does; the error tells all places that were looked at.
func (l *lookupFiles) find(kind, name string) (string, []string, error) {
	role, from := "", ""
	if l.t != nil {
		if l.t.Role != nil {
			role = l.t.Role.Dir
		}
		from = playbook.Dir(l.t.File)
	}
	return l.pr.e.Files.Search(kind, name, role, from, l.pr.play.Dir)
}

// Find implements jinja.Files.
func (l *lookupFiles) Find(kind, name, from string) (string, error) {
	if from != "" && !path.IsAbs(name) {
		if p := playbook.Join(playbook.Dir(from), name); l.pr.e.Files.Exists(p) {
			return p, nil
		}
	}
	p, _, err := l.find(kind, name)
	if err != nil {
		return "", &fs.PathError{Op: "find", Path: name, Err: fs.ErrNotExist}
	}
	return absoluteDir(p), nil
}

// Read implements jinja.Files.
func (l *lookupFiles) Read(p string) ([]byte, error) { return l.pr.e.Files.Read(p) }

// Glob implements jinja.Files.
func (l *lookupFiles) Glob(pattern, _ string) ([]string, error) {
	dir, err := l.Find("files", playbook.Dir(pattern), "")
	if err != nil {
		return nil, nil //nolint:nilerr // no directory, no files
	}
	names, err := l.pr.e.Files.List(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	base := pattern[strings.LastIndexByte(pattern, '/')+1:]
	for _, n := range names {
		ok, err := path.Match(base, n)
		if err != nil {
			return nil, err
		}
		if p := playbook.Join(dir, n); ok && !l.pr.e.Files.IsDir(p) {
			found = append(found, p)
		}
	}
	return found, nil
}
