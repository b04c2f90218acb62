package engine

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pig/internal/fleet"
	"pig/internal/inventory"
	"pig/internal/jinja"
	"pig/internal/module"
	"pig/internal/playbook"
	"pig/internal/products/onnode"
	"pig/internal/value"
)

// row is one keyword in one place: a playbook in which KW stands for it. What is in want happens with the keyword and not without it; what
// stands after ! happens only without.
type row struct {
	keyword string
	with    string // the keyword and its value
	play    string // the rest of the play, "" for the usual one
	tasks   string // the tasks; the keyword of a task stands at KW
	hosts   string // "a,b" by default
	want    string
	opt     func(*Options)
}

// shared are the keywords that plays, roles, blocks and tasks have in common.
var sharedRows = []row{
	{keyword: "any_errors_fatal", with: "any_errors_fatal: true", tasks: "- { name: t, fail: { msg: x }, when: inventory_hostname == 'a' KW}\n- { name: after, debug: }", want: "!b after: ok"},
	{keyword: "become", with: "become: true", want: "command on a as root"},
	{keyword: "become_user", with: "become_user: sam", play: "become: true", want: "command on a as sam"},
	{keyword: "become_method", with: "become_method: su", play: "become: true", want: `invalid become_method "su"`},
	{keyword: "become_flags", with: "become_flags: -E", play: "become: true", want: `invalid become_flags "-E"`},
	{keyword: "become_exe", with: "become_exe: /usr/bin/sudo2", play: "become: true", want: "with /usr/bin/sudo2"},
	{keyword: "check_mode", with: "check_mode: true", want: "planned"},
	{keyword: "collections", with: "collections: [ community.docker ]", want: "community.docker"},
	{keyword: "connection", with: "connection: local", want: "local"},
	{keyword: "debugger", with: "debugger: always", want: "invalid debugger 'always'"},
	{keyword: "delegate_facts", with: "delegate_facts: true", tasks: "- { name: t, set_fact: { x: 1 }, delegate_to: b, when: inventory_hostname == 'a' KW}\n- { name: see, debug: { msg: \"{{ hostvars.b.x is defined }}\" } }", want: "a see: True"},
	{keyword: "delegate_to", with: "delegate_to: b", want: "command for a on b"},
	{keyword: "diff", with: "diff: false", want: "t: changed nodiff"},
	{keyword: "diff", with: "diff: true", want: "t: changed diff"},
	{keyword: "environment", with: "environment: { K: v }", want: "K=v"},
	{keyword: "ignore_errors", with: "ignore_errors: true", tasks: "- { name: t, fail: { msg: x } KW}\n- { name: after, debug: }", want: "a after: ok"},
	{keyword: "ignore_unreachable", with: "ignore_unreachable: true", hosts: "down1", tasks: "- { name: t, ping: KW}\n- { name: after, ping: }", want: "down1 after: unreachable"},
	{keyword: "module_defaults", with: "module_defaults: { command: { chdir: /tmp } }", want: "chdir=/tmp"},
	{keyword: "name", with: "name: Anna", tasks: "- { command: echo KW}", want: "Anna"},
	{keyword: "no_log", with: "no_log: true", want: "t: changed nolog"},
	{keyword: "notify", with: "notify: h", want: "a h: ok"},
	{keyword: "port", with: "port: 2222", want: "port 2222"},
	{keyword: "remote_user", with: "remote_user: sam", want: "login sam"},
	{keyword: "run_once", with: "run_once: true", want: "!b t: changed"},
	{keyword: "tags", with: "tags: [ x ]", opt: func(o *Options) { o.SkipTags = []string{"x"} }, want: "!a t: changed"},
	{keyword: "throttle", with: "throttle: 1", tasks: "- { name: t, command: sleep 0.2 KW}", want: "!2 at once"},
	{keyword: "timeout", with: "timeout: 7", want: "within 7s"},
	{keyword: "vars", with: "vars: { v: here }", tasks: "- { name: t, debug: { msg: \"{{ v | default('none') }}\" } KW}", want: "a t: here"},
	{keyword: "when", with: "when: false", want: "a t: skipped"},
}

