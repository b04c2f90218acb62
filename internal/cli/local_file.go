package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/playbook"
	"pig/internal/product"
	"pig/internal/value"
)

// localFile finds a file that a cluster names, such as the baseline of a database: beside the inventory or in its files directory, then
// the same in the current directory, then among pig's own files.
func (s *source) localFile(name string) (path string, looked []string, err error) {
	if filepath.IsAbs(name) {
		looked = []string{name}
	} else {
		var dirs []string
		for _, source := range s.opt.inventory {
			if info, err := os.Stat(source); err == nil && info.IsDir() {
				dirs = append(dirs, source)
			} else {
				dirs = append(dirs, filepath.Dir(source))
			}
		}
		for _, dir := range append(dirs, ".") {
			looked = append(looked, filepath.Join(dir, "files", name), filepath.Join(dir, name))
		}
		looked = append(looked, playbook.Embedded+"files/"+name)
	}
	for _, p := range looked {
		if s.files.Exists(p) && !s.files.IsDir(p) {
			return p, looked, nil
		}
	}
	return "", looked, errors.New("file not found")
}

// localFiles are the files of this machine, as filters of products find and read them.
type localFiles struct{ *source }

// Find implements product.Files.
func (f localFiles) Find(name string) (path string, looked []string, err error) {
	return f.localFile(name)
}

// Read implements product.Files.
func (f localFiles) Read(path string) ([]byte, error) { return f.files.Read(path) }

// missingFiles tells files of this machine that an inventory names and that are not there.
func (s *source) missingFiles(env *product.Environment) (found diag.List) {
	for _, p := range env.Products() {
		f, ok := p.(product.Filer)
		if !ok {
			continue
		}
		for _, file := range f.Files(env) {
			if _, looked, err := s.localFile(file.Name); err != nil {
				found = append(found, diag.Errorf(file.Pos, "%s", file.Missing).WithRule("missing-file").WithHint("looked for %s", strings.Join(looked, ", ")))
			}
		}
	}
	return found
}

// localFileFilter gives the path of a file on this machine that an inventory names.
func (s *source) localFileFilter(_ *jinja.Scope, in value.Value, _ []value.Value, _ *value.Dict) (value.Value, error) {
	path, looked, err := s.localFile(value.Str(in))
	if err != nil {
		return nil, fmt.Errorf("file %q not found: looked for %s", value.Str(in), strings.Join(looked, ", "))
	}
	if strings.HasPrefix(path, playbook.Embedded) {
		return path, nil
	}
	return filepath.Abs(path)
}
