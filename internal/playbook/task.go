package playbook

import (
	"maps"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// taskReader reads lists of tasks of one file.
type taskReader struct {
	l        *Loader
	file     string
	role     *Role
	play     *Play
	handlers bool
	depth    int
}

func (r *taskReader) list(v value.Value, pos diag.Pos, parent *Block) ([]Node, error) {
	if v == nil {
		return nil, nil
	}
	l, ok := v.(*value.List)
	if !ok {
		return nil, diag.Errorf(pos, "tasks are a list, and this is %s", describe(v))
	}
	var nodes []Node
	var errs diag.List
	for i, item := range l.Items {
		if item == nil {
			continue
		}
		d, ok := item.(*value.Dict)
		if !ok {
			errs.Add(diag.Errorf(l.Pos(i), "a task is a mapping, and this is %s", describe(item)))
			continue
		}
		more, err := r.node(d, l.Pos(i), parent)
		errs.Add(err)
		nodes = append(nodes, more...)
	}
	return nodes, errs.Err()
}

func (r *taskReader) node(d *value.Dict, pos diag.Pos, parent *Block) ([]Node, error) {
	if d.Has("block") {
		b, err := r.block(d, pos, parent)
		return []Node{b}, err
	}
	t, err := r.task(d, pos, parent)
	if err != nil {
		return nil, err
	}
	r.l.collections(d.At("collections"), d.ValuePos("collections"), playDir(r.play))
	switch t.Action {
	case "import_tasks":
		return r.importTasks(t)
	case "import_role":
		return r.importRole(t)
	case "include_tasks":
		if err := onlyArgs(t, "_raw_params", "file", "apply"); err != nil {
			return nil, err
		}
	}
	return []Node{t}, nil
}

var blockKeys = map[string]bool{"name": true, "block": true, "rescue": true, "always": true, "notify": true}

func (r *taskReader) block(d *value.Dict, pos diag.Pos, parent *Block) (*Block, error) {
	b := &Block{Pos: pos, Parent: parent, Role: r.role}
	var errs diag.List
	k, err := readKeywords(d, blockKeys)
	errs.Add(err)
	b.Keywords, b.Notify = k, listOf(d.At("notify"))
	if v := d.At("name"); v != nil {
		b.Name = value.Str(v)
	}
	r.l.collections(d.At("collections"), d.ValuePos("collections"), playDir(r.play))
	for _, part := range []struct {
		key string
		to  *[]Node
	}{{"block", &b.Body}, {"rescue", &b.Rescue}, {"always", &b.Always}} {
		nodes, err := r.list(d.At(part.key), d.ValuePos(part.key), b)
		errs.Add(err)
		*part.to = nodes
	}
	return b, errs.Err()
}

var taskKeys = map[string]bool{
	"name": true, "action": true, "local_action": true, "args": true, "loop": true, "loop_control": true, "register": true,
	"changed_when": true, "failed_when": true, "until": true, "retries": true, "delay": true, "notify": true, "listen": true,
	"async": true, "poll": true,
}

func (r *taskReader) task(d *value.Dict, pos diag.Pos, parent *Block) (*Task, error) {
	t := &Task{Pos: pos, Parent: parent, Role: r.role, File: r.file, Handler: r.handlers}
	own, err := r.action(t, d)
	if err != nil {
		return nil, err
	}
	var errs diag.List
	k, err := readKeywords(d, own)
	errs.Add(err)
	t.Keywords = mergeLocal(t.Keywords, k)
	errs.Add(misplaced(t, d, r.l.warn))
	if t.Action == "meta" {
		errs.Add(metaAction(t, d.KeyPos("meta")))
	}
	if v := d.At("name"); v != nil {
		t.Name = value.Str(v)
	}
	if v := d.At("register"); v != nil {
		t.Register = value.Str(v)
		if !identifier(t.Register) {
			errs.Add(diag.Errorf(d.ValuePos("register"), "invalid register %q: want a name of letters, digits and underscores", t.Register))
		}
	}
	t.ChangedWhen, t.FailedWhen, t.Until = d.At("changed_when"), d.At("failed_when"), d.At("until")
	t.Retries, t.Delay, t.Async, t.Poll = d.At("retries"), d.At("delay"), d.At("async"), d.At("poll")
	t.Notify = listOf(d.At("notify"))
	for _, v := range listOf(d.At("listen")) {
		t.Listen = append(t.Listen, value.Str(v))
	}
	t.Loop, err = readLoop(d)
	errs.Add(err)
	return t, errs.Err()
}

// mergeLocal keeps what local_action set before the keywords were read.
func mergeLocal(was, k Keywords) Keywords {
	if was.DelegateTo != nil && k.DelegateTo == nil {
		k.DelegateTo = was.DelegateTo
	}
	if was.Connection != nil && k.Connection == nil {
		k.Connection = was.Connection
	}
	return k
}

// IsVariable tells whether s can be the name of a variable.
func IsVariable(s string) bool { return identifier(s) }

func identifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// action finds the one key of a task that is no keyword. It returns all keys that belong to the task itself.
func (r *taskReader) action(t *Task, d *value.Dict) (map[string]bool, error) {
	own := maps.Clone(taskKeys)
	var found []string
	for key := range d.All() {
		name := value.KeyText(key)
		if strings.HasPrefix(name, "with_") {
			own[name] = true
			continue
		}
		if !own[name] && !isShared(name) || name == "action" || name == "local_action" {
			found = append(found, name)
			own[name] = true
		}
	}
	switch len(found) {
	case 0:
		return nil, diag.Errorf(t.Pos, "the task has no action").WithHint("add a module, such as file: or template:")
	case 1:
		return own, r.readAction(t, d, found[0])
	}
	known := found[:0:0]
	for _, n := range found {
		if r.l.Known(Bare(n)) {
			known = append(known, n)
		}
	}
	if len(known) == 1 { // the others are misspelt keywords: say which
		for _, n := range found {
			if n != known[0] {
				return nil, unknownKeyword(n, d.KeyPos(n), taskKeys)
			}
		}
	}
	return nil, diag.Errorf(t.Pos, "the task has more than one action: %s", strings.Join(found, ", "))
}

// Bare is the name of a module without the collections that pig takes as built in.
func Bare(name string) string {
	for _, collection := range builtIn {
		if rest, ok := strings.CutPrefix(name, collection+"."); ok {
			return rest
		}
	}
	return name
}

func (r *taskReader) readAction(t *Task, d *value.Dict, key string) error {
	v, pos := d.At(key), d.ValuePos(key)
	name := key
	if key == "action" || key == "local_action" {
		if key == "local_action" {
			t.DelegateTo = "localhost"
			t.Connection = "local"
		}
		var err error
		if name, v, err = splitAction(v, pos); err != nil {
			return err
		}
	}
	var file string
	t.Called = name
	t.Action, file = r.resolve(t, name, d.At("collections"))
	switch {
	case file != "" && r.l.isAction(file):
		t.Missing, t.OnDisk = actionPlugin(name, file, d.KeyPos(key)), true
	case file != "":
		t.Script = file
	case !r.l.Known(t.Action) && !isTemplate(name):
		t.Missing = notFoundModule(r.l, t.Action, name, d.KeyPos(key))
	}
	return r.args(t, v, pos, d)
}

// notFoundModule says that there is no such module. It is told when the task is reached, or by --syntax-check: a run that never comes there
// goes on.
func notFoundModule(l *Loader, action, name string, pos diag.Pos) error {
	e := diag.Errorf(pos, "module or action %q not found", name)
	if near := diag.Close(action, append(l.Names(), keysOf(taskKeys)...)); near != "" {
		e.Hint = "did you mean " + near + "?"
	}
	return e
}

func keysOf[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// splitAction reads action: name args, or action: {module: name, ...}.
func splitAction(v value.Value, pos diag.Pos) (string, value.Value, error) {
	if d, ok := v.(*value.Dict); ok {
		name, ok := value.Plain(d.At("module"))
		if !ok {
			return "", nil, diag.Errorf(pos, "an action given as a mapping needs module: NAME")
		}
		rest := d.Clone()
		rest.Delete("module")
		return name, rest, nil
	}
	s, ok := value.Plain(v)
	if !ok {
		return "", nil, diag.Errorf(pos, "an action is a text or a mapping, and this is %s", describe(v))
	}
	words, err := splitArgs(s)
	if err != nil || len(words) == 0 {
		return "", nil, diag.Errorf(pos, "an action needs the name of a module")
	}
	s = strings.TrimSpace(s)
	return words[0], strings.TrimSpace(s[len(words[0]):]), nil
}

func (r *taskReader) args(t *Task, v value.Value, pos diag.Pos, d *value.Dict) error {
	t.Args = value.NewDict()
	switch v := v.(type) {
	case nil:
	case *value.Dict:
		t.Args = v.Clone()
	case *value.List:
		if t.Missing != nil {
			return nil //nolint:nilerr // the engine tells of the missing module where the task runs
		}
		return diag.Errorf(pos, "the arguments of %s are a mapping or a text, and these are a list", t.Action)
	default:
		s := value.Str(v)
		if isTemplate(s) && !r.l.FreeForm(t.Action) && !hasPair(s) {
			t.ArgsText = s // file: "{{ item }}"
			break
		}
		if err := r.textArgs(t, s, pos); err != nil {
			return err
		}
	}
	extra, err := mapping(d.At("args"), d.ValuePos("args"), "args")
	if err != nil {
		if s, ok := value.Plain(d.At("args")); ok && isTemplate(s) {
			t.ArgsText = s
			return nil
		}
		return err
	}
	if extra != nil {
		for k, v := range extra.All() {
			if !t.Args.Has(k) {
				t.Args.SetAt(k, v, extra.KeyPos(k), extra.ValuePos(k))
			}
		}
	}
	return nil
}

func isTemplate(s string) bool { return strings.Contains(s, "{{") || strings.Contains(s, "{%") }

func (r *taskReader) textArgs(t *Task, s string, pos diag.Pos) error {
	free := r.l.FreeForm(t.Action) || t.Missing != nil || isTemplate(t.Action)
	pairs, rest, err := ParsePairs(s, free)
	if err != nil {
		return diag.Errorf(pos, "the arguments of %s: %v", t.Action, err)
	}
	for _, p := range pairs {
		t.Args.SetAt(p[0], p[1], pos, pos)
	}
	if rest == "" {
		return nil
	}
	if !free {
		return diag.Errorf(pos, "%s takes its arguments as a mapping or as key=value, and this is %q", t.Action, rest)
	}
	t.Free = rest
	t.Args.SetAt("_raw_params", rest, pos, pos)
	return nil
}