// only are keywords that one kind of place has.
var onlyRows = map[string][]row{
	"play": {
		{keyword: "fact_path", with: "fact_path: /x", want: "fact_path is not supported"},
		{keyword: "gather_timeout", with: "gather_facts: true\n  gather_timeout: 3", want: "within 3s"},
		{keyword: "validate_argspec", with: "validate_argspec: true", want: "validate_argspec is not supported"},
		{keyword: "vars_prompt", with: "vars_prompt: [ { nam: x } ]", want: "vars_prompt is a list of mappings with name:"},
		{keyword: "when", with: "when: false", want: `a play has no keyword "when"`},
		{keyword: "delegate_to", with: "delegate_to: b", want: `a play has no keyword "delegate_to"`},
		{keyword: "delegate_facts", with: "delegate_facts: true", want: `a play has no keyword "delegate_facts"`},
		{keyword: "force_handlers", with: "force_handlers: 'yes'", tasks: "- { name: t, command: echo, notify: h }\n- { name: bad, fail: }", want: "a h: ok"},
		{keyword: "force_handlers", with: "force_handlers: \"{{ 1 == 1 }}\"", tasks: "- { name: t, command: echo, notify: h }\n- { name: bad, fail: }", want: "a h: ok"},
		{keyword: "gather_facts", with: "gather_facts: true", want: "a Gathering Facts: ok"},
		{keyword: "gather_facts", with: "gather_facts: \"{{ wanted }}\"", play: "vars: { wanted: true }", want: "a Gathering Facts: ok"},
		{keyword: "gather_subset", with: "gather_subset: [ '!hardware' ]", play: "gather_facts: true", tasks: "- { name: t, debug: { msg: \"{{ ansible_memtotal_mb is defined }}\" } }", want: "a t: False"},
		{keyword: "handlers", with: "handlers: [ { name: j, debug: } ]", tasks: "- { name: t, command: echo, notify: j }", want: "a j: ok"},
		{keyword: "hosts", with: "hosts: b", want: "!a t: changed"},
		{keyword: "max_fail_percentage", with: "max_fail_percentage: 10", tasks: "- { name: t, fail: { msg: x }, when: inventory_hostname == 'a' }\n- { name: after, debug: }", want: "!b after: ok"},
		{keyword: "max_fail_percentage", with: "max_fail_percentage: some", want: "invalid max_fail_percentage some"},
		{keyword: "order", with: "order: reverse_inventory", tasks: "- { name: t, debug: { msg: \"{{ ansible_play_batch | join }}\" } }", want: "a t: ba"},
		{keyword: "order", with: "order: shuffle", want: `invalid order "shuffle"`},
		{keyword: "post_tasks", with: "post_tasks: [ { name: p, debug: } ]", want: "a p: ok"},
		{keyword: "pre_tasks", with: "pre_tasks: [ { name: p, debug: } ]", want: "a p: ok"},
		{keyword: "roles", with: "roles: [ other ]", want: "a o: ok"},
		{keyword: "serial", with: "serial: 1", tasks: "- { name: t, debug: { msg: \"{{ ansible_play_batch | join }}\" } }", want: "b t: b"},
		{keyword: "strategy", with: "strategy: debug", want: `invalid strategy "debug": want linear, free or host_pinned`},
		{keyword: "tasks", with: "tasks: [ { name: p, debug: } ]", want: "a p: ok"},
		{keyword: "vars_files", with: "vars_files: [ v.yml ]", tasks: "- { name: t, debug: { msg: \"{{ v | default('none') }}\" } }", want: "a t: file"},
	},
	"block": {
		{keyword: "block", with: "block: [ { name: t, debug: } ]", want: "a t: ok"},
		{keyword: "rescue", with: "block: [ { name: t, fail: } ]\n  rescue: [ { name: r, debug: } ]", want: "a r: ok"},
		{keyword: "always", with: "block: [ { name: t, fail: } ]\n  always: [ { name: r, debug: } ]", want: "a r: ok"},
	},
	"task": {
		{keyword: "action", with: ", action: debug msg=x", tasks: "- { name: t KW}", want: "a t: x"},
		{keyword: "args", with: ", args: { msg: x }", tasks: "- { name: t, debug: KW}", want: "a t: x"},
		{keyword: "args", with: ", args: \"{{ {'chdir': '/tmp'} }}\"", tasks: "- { name: t, command: { cmd: echo } KW}", want: "chdir=/tmp"},
		{keyword: "async", with: ", async: 9", want: "within 9s"},
		{keyword: "changed_when", with: ", changed_when: false", want: "a t: ok"},
		{keyword: "delay", with: ", delay: 31", tasks: "- { name: t, command: echo, until: false, retries: 1 KW}", want: "slept 31s"},
		{keyword: "failed_when", with: ", failed_when: true", want: "a t: failed"},
		{keyword: "local_action", with: ", local_action: ping", tasks: "- { name: t KW}", want: "ping for a on localhost"},
		{keyword: "loop", with: ", loop: [ x, y ]", tasks: "- { name: t, command: echo KW}", want: "item y"},
		{keyword: "loop_control", with: ", loop_control: { label: L }", tasks: "- { name: t, command: echo, loop: [ x ] KW}", want: "item L"},
		{keyword: "with_", with: ", with_items: [ x, y ]", tasks: "- { name: t, command: echo KW}", want: "item y"},
		{keyword: "poll", with: ", async: 9, poll: 0, register: r", tasks: "- { name: t, command: echo KW}\n- { name: s, debug: { msg: \"{{ r.started | default('none') }}\" } }", want: "a s: True"},
		{keyword: "register", with: ", register: r", tasks: "- { name: t, command: echo KW}\n- { name: see, debug: { msg: \"{{ r is defined }}\" } }", want: "a see: True"},
		{keyword: "retries", with: ", retries: 2", tasks: "- { name: t, command: 'false' KW}", want: "retry 2"},
		{keyword: "until", with: ", until: false", tasks: "- { name: t, command: echo KW}", want: "retry 2"},
		{keyword: "listen", with: ", listen: x", want: "listen has no effect on a task outside of handlers"},
	},
	"handler": {
		{keyword: "listen", with: ", listen: topic", play: "handlers: [ { name: j, debug: KW} ]", tasks: "- { name: t, command: echo, notify: topic }", want: "a j: ok"},
		{keyword: "block", with: ", block: [ { name: k, debug: } ]", play: "handlers: [ { name: j KW} ]", tasks: "- { name: t, command: echo, notify: k }", want: "a k: ok"},
	},
	"loop_control": {
		{keyword: "break_when", with: "break_when: item == 'x'", want: "!item y"},
		{keyword: "break_when", with: "break_when: nosuch", want: "'nosuch' is undefined"},
		{keyword: "extended", with: "extended: 'yes'", tasks: "- { name: t, debug: { msg: \"{{ ansible_loop.length | default('none') }}\" }, loop: [ x, y ], loop_control: { KW } }", want: "item x: 2"},
		{keyword: "extended_allitems", with: "extended_allitems: false", tasks: "- { name: t, debug: { msg: \"{{ ansible_loop.allitems is defined }}\" }, loop: [ x, y ], loop_control: { extended: true, KW } }", want: "item x: False"},
		{keyword: "index_var", with: "index_var: i", tasks: "- { name: t, debug: { msg: \"{{ i | default('none') }}\" }, loop: [ x, y ], loop_control: { KW } }", want: "item y: 1"},
		{keyword: "index_var", with: "index_var: 'a b'", want: "invalid variable 'a b'"},
		{keyword: "label", with: "label: L", want: "item L"},
		{keyword: "loop_var", with: "loop_var: other", tasks: "- { name: t, debug: { msg: \"{{ other | default('none') }}\" }, loop: [ x, y ], loop_control: { KW } }", want: "item y: y"},
		{keyword: "pause", with: "pause: 3", want: "slept 3s"},
		{keyword: "pause", with: "pause: long", want: "invalid number of seconds long"},
	},
	"meta": {
		{keyword: "noop", with: "noop", want: "a after: ok"},
		{keyword: "clear_facts", with: "clear_facts", play: "gather_facts: true", tasks: "- { meta: KW }\n- { name: t, debug: { msg: \"{{ ansible_facts | length }}\" } }", want: "a t: 0"},
		{keyword: "clear_host_errors", with: "clear_host_errors", hosts: "a,b", tasks: "- { name: bad, fail: , when: inventory_hostname == 'a' }\n- { meta: KW, when: inventory_hostname == 'b' }", want: "a second: ok"},
		{keyword: "end_batch", with: "end_batch", play: "serial: 1", want: "!a after: ok"},
		{keyword: "end_host", with: "end_host", want: "!a after: ok"},
		{keyword: "end_play", with: "end_play", play: "serial: 1", want: "!b t: changed"},
		{keyword: "end_role", with: "end_role", play: "roles: [ ender ]", tasks: "[]", want: "!a inrole: ok"},
		{keyword: "flush_handlers", with: "flush_handlers", tasks: "- { name: t, command: echo, notify: h }\n- { meta: KW }\n- { name: bad, fail: }", want: "a h: ok"},
		{keyword: "refresh_inventory", with: "refresh_inventory", want: "the inventory cannot be read again"},
		{keyword: "reset_connection", with: "reset_connection", want: "reset a"},
		{keyword: "end_paly", with: "end_paly", want: `unknown meta action "end_paly"`},
	},
	"import_playbook": {
		{keyword: "when", with: "when: inventory_hostname == 'b'", want: "a t: skipped"},
		{keyword: "tags", with: "tags: x", opt: func(o *Options) { o.SkipTags = []string{"x"} }, want: "!a t: changed"},
		{keyword: "vars", with: "vars: { v: here }", tasks: "- { name: t, debug: { msg: \"{{ v | default('none') }}\" } }", want: "a t: here"},
		{keyword: "become", with: "become: true", want: "become has no effect on import_playbook"},
		{keyword: "delegate_to", with: "delegate_to: b", want: `import_playbook has no keyword "delegate_to"`},
	},
	"include_tasks": {
		{keyword: "become", with: "become: true", want: "become has no effect on include_tasks"},
		{keyword: "delegate_to", with: "delegate_to: b", want: "delegate_to has no effect on include_tasks"},
		{keyword: "environment", with: "environment: {}", want: "environment has no effect on include_tasks"},
		{keyword: "notify", with: "notify: h", want: "notify has no effect on include_tasks"},
		{keyword: "ignore_errors", with: "ignore_errors: true", tasks: "- { name: i, include_tasks: nosuch.yml KW}\n- { name: after, debug: }", want: "a after: ok"},
		{keyword: "loop", with: "loop: [ 1, 2 ]", want: "a t: changed\na t: changed"},
		{keyword: "loop_control", with: "loop_control: { break_when: true }", tasks: "- { name: i, include_tasks: t.yml, loop: [ 1, 2 ] KW}", want: "!a t: changed\na t: changed", hosts: "a"},
		{keyword: "register", with: "register: r", tasks: "- { name: i, include_tasks: t.yml KW}\n- { name: see, debug: { msg: \"{{ r.include | default('none') }}\" } }", want: "a see: t.yml"},
		{keyword: "run_once", with: "run_once: true", want: "!b t: changed"},
		{keyword: "tags", with: "tags: x", opt: func(o *Options) { o.SkipTags = []string{"x"} }, want: "!a t: changed"},
		{keyword: "vars", with: "vars: { v: here }", tasks: "- { name: i, include_tasks: v_is.yml KW}", want: "a v: here"},
		{keyword: "when", with: "when: false", want: "!a t: changed"},
	},
	"import_tasks": {
		{keyword: "register", with: "register: r", want: "register has no effect on import_tasks"},
		{keyword: "until", with: "until: false", want: "until has no effect on import_tasks"},
		{keyword: "loop", with: "loop: [ 1 ]", want: "loop has no effect on import_tasks"},
	},
}

