package node

import (
	"iter"
	"maps"
	"path/filepath"
)

// plannedFiles are the paths that a plan changes, found by path and by directory: the plan of a node that thousands of others write to
// costs no more for each of them than that of a small one.
type plannedFiles struct {
	at map[string]*plannedFile
	in map[string]map[string]bool // the names in a directory
}

func newPlannedFiles() plannedFiles {
	return plannedFiles{at: map[string]*plannedFile{}, in: map[string]map[string]bool{}}
}

func (f plannedFiles) put(p *plannedFile) {
	path := p.info.Path
	f.at[path] = p
	if path == "/" {
		return
	}
	dir := filepath.Dir(path)
	if f.in[dir] == nil {
		f.in[dir] = map[string]bool{}
	}
	f.in[dir][filepath.Base(path)] = true
}

// entries are the names in a directory that the plan changes.
func (f plannedFiles) entries(dir string) iter.Seq2[string, *plannedFile] {
	return func(yield func(string, *plannedFile) bool) {
		for name := range f.in[dir] {
			if !yield(name, f.at[filepath.Join(dir, name)]) {
				return
			}
		}
	}
}

// dropBelow forgets what is planned under a directory, at any depth.
func (f plannedFiles) dropBelow(dir string) {
	maps.DeleteFunc(f.at, func(path string, _ *plannedFile) bool { return within(path, dir) })
	maps.DeleteFunc(f.in, func(d string, _ map[string]bool) bool { return d == dir || within(d, dir) })
}

func within(path, dir string) bool {
	return len(path) > len(dir) && path[:len(dir)] == dir && path[len(dir)] == '/'
}
