package playbook

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// A keyword that a place does not obey is refused there: what is read and dropped misleads whoever wrote it.

// taskOnly are keywords of one execution of a task: what only brings tasks has no use for them.
var taskOnly = []string{"register", "until", "retries", "delay", "async", "poll", "changed_when", "failed_when"}

// includeKeys are what an include itself obeys; the tasks that it brings get the rest through apply.
var includeKeys = map[string]bool{
	"action": true, "args": true, "collections": true, "debugger": true, "ignore_errors": true, "loop": true, "loop_control": true,
	"listen": true, "name": true, "no_log": true, "register": true, "run_once": true, "tags": true, "vars": true, "when": true,
}

// metaKeys are what meta obeys. reset_connection asks for the connection.
var metaKeys = map[string]bool{
	"action": true, "args": true, "name": true, "when": true, "tags": true, "vars": true, "listen": true, "debugger": true, "collections": true,
	"delegate_to": true, "connection": true, "port": true, "remote_user": true, "run_once": true, "ignore_errors": true, "any_errors_fatal": true, "no_log": true,
	"become": true, "become_user": true, "become_method": true, "become_exe": true, "become_flags": true,
}

// misplaced refuses the keywords of a task that its action does not obey.
func misplaced(t *Task, d *value.Dict, warn func(*diag.Diagnostic)) error {
	var errs diag.List
	refuse := func(name, hint string) {
		errs.Add(diag.Errorf(d.KeyPos(name), "%s has no effect on %s", name, t.Action).WithHint("%s", hint))
	}
	for key := range d.All() {
		name := value.KeyText(key)
		loop := name == "loop" || name == "loop_control" || strings.HasPrefix(name, "with_")
		if !keyword(name) { // the action itself
			continue
		}
		switch t.Action {
		case "include_tasks", "include_role":
			if !includeKeys[name] && !loop {
				refuse(name, "give it to the tasks: apply: { "+name+": ... }")
			}
		case "import_tasks", "import_role":
			switch {
			case loop:
				refuse(name, "use "+strings.Replace(t.Action, "import", "include", 1))
			case slices.Contains(taskOnly, name): // Ansible takes it, and it has no effect there either
				warn(diag.Warnf(d.KeyPos(name), "%s has no effect on %s", name, t.Action).WithHint("put it on the tasks themselves"))
			}
		case "meta":
			if !metaKeys[name] {
				refuse(name, "meta takes when, tags and vars")
			}
		}
		if name == "listen" && !t.Handler {
			errs.Add(diag.Errorf(d.KeyPos(name), "listen has no effect on a task outside of handlers").WithHint("move the task to handlers:"))
		}
	}
	return errs.Err()
}

// keyword tells whether a task may have a key besides its action.
func keyword(name string) bool {
	return taskKeys[name] || strings.HasPrefix(name, "with_") || isShared(name)
}

// notOfPlays are keywords of blocks and tasks that a play does not have.
func notOfPlays(d *value.Dict) error {
	var errs diag.List
	for _, name := range []string{"when", "delegate_to", "delegate_facts"} {
		if d.Has(name) {
			errs.Add(diag.Errorf(d.KeyPos(name), "a play has no keyword %q", name).WithHint("put it on the roles, blocks or tasks of the play"))
		}
	}
	return errs.Err()
}

// importKeys are what import_playbook obeys.
var importKeys = []string{"name", "tags", "vars", "when", "collections", "debugger"}

// notOfImports refuses what import_playbook does not know, and warns of keywords that Ansible takes there and that have no effect.
func notOfImports(d *value.Dict, own string, warn func(*diag.Diagnostic)) error {
	var errs diag.List
	for key := range d.All() {
		name := value.KeyText(key)
		switch {
		case name == own || slices.Contains(importKeys, name):
		case isShared(name) && name != "delegate_to" && name != "delegate_facts" && name != "notify":
			warn(diag.Warnf(d.KeyPos(key), "%s has no effect on import_playbook", name).WithHint("put it into the plays of that playbook"))
		default:
			errs.Add(diag.Errorf(d.KeyPos(key), "import_playbook has no keyword %q", name).WithHint("want name, tags, vars or when; put the keyword into the plays of that playbook"))
		}
	}
	return errs.Err()
}