// usual is what a play does where a row says nothing else.
const usual = "- { name: t, command: echo KW}"

// text is the playbook of a row in a place, with the keyword or without.
func (r row) text(place string, with bool) (text string, files map[string]string) {
	kw := ""
	if with {
		kw = r.with
	}
	tasks := r.tasks
	if tasks == "" {
		tasks = usual
	}
	inTask := strings.NewReplacer("KW", "").Replace(tasks)
	if strings.Contains(tasks, "include_tasks") { // the file must not include itself
		inTask = strings.ReplaceAll(usual, "KW", "")
	}
	files = map[string]string{
		"t.yml": inTask, "v.yml": "v: file", "v_is.yml": "- { name: v, debug: { msg: \"{{ v | default('none') }}\" } }",
		"roles/other/tasks/main.yml": "- { name: o, debug: }", "roles/r/tasks/main.yml": inTask,
		"roles/ender/tasks/main.yml": "- { meta: " + kw + " }\n- { name: inrole, debug: }",
	}
	if place == "meta" && !with {
		files["roles/ender/tasks/main.yml"] = "- { name: inrole, debug: }"
	}
	lines := func(indent string) string {
		if kw == "" {
			return ""
		}
		return "\n" + indent + kw
	}
	comma := ""
	if kw != "" {
		comma = ", " + kw
	}
	play := "- hosts: all"
	if place == "play" && r.keyword == "hosts" && with {
		play = "- " + kw
	} else if place == "play" {
		play += lines("  ")
	}
	if r.play != "" {
		play += "\n  " + strings.ReplaceAll(r.play, "KW", kw)
	}
	if !strings.Contains(play, "\n  handlers:") {
		play += "\n  handlers: [ { name: h, debug: } ]"
	}
	if place == "role" {
		return play + "\n  roles: [ { role: r" + comma + " } ]", files
	}
	if strings.Contains(play, "\n  tasks:") {
		return play, files
	}
	body := map[string]string{
		"task": strings.ReplaceAll(tasks, "KW", kw), "handler": inTask, "play": inTask, "import_playbook": inTask,
		"import_tasks":  "- { name: i, import_tasks: t.yml" + comma + " }",
		"include_tasks": strings.ReplaceAll(tasks, "KW", comma),
		"apply":         "- { name: i, include_tasks: { file: t.yml, apply: { " + kw + " } } }",
		"import_role":   "- { name: i, import_role: { name: r }" + comma + " }",
		"block":         "- block:\n" + indent(inTask, "    ") + lines("  "),
	}[place]
	switch {
	case place == "include_tasks" && r.tasks == "":
		body = "- { name: i, include_tasks: t.yml" + comma + " }"
	case place == "task" && kw != "" && !strings.HasPrefix(kw, ","):
		body = strings.ReplaceAll(tasks, "KW", ", "+kw)
	case place == "loop_control":
		if tasks == usual {
			tasks = "- { name: t, command: echo, loop: [ x, y ], loop_control: { KW } }"
		}
		body = strings.ReplaceAll(tasks, "KW", kw)
	case place == "meta" && r.tasks == "[]":
		body = "[]"
	case place == "meta":
		if r.tasks == "" {
			tasks = usual[:len(usual)-3] + "}\n- { meta: KW }\n- { name: after, debug: }"
		}
		if kw == "" {
			kw = "noop"
		}
		body = strings.ReplaceAll(tasks, "KW", kw)
	case place == "block" && strings.HasPrefix(kw, "block:"):
		body = "- name: b\n  " + kw
	}
	play += "\n  tasks:\n" + indent(body, "    ")
	if place == "meta" {
		play += "\n- hosts: all\n  tasks: [ { name: second, debug: } ]"
	}
	if place == "import_playbook" {
		files["imported.yml"] = play
		play = "- import_playbook: imported.yml" + lines("  ")
	}
	return play, files
}

