package playbook

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"pig/internal/diag"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Loader reads playbooks and roles.
type Loader struct {
	Files *Files
	// RolesPath lists directories that hold roles, besides roles/ beside the playbook.
	RolesPath []string
	// Collections lists directories that hold ansible_collections, besides collections/ beside the playbook.
	Collections []string
	// Libraries lists directories of modules that belong to no collection, besides library/ beside the playbook and in roles.
	Libraries []string
	// ModuleUtils lists directories of ansible.module_utils, for modules that pig lacks.
	ModuleUtils []string
	// Known tells whether a name is an action or a module, and Names lists them for did-you-mean.
	Known func(action string) bool
	Names func() []string
	// FreeForm tells whether an action takes free-form text.
	FreeForm func(action string) bool
	// Static renders the few templates that are needed before anything runs: file names of imports.
	Static func(v value.Value, vars *value.Dict, pos diag.Pos) (value.Value, error)
	YAML   yaml.Options
	// Seal makes secrets of values in a file whose names say that they are some. nil: none are.
	Seal func(value.Value) value.Value

	mu       sync.Mutex // hosts that run side by side read files, too
	warnings diag.List
	routing  map[string]*value.Dict // what collections say of renamed modules, by file
}

// Warnings are what the files that were read so far give reason to say.
func (l *Loader) Warnings() diag.List {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.warnings)
}

// Load reads the playbook at path with all that it imports.
func (l *Loader) Load(path string) ([]*Play, error) {
	return l.load(path, nil)
}

func (l *Loader) load(path string, stack []string) ([]*Play, error) {
	for _, p := range stack {
		if p == path {
			return nil, diag.Errorf(diag.Pos{File: path}, "playbook imports itself: %s", strings.Join(append(stack, path), " -> "))
		}
	}
	v, err := l.parse(path)
	if err != nil {
		return nil, err
	}
	return l.plays(v, path, stack)
}

// Plays reads a playbook that is in no file; path stands for one beside which files are found.
func (l *Loader) Plays(v value.Value, path string) ([]*Play, error) { return l.plays(v, path, nil) }

func (l *Loader) plays(v value.Value, path string, stack []string) ([]*Play, error) {
	list, ok := v.(*value.List)
	if !ok {
		return nil, diag.Errorf(diag.Pos{File: path, Line: 1}, "a playbook is a list of plays, and this is %s", describe(v))
	}
	var plays []*Play
	var errs diag.List
	for i, item := range list.Items {
		more, err := l.play(item, list.Pos(i), path, append(stack, path))
		errs.Add(err)
		plays = append(plays, more...)
	}
	return plays, errs.Err()
}

func (l *Loader) parse(path string) (value.Value, error) {
	text, err := l.Files.Read(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	v, warnings, err := yaml.ParseVaulted(text, path, l.YAML)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.warnings = append(l.warnings, warnings...)
	if l.Seal != nil && err == nil {
		v = l.Seal(v)
	}
	return v, err
}

func (l *Loader) play(item value.Value, pos diag.Pos, path string, stack []string) ([]*Play, error) {
	d, ok := item.(*value.Dict)
	if !ok {
		return nil, diag.Errorf(pos, "a play is a mapping, and this is %s", describe(item))
	}
	for _, key := range []string{"import_playbook", "ansible.builtin.import_playbook"} {
		if d.Has(key) {
			return l.importPlaybook(d, key, path, stack)
		}
	}
	if !d.Has("hosts") {
		return nil, diag.Errorf(pos, "a play needs hosts:").WithHint("write a list of plays; to run a list of tasks, use include_tasks")
	}
	p := &playReader{l: l, play: &Play{Pos: pos, Dir: Dir(path), Strategy: ""}, path: path}
	err := p.read(d)
	return []*Play{p.play}, err
}

func (l *Loader) importPlaybook(d *value.Dict, key, path string, stack []string) ([]*Play, error) {
	if err := notOfImports(d, key, l.warn); err != nil {
		return nil, err
	}
	own, _ := mapping(d.At("vars"), d.ValuePos("vars"), "vars")
	name, err := l.static(d.At(key), own, d.ValuePos(key))
	if err != nil {
		return nil, err
	}
	file := Join(Dir(path), name)
	if p, ok := l.inCollection(name, "playbooks", Dir(path)); ok && !l.Files.Exists(file) {
		file = p
	}
	plays, err := l.load(file, stack)
	if err != nil {
		return nil, err
	}
	k, err := readKeywords(d, map[string]bool{key: true, "name": true})
	if err != nil {
		return nil, err
	}
	for _, p := range plays {
		p.Tags = append(p.Tags, k.Tags...)
		if k.Vars != nil {
			vars := k.Vars.Clone()
			if p.Vars != nil {
				vars.Update(p.Vars)
			}
			p.Vars = vars
		}
		p.When = append(append([]Expr(nil), k.When...), p.When...)
		p.root.Tags, p.root.When = p.Tags, p.When // what the sections of the play inherit from
	}
	return plays, nil
}

// static renders a file name at load time.
func (l *Loader) static(v value.Value, vars *value.Dict, pos diag.Pos) (string, error) {
	if l.Static != nil {
		var err error
		if v, err = l.Static(v, vars, pos); err != nil {
			return "", diag.At(pos, err)
		}
	}
	s, ok := value.Plain(v)
	if !ok {
		return "", diag.Errorf(pos, "a file name is a text, and this is %s", describe(v))
	}
	if words := strings.Fields(s); len(words) > 1 && strings.Contains(words[1], "=") {
		return "", diag.Errorf(pos, "%s after a file name", words[1]).WithHint("put variables into vars:")
	}
	return s, nil
}

func describe(v value.Value) string {
	switch v.(type) {
	case nil:
		return "empty"
	case *value.Dict:
		return "a mapping"
	case *value.List:
		return "a list"
	}
	return "the " + value.TypeName(v) + " " + value.Display(v)
}

// LoadTasks reads a file of tasks, for include_tasks at run time. The tasks belong below parent.
func (l *Loader) LoadTasks(path string, parent *Block, role *Role, play *Play, handlers bool) ([]Node, error) {
	v, err := l.parse(path)
	if err != nil {
		return nil, err
	}
	r := &taskReader{l: l, file: path, role: role, play: play, handlers: handlers}
	return r.list(v, diag.Pos{File: path, Line: 1}, parent)
}

// LoadVars reads a file of variables.
func (l *Loader) LoadVars(path string) (*value.Dict, error) {
	v, err := l.parse(path)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return value.NewDict(), nil
	case *value.Dict:
		return v, nil
	}
	return nil, diag.Errorf(diag.Pos{File: path, Line: 1}, "a file of variables is a mapping, and this is %s", describe(v))
}