// metaActions are all that meta can do.
var metaActions = []string{
	"noop", "flush_handlers", "end_host", "end_play", "end_batch", "end_role", "clear_facts", "clear_host_errors", "reset_connection",
	"refresh_inventory",
}

// metaAction refuses what meta cannot do.
func metaAction(t *Task, pos diag.Pos) error {
	what := value.Str(t.Args.At("_raw_params"))
	for k := range t.Args.All() {
		if value.KeyText(k) != "_raw_params" {
			return diag.Errorf(t.Args.KeyPos(k), "meta has no argument %q", value.KeyText(k))
		}
	}
	switch {
	case slices.Contains(metaActions, what):
		return nil
	}
	hint := diag.DidYouMean(what, metaActions)
	if hint == "" {
		hint = "want one of: " + strings.Join(metaActions, ", ")
	}
	return diag.Errorf(pos, "unknown meta action %q", what).WithHint("%s", hint)
}

// builtIn are the collections whose modules go by their bare names.
var builtIn = []string{"ansible.builtin", "ansible.legacy", "ansible.posix", "community.general", "community.crypto", "community.postgresql", "pig"}

// collections tells of collections that bring nothing: they are not on disk, and the modules that pig has are found without them.
func (l *Loader) collections(v value.Value, pos diag.Pos, dir string) {
	for _, item := range listOf(v) {
		name := value.Str(item)
		namespace, rest, _ := strings.Cut(name, ".")
		if _, there := l.collectionHome(namespace, rest, dir); !there && !slices.Contains(builtIn, name) {
			l.warn(diag.Warnf(pos, "collection %q is without effect: it is not on disk, and no module of pig is called so", name))
		}
	}
}

func (l *Loader) warn(d *diag.Diagnostic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.warnings = append(l.warnings, d)
}

// flagOf reads a keyword that has to be a boolean before anything runs.
func flagOf(v value.Value, pos diag.Pos, name string) (bool, error) {
	switch b := v.(type) {
	case nil:
		return false, nil
	case bool:
		return b, nil
	}
	switch strings.ToLower(value.Str(v)) {
	case "yes", "on", "true", "1", "y":
		return true, nil
	case "no", "off", "false", "0", "n":
		return false, nil
	}
	return false, diag.Errorf(pos, "invalid %s %s: want true or false", name, value.Repr(v))
}

// onlyArgs refuses the arguments of an include or import that it does not take.
func onlyArgs(t *Task, names ...string) error {
	for k := range t.Args.All() {
		if name := value.KeyText(k); !slices.Contains(names, name) {
			return diag.Errorf(t.Args.KeyPos(k), "%s has no argument %q", t.Action, name).WithHint("put variables for the tasks into vars:")
		}
	}
	return nil
}

// useOption checks the options of include_role and import_role that pig cannot all obey.
func useOption(t *Task, name string, v value.Value) error {
	pos := t.Args.ValuePos(name)
	if name == "apply" {
		if t.Action == "import_role" {
			return diag.Errorf(t.Args.KeyPos(name), "import_role has no argument \"apply\"").WithHint("put the keywords on import_role itself: its tasks inherit them")
		}
		return nil
	}
	on, err := flagOf(v, pos, name)
	switch {
	case err != nil:
		return err
	case name == "public" && !on && t.Action == "import_role":
		return diag.Errorf(pos, "import_role cannot do public: false: its variables are those of the play").WithHint("use include_role")
	}
	return nil
}

// truthOf reads a boolean that was checked before.
func truthOf(v value.Value) bool {
	on, err := flagOf(v, diag.Pos{}, "")
	return on && err == nil
}