func indent(text, by string) string { return by + strings.ReplaceAll(text, "\n", "\n"+by) }

// witness notes everything that a playbook does, and what is asked of nodes.
type witness struct {
	here
	Discard
	mu      sync.Mutex
	lines   []string
	at, max int
}

func (s *witness) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

func (s *witness) Run(ctx context.Context, host fleet.Host, t fleet.Task) (module.Result, error) {
	if t.Module == "pending" {
		return s.here.Run(ctx, host, t)
	}
	line := fmt.Sprintf("%s on %s as %s login %s port %d with %s within %s", t.Module, host.Name, t.User, host.User, host.Port, host.BecomeExe, t.Timeout)
	if t.Planned {
		line += " planned"
	}
	if host.Local {
		line += " local"
	}
	for _, k := range slices.Sorted(maps.Keys(t.Env)) {
		line += " " + k + "=" + t.Env[k]
	}
	if d := t.Args.At("chdir"); d != nil {
		line += " chdir=" + value.Str(d)
	}
	s.note("%s", line)
	s.mu.Lock()
	s.at++
	if s.at > s.max {
		s.max = s.at
		s.lines = append(s.lines, fmt.Sprintf("%d at once", s.max))
	}
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.at--; s.mu.Unlock() }()
	return s.here.Run(ctx, host, t)
}

