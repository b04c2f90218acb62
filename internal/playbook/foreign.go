package playbook

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// A module that pig lacks may lie on disk: in a collection, in library/ beside the playbook or in the role, or in a directory of the
// configuration. The engine sends it to the node. An action plugin, which Ansible runs inside of itself, is refused where its task is reached.

// resolve finds what a task calls: the name as the engine knows it, and the file of a module that only lies on disk.
func (r *taskReader) resolve(t *Task, called string, own value.Value) (action, file string) {
	action = Bare(called)
	if isTemplate(called) {
		return action, ""
	}
	if strings.Count(called, ".") >= 2 {
		return r.routed(called)
	}
	for _, c := range r.inForce(t, own) {
		full := c + "." + called
		if name, file := r.routed(full); file != "" || name != full && r.l.Known(name) {
			return name, file
		}
	}
	if r.l.Known(action) {
		return action, ""
	}
	return action, r.l.script(r.libraries(), called)
}

// routed is a full name, or what the collection on disk says is its name now.
func (r *taskReader) routed(full string) (action, file string) {
	for range 10 { // a chain of renamings
		action = Bare(full)
		if r.l.Known(action) {
			return action, ""
		}
		parts := strings.Split(full, ".")
		if len(parts) < 3 {
			return action, ""
		}
		home, ok := r.l.collectionHome(parts[0], parts[1], playDir(r.play))
		if !ok {
			return action, ""
		}
		plugins := Join(home, "plugins")
		name := strings.Join(parts[2:], "/")
		if file = r.l.script([]string{Join(plugins, "action"), Join(plugins, "modules")}, name); file != "" {
			return full, file
		}
		if full = r.l.redirect(home, strings.Join(parts[2:], "."), "modules", "action"); full == "" {
			return action, ""
		}
	}
	return action, ""
}

// inForce lists the collections that short names of a task are looked for in: of the keyword that is nearest, and the role's own.
func (r *taskReader) inForce(t *Task, own value.Value) []string {
	list := own
	for b := t.Parent; list == nil && b != nil && b.Role == t.Role; b = b.Parent {
		list = b.Collections
	}
	var names []string
	for _, v := range listOf(list) {
		names = append(names, value.Str(v))
	}
	if t.Role != nil {
		names = append(names, r.l.own(t.Role)...)
	}
	if c := collectionOf(playDir(r.play)); c != "" {
		names = append(names, c)
	}
	return names
}

// libraries are the directories of modules that belong to no collection.
func (r *taskReader) libraries() []string {
	var dirs []string
	for _, kind := range []string{"action_plugins", "library"} {
		if r.role != nil {
			dirs = append(dirs, Join(r.role.Dir, kind))
		}
		if r.play != nil {
			for _, used := range r.play.Roles { // a role's modules serve what comes after it
				dirs = append(dirs, Join(used.Dir, kind))
			}
			dirs = append(dirs, Join(r.play.Dir, kind))
		}
	}
	return append(dirs, r.l.Libraries...)
}

// notModules are endings of files that lie beside modules and are none.
var notModules = []string{".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".yaml", ".yml", ".ini"}

// script is the file of a module in one of some directories, or below them: its name may end as it likes.
func (l *Loader) script(dirs []string, name string) string {
	for _, dir := range dirs {
		for _, suffix := range []string{".py", ""} {
			if p := Join(dir, name+suffix); l.Files.Exists(p) && !l.Files.IsDir(p) {
				return p
			}
		}
		in := Dir(Join(dir, name))
		names, err := l.Files.List(in)
		if err != nil {
			continue // there is no such directory
		}
		base := name[strings.LastIndexByte(name, '/')+1:] + "."
		for _, n := range names {
			none := slices.ContainsFunc(notModules, func(end string) bool { return strings.HasSuffix(n, end) })
			if p := Join(in, n); strings.HasPrefix(n, base) && !none && !l.Files.IsDir(p) {
				return p
			}
		}
	}
	return ""
}

// redirect is where the collection at home says that a module or another thing has gone to, "" if nowhere.
func (l *Loader) redirect(home, name string, kinds ...string) string {
	file := Join(home, "meta", "runtime.yml")
	if !l.Files.Exists(file) {
		return ""
	}
	routes := l.routes(file)
	for _, kind := range kinds {
		of, _ := dictAt(routes, kind)
		route, _ := dictAt(of, name)
		if route != nil && value.Str(route.At("redirect")) != "" {
			return value.Str(route.At("redirect"))
		}
	}
	return ""
}

// routes reads a file of renamings once.
func (l *Loader) routes(file string) *value.Dict {
	l.mu.Lock()
	routes, known := l.routing[file]
	l.mu.Unlock()
	if known {
		return routes
	}
	if all, err := l.LoadVars(file); err == nil {
		routes, _ = dictAt(all, "plugin_routing")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.routing == nil {
		l.routing = map[string]*value.Dict{}
	}
	l.routing[file] = routes
	return routes
}

func dictAt(d *value.Dict, key string) (*value.Dict, bool) {
	if d == nil {
		return nil, false
	}
	in, ok := d.At(key).(*value.Dict)
	return in, ok
}

// own lists the collection that a role lies in and those that its meta names.
func (l *Loader) own(role *Role) []string {
	var names []string
	if c := collectionOf(role.Dir); c != "" {
		names = append(names, c)
	}
	return append(names, role.Collections...)
}

// collectionOf is the collection that a path lies in, "" if it lies in none.
func collectionOf(path string) string {
	_, rest, ok := strings.Cut(path, "ansible_collections/")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) < 2 {
		return ""
	}
	return parts[0] + "." + parts[1]
}

// isAction tells whether a file is an action plugin.
func (l *Loader) isAction(file string) bool {
	if in := Dir(file); strings.HasSuffix(in, "/action_plugins") || strings.Contains(in, "/plugins/action") {
		return true
	}
	text, err := l.Files.Read(file)
	return err == nil && strings.Contains(string(text), "class ActionModule")
}

// actionPlugin says why an action plugin is not run.
func actionPlugin(name, file string, pos diag.Pos) error {
	return diag.Errorf(pos, "action plugin %q cannot be run: it is a part of Ansible itself", name).WithDetail("%s", file).
		WithHint("use a module that pig has, or command")
}

// Utils are directories with parts of ansible.module_utils that a task may use, those that are nearest first.
func (l *Loader) Utils(role *Role, play *Play) (dirs []string) {
	add := func(dir string) {
		if p := Join(dir, "module_utils"); l.Files.IsDir(p) {
			dirs = append(dirs, p)
		}
	}
	if role != nil {
		add(role.Dir)
	}
	if play != nil {
		for _, used := range play.Roles {
			add(used.Dir)
		}
		add(play.Dir)
	}
	return append(dirs, l.ModuleUtils...)
}

// CollectionDir finds a collection, as a play does.
func (l *Loader) CollectionDir(namespace, name string, play *Play) (string, bool) {
	return l.collectionHome(namespace, name, playDir(play))
}

// MovedUtil is where the collection in dir says that a part of its module_utils has gone to, "" if nowhere.
func (l *Loader) MovedUtil(dir, name string) string { return l.redirect(dir, name, "module_utils") }
