package inventory

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// varsDir is a directory that may hold group_vars and host_vars.
type varsDir struct {
	path   string
	groups map[string]*value.Dict // by the name of the group
	hosts  map[string]*value.Dict
}

// varsDirs are those beside the sources, in their order, and then the one beside the playbook.
type varsDirs struct {
	beside   []*varsDir
	playbook []*varsDir
}

func (ds varsDirs) ofGroups(groups []*Group) (steps []step) {
	for _, dir := range slices.Concat(ds.beside, ds.playbook) {
		for _, g := range groups {
			if vars := dir.groups[g.Name]; vars != nil {
				steps = append(steps, step{"group_vars of", g.Name, vars})
			}
		}
	}
	return steps
}

func (ds varsDirs) ofHost(h *Host) (steps []step) {
	for _, dir := range slices.Concat(ds.beside, ds.playbook) {
		if vars := dir.hosts[h.Name]; vars != nil {
			steps = append(steps, step{"host_vars of", h.Name, vars})
		}
	}
	return steps
}

// varsDirs finds the directories: that of a file, a directory itself, none of a list of hosts.
func (l *loader) varsDirs(sources []string) varsDirs {
	var ds varsDirs
	seen := map[string]bool{}
	add := func(to *[]*varsDir, path string) {
		if abs, err := filepath.Abs(path); err == nil && !seen[abs] {
			seen[abs] = true
			*to = append(*to, &varsDir{path: path, groups: map[string]*value.Dict{}, hosts: map[string]*value.Dict{}})
		}
	}
	for _, s := range sources {
		info, err := os.Stat(s)
		switch {
		case err != nil:
		case info.IsDir():
			add(&ds.beside, s)
		default:
			add(&ds.beside, filepath.Dir(s))
		}
	}
	if l.opts.PlaybookDir != "" {
		add(&ds.playbook, l.opts.PlaybookDir)
	}
	return ds
}

// readVars reads what the directories hold for the groups and hosts of the inventory. Names are looked for in a listing,
// not on the disk: a thousand hosts need not cost thousands of system calls.
func (l *loader) readVars() {
	for _, dir := range slices.Concat(l.inv.dirs.beside, l.inv.dirs.playbook) {
		if names := listing(filepath.Join(dir.path, "group_vars")); len(names) > 0 {
			for _, g := range l.inv.inOrder {
				l.readEntity(filepath.Join(dir.path, "group_vars"), names, g.Name, dir.groups)
			}
		}
		if names := listing(filepath.Join(dir.path, "host_vars")); len(names) > 0 {
			for _, h := range l.inv.order {
				l.readEntity(filepath.Join(dir.path, "host_vars"), names, h.Name, dir.hosts)
			}
			if !slices.ContainsFunc(l.inv.order, func(h *Host) bool { return h.Name == "localhost" }) {
				l.readEntity(filepath.Join(dir.path, "host_vars"), names, "localhost", dir.hosts)
			}
		}
	}
}

func listing(dir string) map[string]bool {
	entries, _ := os.ReadDir(dir)
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		names[e.Name()] = true
	}
	return names
}

// varsSuffixes are tried in this order, and the first that exists is taken.
var varsSuffixes = []string{"", ".yml", ".yaml", ".json"}

func (l *loader) readEntity(dir string, names map[string]bool, entity string, into map[string]*value.Dict) {
	for _, suffix := range varsSuffixes {
		if !names[entity+suffix] {
			continue
		}
		merged := value.NewDict()
		for _, file := range varsFiles(filepath.Join(dir, entity+suffix)) {
			l.readVarsFile(file, merged)
		}
		into[entity] = merged
		return
	}
}

// varsFiles are the files that path stands for: itself, or for a directory all variable files below it, sorted.
func varsFiles(path string) []string {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}
	}
	entries, _ := os.ReadDir(path)
	var files []string
	for _, e := range entries {
		name := e.Name()
		full := filepath.Join(path, name)
		info, err := os.Stat(full)
		if err != nil || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") {
			continue
		}
		switch ext := filepath.Ext(name); {
		case info.IsDir() && ext == "":
			files = append(files, varsFiles(full)...)
		case !info.IsDir() && slices.Contains(varsSuffixes, ext):
			files = append(files, full)
		}
	}
	return files
}

func (l *loader) readVarsFile(path string, into *value.Dict) {
	v, warnings, err := readYAML(path, l.yamlOptions())
	l.diags = append(l.diags, warnings...)
	l.diags.Add(err)
	switch v := v.(type) {
	case *value.Dict:
		into.Update(v)
	case nil:
	default:
		l.diags = append(l.diags, diag.Errorf(diag.Pos{File: path}, "a file of variables must be a mapping, not %s", value.TypeName(v)))
	}
}