func (s *witness) Reset(h fleet.Host) { s.note("reset %s", h.Name) }

func (s *witness) PlayStarted(_ *playbook.Play, name string, _ []string) { s.note("play %s", name) }

func (s *witness) Retrying(host string, _ TaskRef, attempt, _ int) {
	s.note("%s retry %d", host, attempt)
}

func (s *witness) Warned(text string) { s.note("warning: %s", text) }

func (s *witness) ItemDone(_ string, _ TaskRef, r Result) {
	s.note("item %s: %s", r.Label, value.Display(r.Values.At("msg")))
}

func (s *witness) HostDone(host string, ref TaskRef, r Result, _ time.Duration) {
	state := "ok"
	switch {
	case r.Unreachable:
		state = "unreachable"
	case r.Failed:
		state = "failed: " + r.Reason()
	case r.Skipped:
		state = "skipped"
	case r.DidChange():
		state = "changed"
	case ref.Action == "debug" && r.Values.At("msg") != "Hello world!":
		state = value.Display(r.Values.At("msg"))
	}
	if r.AsksDiff {
		state += " diff"
	}
	if r.NoDiff {
		state += " nodiff"
	}
	if r.NoLog {
		state += " nolog"
	}
	if r.Delegate != "" {
		s.note("%s for %s on %s", ref.Action, host, r.Delegate)
	}
	s.note("%s %s: %s", host, ref.Name, state)
}

