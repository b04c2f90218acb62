package payload

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pig/internal/diag"
)

// archive is what a module in Python needs, by the names of Python.
type archive struct {
	Sources
	of     string // the module, as people call it
	text   string
	files  map[string]string // file -> text
	seen   map[string]bool
	module bool // AnsibleModule is used, which handles check mode
}

// extends lets a package have parts elsewhere too, such as those that are installed on a node.
const extends = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"

// always are parts that ansible-core needs to start a module, besides what the module imports; which of them there are depends on its version.
var always = []string{
	"ansible.module_utils.basic", "ansible.module_utils._internal._ansiballz._loader",
	"ansible.module_utils._internal._json._profiles._module_legacy_c2m", "ansible.module_utils._internal._json._profiles._module_legacy_m2c",
}

// pack makes the archive, always the same of the same files.
func (a *archive) pack(module string) ([]byte, error) {
	a.seen = map[string]bool{}
	a.files = map[string]string{
		"ansible/__init__.py": extends, "ansible/module_utils/__init__.py": extends,
		filename(module): a.text,
	}
	a.packages(module)
	a.module = ofModule.MatchString(a.text)
	if err := a.follow(importsOf(module, false, a.text)); err != nil {
		return nil, err
	}
	for i, name := range always {
		if err := a.follow([]imported{{name, i > 0}}); err != nil {
			return nil, err
		}
	}
	return zipped(a.files)
}

func filename(module string) string { return strings.ReplaceAll(module, ".", "/") + ".py" }

// packages adds the packages around a module, empty where nothing else is there.
func (a *archive) packages(module string) {
	for dir := filepath.Dir(filename(module)); dir != "."; dir = filepath.Dir(dir) {
		file := dir + "/__init__.py"
		if _, there := a.files[file]; !there {
			a.files[file] = ""
		}
	}
}

// follow adds what is imported, and what that imports.
func (a *archive) follow(list []imported) error {
	for len(list) > 0 {
		next := list[0]
		list = list[1:]
		if a.seen[next.name] {
			continue
		}
		a.seen[next.name] = true
		name, p, err := a.locate(next.name)
		if err != nil {
			return err
		}
		if p == nil {
			if next.optional {
				continue
			}
			return a.missing(next.name)
		}
		file := filename(name)
		if p.isPackage {
			file = strings.TrimSuffix(file, ".py") + "/__init__.py"
		}
		if text, there := a.files[file]; there && text != "" {
			continue
		}
		a.files[file] = p.text
		if strings.HasPrefix(name, "ansible_collections.") {
			a.module = a.module || ofModule.MatchString(p.text)
		}
		for _, i := range importsOf(name, p.isPackage, p.text) {
			list = append(list, imported{i.name, i.optional || next.optional})
		}
		for above := parent(name); strings.Count(above, ".") > 1; above = parent(above) { // the packages that it is in have texts too
			list = append(list, imported{above, true})
		}
		a.packages(name)
	}
	return nil
}

func parent(name string) string { return name[:max(strings.LastIndexByte(name, '.'), 0)] }

// found is the text of a module or package.
type found struct {
	text      string
	isPackage bool
}

// locate finds what an import names: a module, or the module that has the name.
func (a *archive) locate(name string) (string, *found, error) {
	if strings.HasPrefix(name, "ansible.module_utils.six.") { // it makes its parts while it runs
		name = "ansible.module_utils.six"
	}
	for _, n := range []string{name, parent(name)} {
		if n == "ansible.module_utils" || strings.HasSuffix(n, ".plugins.module_utils") || strings.Count(n, ".") < 2 {
			break
		}
		p, err := a.find(n)
		if p != nil || err != nil {
			return n, p, err
		}
	}
	return name, nil, nil
}

// find is a module or package of exactly this name, nil if there is none.
func (a *archive) find(name string) (*found, error) {
	parts := strings.Split(name, ".")
	if parts[0] == "ansible" {
		for _, dir := range a.Utils {
			if p, err := a.at(dir, parts[2:]); p != nil || err != nil {
				return p, err
			}
		}
		return nil, nil
	}
	if len(parts) < 6 {
		return nil, nil
	}
	dir, ok := a.Collection(parts[1], parts[2])
	if !ok {
		return nil, nil
	}
	if to := a.Moved(dir, strings.Join(parts[5:], ".")); to != "" {
		return &found{text: moved(name, to), isPackage: true}, nil
	}
	return a.at(filepath.Join(dir, "plugins", "module_utils"), parts[5:])
}

// moved is a module that stands for another one.
func moved(name, to string) string {
	if parts := strings.SplitN(to, ".", 3); parts[0] != "ansible_collections" && len(parts) == 3 {
		to = fmt.Sprintf("ansible_collections.%s.%s.plugins.module_utils.%s", parts[0], parts[1], parts[2])
	}
	return fmt.Sprintf("import sys\nimport %s as there\nsys.modules[%q] = there\n", to, name)
}

func (a *archive) at(dir string, parts []string) (*found, error) {
	base := filepath.Join(append([]string{dir}, parts...)...)
	for _, p := range []struct {
		path      string
		isPackage bool
	}{{base + "/__init__.py", true}, {base + ".py", false}} {
		text, err := a.Read(p.path)
		if err == nil {
			return &found{string(text), p.isPackage}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !strings.Contains(err.Error(), "not a directory") {
			return nil, err
		}
	}
	return nil, nil
}

// missing says what lacks, and how to get it.
func (a *archive) missing(name string) error {
	e := diag.Errorf(diag.Pos{}, "%s not found on this machine", name).WithDetail("module %q needs it", a.of)
	if strings.HasPrefix(name, "ansible.") {
		places := "no directory of ansible.module_utils was found"
		if len(a.Utils) > 0 {
			places = "looked for in " + strings.Join(a.Utils, ", ")
		}
		return e.WithDetail("module %q needs it; %s", a.of, places).
			WithHint("install Ansible on this machine: apt install ansible-core, or set module_utils in ansible.cfg")
	}
	parts := strings.Split(name, ".")
	return e.WithHint("install the collection: ansible-galaxy collection install %s.%s", parts[1], parts[2])
}

func zipped(files map[string]string) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, err
		}
		if _, err := f.Write([]byte(files[name])); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