// transcript runs a row and gives everything that happened, with the mistakes that were found before.
func (r row) transcript(t *testing.T, place string, with bool) string {
	t.Helper()
	l := newLab(t)
	text, files := r.text(place, with)
	for name, content := range files {
		l.write(name, content)
	}
	l.write("play.yml", text)
	hosts := r.hosts
	if hosts == "" {
		hosts = "a,b"
	}
	inv, _, err := inventory.Load([]string{hosts + ","}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &witness{here: l.nodes.(here)}
	modules := onnode.Modules()
	names := append(Actions(), module.Names(modules)...)
	pf := playbook.NewFiles(nil)
	loader := &playbook.Loader{Files: pf, FreeForm: FreeForm(modules), Names: func() []string { return names },
		Known: func(n string) bool { return slices.Contains(names, n) }}
	opt := Options{}
	if r.opt != nil {
		r.opt(&opt)
	}
	plays, err := loader.Load(filepath.Join(l.dir, "play.yml"))
	for _, w := range loader.Warnings() {
		s.note("%s", w.Error())
	}
	if err != nil {
		if !strings.Contains(err.Error(), ".yml:") {
			t.Errorf("%s of a %s: the mistake has no place: %v", r.keyword, place, err)
		}
		return strings.Join(append(s.lines, err.Error()), "\n")
	}
	sleep := func(_ context.Context, d time.Duration) error { s.note("slept %s", d); return nil }
	e := New(Deps{Inventory: inv.Clone(), Nodes: s, Modules: modules, Loader: loader, Files: pf, Templates: jinja.New(jinja.Options{}), Sink: s, Sleep: sleep}, opt)
	if err := e.Run(t.Context(), plays); err != nil {
		s.note("%s", err)
	}
	return strings.Join(s.lines, "\n")
}

func (r row) try(t *testing.T, place string) {
	t.Helper()
	with, without := r.transcript(t, place, true), r.transcript(t, place, false)
	want, absent := strings.CutPrefix(r.want, "!")
	if strings.Contains(sorted(with), want) == absent || place != "meta" && r.keyword != "action" && strings.Contains(sorted(without), want) != absent {
		text, _ := r.text(place, true)
		t.Errorf("%s of a %s does not make the difference %q\n%s\n--- with it:\n%s\n--- without:\n%s", r.keyword, place, r.want, text, with, without)
	}
}

// sorted gives the lines of each host together.
func sorted(text string) string {
	lines := strings.Split(text, "\n")
	slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(a[:min(1, len(a))], b[:min(1, len(b))]) })
	return strings.Join(lines, "\n")
}

func TestEveryKeywordIsObeyedOrRefused(t *testing.T) {
	tried := map[string]map[string]bool{}
	try := func(place string, r row) {
		if tried[place] == nil {
			tried[place] = map[string]bool{}
		}
		tried[place][r.keyword] = true
		t.Run(place+"/"+r.keyword, func(t *testing.T) { t.Parallel(); r.try(t, place) })
	}
	for _, r := range sharedRows {
		for _, place := range []string{"play", "role", "block", "task", "import_tasks", "import_role", "apply"} {
			own := place == "play" && slices.ContainsFunc(onlyRows["play"], func(o row) bool { return o.keyword == r.keyword })
			noHandlers := r.keyword == "notify" && (place == "play" || place == "role" || place == "apply")
			noName := r.keyword == "name" && place != "task" && place != "play"
			if !own && !noHandlers && !noName {
				try(place, r)
			}
		}
	}
	for place, rows := range onlyRows {
		for _, r := range rows {
			try(place, r)
		}
	}
	// A name is what a role is known by, and a block shows none.
	tried["role"]["name"], tried["block"]["name"] = true, true
	text, err := os.ReadFile("../../testdata/keywords.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		place, names, _ := strings.Cut(line, ":")
		for name := range strings.FieldsSeq(names) {
			if !tried[place][name] {
				t.Errorf("no row shows the effect of %s of a %s", name, place)
			}
		}
	}
}
