package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/products/onnode"
	"pig/internal/value"
)

// lab runs playbooks against hosts that all are this machine, and notes what every host did in which order.
type lab struct {
	Discard
	t      *testing.T
	dir    string
	opt    Options
	nodes  Nodes
	mu     sync.Mutex
	events []string
	stats  map[string]Stats
	// inventory is read where a test names no hosts.
	inventory string
	warnings  []string
}

// here is a Nodes that executes modules in this process; hosts named down* cannot be reached.
type here struct {
	live   *node.Live
	shadow *node.Shadow
}

func (h here) Run(ctx context.Context, host fleet.Host, t fleet.Task) (module.Result, error) {
	if strings.HasPrefix(host.Name, "down") {
		return module.Result{}, &fleet.Unreachable{Host: host.Name, Err: errors.New("no route to host")}
	}
	var m node.Machine = h.live
	if t.Planned {
		m = h.shadow
	}
	if t.User, t.Pending = "", nil; t.Module == "pending" { // nothing is noted on the machine that runs the tests
		return module.Result{Values: value.DictOf("pending", value.NewList()), Changed: false}, nil
	}
	return module.Run(ctx, m, onnode.Modules(), t.Task), nil
}

func (here) Reset(fleet.Host) {}

func newLab(t *testing.T) *lab {
	live := node.NewLive()
	return &lab{t: t, dir: t.TempDir(), nodes: here{live, node.NewShadow(live)}}
}

func (l *lab) HostDone(host string, ref TaskRef, r Result, _ time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	state := "ok"
	switch {
	case r.Unreachable:
		state = "unreachable"
	case r.Failed && r.Ignored:
		state = "ignored"
	case r.Failed:
		state = "failed: " + r.Msg
	case r.Skipped:
		state = "skipped"
	case r.DidChange():
		state = "changed"
	case r.Unknown():
		state = "unknown"
	case ref.Action == "debug":
		state = value.Display(r.Values.At("msg"))
	}
	l.events = append(l.events, fmt.Sprintf("%s %s: %s", host, ref.Name, state))
}

// Warned implements Sink.
func (l *lab) Warned(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.warnings = append(l.warnings, text)
}

func (l *lab) write(name, text string) {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// run runs a playbook on hosts and gives what happened.
func (l *lab) run(hosts, text string) ([]string, error) {
	l.t.Helper()
	l.write("play.yml", text)
	source := hosts + ","
	if l.inventory != "" {
		l.write("hosts.yml", l.inventory)
		source = filepath.Join(l.dir, "hosts.yml")
	}
	inv, _, err := inventory.Load([]string{source}, inventory.Options{})
	if err != nil {
		l.t.Fatal(err)
	}
	e := l.engine(inv)
	plays, err := e.Loader.Load(filepath.Join(l.dir, "play.yml"))
	if err != nil {
		return nil, err
	}
	err = e.Run(l.t.Context(), plays)
	_, l.stats = e.Stats()
	return l.events, err
}

// engine is one for the hosts of an inventory.
func (l *lab) engine(inv *inventory.Inventory) *Engine {
	files := playbook.NewFiles(nil)
	modules := onnode.Modules()
	names := append(Actions(), module.Names(modules)...)
	loader := &playbook.Loader{
		Files: files, FreeForm: FreeForm(modules), Names: func() []string { return names },
		Known: func(n string) bool { return slices.Contains(names, n) },
	}
	return New(Deps{Inventory: inv.Clone(), Nodes: l.nodes, Modules: modules, Loader: loader, Files: files, Templates: jinja.New(jinja.Options{}), Sink: l}, l.opt)
}

func (l *lab) expect(hosts, text string, want ...string) {
	l.t.Helper()
	got, err := l.run(hosts, text)
	if err != nil {
		l.t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		l.t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestConditionsSkip(t *testing.T) {
	newLab(t).expect("a", `
- hosts: all
  tasks:
    - { name: one, debug: { msg: x }, when: false }
    - { name: two, debug: { msg: "{{ inventory_hostname }}" }, when: [ "1 == 1", "inventory_hostname == 'a'" ] }
    - { name: three, debug: { msg: x }, when: "nosuch is defined and nosuch.x" }
`, "a one: skipped", "a two: a", "a three: skipped")
}

func TestLoopsKeepTheirResults(t *testing.T) {
	newLab(t).expect("a", `
- hosts: all
  tasks:
    - { name: loop, command: "echo {{ item }}", loop: [ x, y ], register: out, changed_when: "item == 'y'" }
    - { name: see, debug: { msg: "{{ out.results | map(attribute='stdout') | join('+') }} {{ out.changed }}" } }
    - { name: dict, debug: { msg: "{{ item.key }}" }, with_dict: { k: v } }
    - { name: none, debug: { msg: x }, loop: [] }
`, "a loop: changed", "a see: x+y True", "a dict: All items completed", "a none: skipped")
}

func TestRescueAndAlways(t *testing.T) {
	l := newLab(t)
	l.expect("a", `
- hosts: all
  tasks:
    - block:
        - { name: bad, fail: { msg: boom } }
        - { name: never, debug: { msg: x } }
      rescue:
        - { name: rescue, debug: { msg: "{{ ansible_failed_task.name }}: {{ ansible_failed_result.msg }}" } }
      always:
        - { name: always, debug: { msg: y } }
    - { name: after, debug: { msg: z } }
`, "a bad: failed: boom", "a rescue: bad: boom", "a always: y", "a after: z")
	if s := l.stats["a"]; s.Failed != 0 || s.Rescued != 1 {
		t.Errorf("stats %+v", s)
	}
}

func TestHandlersRunOnceInTheOrderOfTheirDefinition(t *testing.T) {
	newLab(t).expect("a", `
- hosts: all
  tasks:
    - { name: t1, command: "true", notify: [ second, topic ] }
    - { name: t2, command: "true", notify: second }
    - { name: quiet, command: "true", changed_when: false, notify: never }
  handlers:
    - { name: first, listen: topic, debug: { msg: 1 } }
    - { name: second, debug: { msg: 2 } }
    - { name: never, debug: { msg: 3 } }
`, "a t1: changed", "a t2: changed", "a quiet: ok", "a first: 1", "a second: 2")
}

func TestUnknownHandlerIsAnErrorWithAHint(t *testing.T) {
	got, err := newLab(t).run("a", `
- hosts: all
  tasks: [ { name: t, command: "true", notify: restrat } ]
  handlers: [ { name: restart, debug: { msg: x } } ]
`)
	if err != nil || !strings.Contains(strings.Join(got, "\n"), `handler "restrat" not found`) || !strings.Contains(strings.Join(got, "\n"), "did you mean restart?") {
		t.Errorf("got %v, %v", got, err)
	}
}

// Afterwards no run would find a change any more, and the handler would never run.
func TestAnUnknownHandlerStopsTheTaskBeforeItChangesAnything(t *testing.T) {
	l := newLab(t)
	path := filepath.Join(l.dir, "app.conf")
	for handler, want := range map[string]string{"restrat": "failed", "restart": "changed"} {
		got, err := l.run("a", `
- hosts: all
  tasks: [ { name: t, copy: { content: new, dest: `+path+` }, notify: `+handler+` } ]
  handlers: [ { name: restart, debug: { msg: restarted } } ]
`)
		if err != nil || !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%s: %v, %v", handler, got, err)
		}
		if _, err := os.Stat(path); os.IsNotExist(err) != (want == "failed") {
			t.Errorf("%s: the file: %v", handler, err)
		}
		_ = os.Remove(path)
	}
}

func TestOneBadHostHoldsUpNobodyElse(t *testing.T) {
	l := newLab(t)
	_, err := l.run("a,b,down1", `
- hosts: all
  tasks:
    - { name: t1, command: "true" }
    - { name: t2, fail: { msg: x }, when: inventory_hostname == 'a' }
    - { name: t3, command: "true" }
`)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]Stats{"a": {OK: 1, Changed: 1, Failed: 1}, "b": {OK: 2, Changed: 2, Skipped: 1}, "down1": {Unreachable: 1}} {
		if l.stats[host] != want {
			t.Errorf("%s: %+v, want %+v", host, l.stats[host], want)
		}
	}
}

func TestAnyErrorsFatalStopsEverybody(t *testing.T) {
	l := newLab(t)
	got, err := l.run("a,b", `
- hosts: all
  any_errors_fatal: true
  tasks:
    - { name: t1, fail: { msg: x }, when: inventory_hostname == 'a' }
    - { name: t2, debug: { msg: never } }
`)
	if err != nil || slices.ContainsFunc(got, func(e string) bool { return strings.Contains(e, "t2") }) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestLinearKeepsHostsInStep(t *testing.T) {
	l := newLab(t)
	got, err := l.run("a,b,c", `
- hosts: all
  tasks:
    - { name: t1, command: "sleep {{ '0.2' if inventory_hostname == 'a' else '0' }}" }
    - { name: t2, include_tasks: "{{ 'x.yml' if inventory_hostname == 'b' else 'y.yml' }}", when: false }
    - { name: t3, debug: { msg: x } }
`)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range got {
		if strings.Contains(e, "t3") && i < 6 {
			t.Errorf("somebody began t3 before all had done t1: %v", got)
		}
	}
}

// A host that fails at a task of a linear play keeps nobody from that task, and the play ends before the next one.
func TestHostsInStepDoTheTaskAtWhichOneFails(t *testing.T) {
	t.Parallel()
	for range 20 {
		got, err := newLab(t).run("a,b,c,d", `
- hosts: all
  gather_facts: false
  max_fail_percentage: 20
  tasks:
    - { name: t1, fail: { msg: x }, when: inventory_hostname == 'a' }
    - { name: t2, debug: { msg: x } }
`)
		slices.Sort(got)
		if err != nil || len(got) != 4 || !strings.HasPrefix(got[3], "d t1: skipped") {
			t.Fatalf("got %v, %v", got, err)
		}
	}
}

// wait_for_hosts waits for the hosts that are behind, for those that it names only, and for nobody who has left.
func TestHostsAreWaitedFor(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{"{}": "a,c", "{ hosts: [ c, nosuch ] }": "c", "{ hosts: a }": "a"} {
		l := newLab(t)
		got, err := l.run("a,b,c,d", `
- hosts: all
  gather_facts: false
  strategy: free
  tasks:
    - { name: first, command: "sleep {{ { 'a': 1, 'c': 0.5 }[inventory_hostname] | default(0) }}" }
    - { name: away, fail: { msg: x }, when: inventory_hostname == 'd' }
    - { name: all, wait_for_hosts: `+args+`, when: inventory_hostname != 'a' }
    - { name: last, debug: { msg: x } }
`)
		if err != nil {
			t.Fatal(err)
		}
		last := slices.IndexFunc(got, func(e string) bool { return strings.HasPrefix(e, "b last") })
		for name := range strings.SplitSeq(want, ",") {
			if first := slices.IndexFunc(got, func(e string) bool { return strings.HasPrefix(e, name+" first") }); first < 0 || last < first {
				t.Errorf("%s: b did not wait for %s: %v", args, name, got)
			}
		}
		if args == "{ hosts: [ c, nosuch ] }" && last > slices.IndexFunc(got, func(e string) bool { return strings.HasPrefix(e, "a first") }) {
			t.Errorf("%s: b waited for a: %v", args, got)
		}
	}
}

func TestRunOnceSharesItsResult(t *testing.T) {
	l := newLab(t)
	got, err := l.run("a,b", `
- hosts: all
  tasks:
    - { name: once, command: mktemp -u, run_once: true, register: r }
    - { name: see, debug: { msg: "{{ r.stdout }}" } }
`)
	if err != nil || len(got) != 3 {
		t.Fatalf("got %v, %v", got, err)
	}
	if strings.Split(got[1], " ")[2] != strings.Split(got[2], " ")[2] {
		t.Errorf("the hosts see different results: %v", got)
	}
}

// A host that shares a run_once task which failed and was rescued has no failure of its own to take back.
func TestARescuedRunOnceIsCountedOnce(t *testing.T) {
	l := newLab(t)
	if _, err := l.run("a,b", `
- hosts: all
  tasks:
    - block: [ { name: once, fail: { msg: x }, run_once: true } ]
      rescue: [ { name: saved, debug: { msg: x } } ]
    - { name: real, fail: { msg: y }, when: inventory_hostname == 'b' }
`); err != nil {
		t.Fatal(err)
	}
	if a, b := l.stats["a"], l.stats["b"]; a.Failed != 0 || a.Rescued != 1 || b.Failed != 1 || b.Rescued != 0 {
		t.Errorf("%+v, %+v", a, b)
	}
}

// A run_once include that cannot be read ends the play of all who share it.
func TestAnIncludeThatFailsOnceFailsForAll(t *testing.T) {
	l := newLab(t)
	got, _ := l.run("a,b", `
- hosts: all
  tasks:
    - { name: more, include_tasks: nowhere.yml, run_once: true }
    - { name: after, debug: { msg: x } }
`)
	for _, line := range got {
		if strings.Contains(line, "after") {
			t.Errorf("%q", got)
		}
	}
}

// Where clusters are told apart, each does for itself what runs once. What is done on the controller is done once for all.
func TestRunOnceInEachCluster(t *testing.T) {
	l := newLab(t)
	l.opt.Cluster = func(host string) string { return host[:1] }
	got, err := l.run("a1,a2,b1,b2", `
- hosts: all
  tasks:
    - { name: once, set_fact: { who: "{{ inventory_hostname }}" }, run_once: true }
    - { name: here, set_fact: { all: "{{ inventory_hostname }}" }, run_once: true, delegate_to: localhost }
    - { name: see, debug: { msg: "{{ who }} {{ all }}" } }
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a1 see: a1 a1", "a2 see: a1 a1", "b1 see: b1 a1", "b2 see: b1 a1"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
}

func TestSerialRunsBatchAfterBatch(t *testing.T) {
	newLab(t).expect("a,b,c", `
- hosts: all
  serial: 1
  tasks:
    - { name: t, debug: { msg: "{{ ansible_play_batch | join(' ') }}" } }
    - { name: u, debug: { msg: "{{ ansible_play_hosts_all | length }}" } }
`, "a t: a", "a u: 3", "b t: b", "b u: 3", "c t: c", "c u: 3")
}

// A plan cannot wait: what a wait that is not over ends with is unknown, and no failure.
func TestAPlanDoesNotFailForAWait(t *testing.T) {
	l := newLab(t)
	l.opt.Plan = true
	l.expect("a", `
- hosts: all
  tasks:
    - { name: over, command: echo up, check_mode: false, changed_when: false, register: r, until: r.stdout == 'up', retries: 9 }
    - { name: wait, command: echo down, check_mode: false, changed_when: false, register: w, until: w.stdout == 'up', retries: 9 }
    - { name: then, debug: { msg: x }, when: w.stdout == 'up' }
`, "a over: ok", "a wait: unknown", "a then: unknown")
}

func TestUntilRetries(t *testing.T) {
	l := newLab(t)
	l.expect("a", `
- hosts: all
  tasks:
    - { name: try, shell: "echo x >> `+l.dir+`/n; wc -l < `+l.dir+`/n", register: r, until: r.stdout | int >= 3, retries: 5, delay: 0 }
    - { name: see, debug: { msg: "{{ r.attempts }}" } }
`, "a try: changed", "a see: 3")
}

// ansible-core 2.14 counts so, although the task runs three times.
func TestAttemptsOfAConditionThatIsNeverMet(t *testing.T) {
	l := newLab(t)
	l.expect("a", `
- hosts: all
  tasks:
    - { name: try, shell: "echo x >> `+l.dir+`/n; wc -l < `+l.dir+`/n", register: r, until: false, retries: 2, delay: 0, ignore_errors: true }
    - { name: see, debug: { msg: "{{ r.attempts }} {{ r.stdout }}" } }
`, "a try: ignored", "a see: 2 3")
}

func TestTagsSelect(t *testing.T) {
	l := newLab(t)
	l.opt.Tags = []string{"x"}
	l.expect("a", `
- hosts: all
  tasks:
    - { name: plain, debug: { msg: 1 } }
    - { name: tagged, debug: { msg: 2 }, tags: x }
    - { name: always, debug: { msg: 3 }, tags: always }
    - { name: never, debug: { msg: 4 }, tags: [ never, y ] }
    - block: [ { name: inherited, debug: { msg: 5 } } ]
      tags: [ x ]
`, "a tagged: 2", "a always: 3", "a inherited: 5")
}

func TestPrecedenceOfVariables(t *testing.T) {
	l := newLab(t)
	l.write("roles/r/defaults/main.yml", "{ d: default, v: default, p: default, t: default, s: default, e: default, q: default }")
	l.write("roles/r/vars/main.yml", "{ v: rolevar, t: rolevar, s: rolevar, e: rolevar }")
	l.write("roles/r/tasks/main.yml", `
- set_fact: { s: fact }
- { name: see, vars: { t: task, s: task, e: task }, debug: { msg: "{{ [d, p, v, q, t, s, e] | join(' ') }}" } }
`)
	l.opt.ExtraVars = value.DictOf("e", "extra")
	got, err := l.run("a", `
- hosts: all
  vars: { p: play, v: play, t: play }
  roles: [ { role: r, q: param } ]
`)
	if err != nil || got[len(got)-1] != "a see: default play rolevar param task fact extra" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestPlanChangesNothingAndForeseesAll(t *testing.T) {
	l := newLab(t)
	l.opt.Plan = true
	l.expect("a", `
- hosts: all
  vars: { d: "`+l.dir+`" }
  tasks:
    - { name: dir, file: { path: "{{ d }}/sub", state: directory } }
    - { name: file, copy: { dest: "{{ d }}/sub/x", content: "hello" } }
    - { name: again, copy: { dest: "{{ d }}/sub/x", content: "hello" } }
    - { name: read, command: "cat {{ d }}/sub/x", register: out }
    - { name: uses, debug: { msg: "{{ out.stdout }}" } }
    - { name: maybe, debug: { msg: x }, when: out.rc == 0 }
    - { name: derived, copy: { dest: "{{ d }}/sub/y", content: "{{ out.stdout }}" } }
    - { name: probe, command: echo yes, check_mode: false, changed_when: false, register: p }
    - { name: sees, debug: { msg: "{{ p.stdout }}" } }
`, "a dir: changed", "a file: changed", "a again: ok", "a read: unknown", "a uses: (known after apply)", "a maybe: unknown", "a derived: changed",
		"a probe: ok", "a sees: yes")
	if _, err := os.Stat(filepath.Join(l.dir, "sub")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the plan made the directory")
	}
}

func TestIncludesLoopAndNest(t *testing.T) {
	l := newLab(t)
	l.write("inc.yml", `[ { name: "in {{ item }}", debug: { msg: "{{ v }}" } } ]`)
	l.expect("a", `
- hosts: all
  tasks:
    - { include_tasks: inc.yml, loop: [ 1, 2 ], vars: { v: "v{{ item }}" } }
    - { import_tasks: inc.yml, vars: { v: w, item: i } }
`, "a in 1: v1", "a in 2: v2", "a in i: w")
}

func TestMistakesPointToTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"- hosts: all\n  tasks:\n    - debug: { msg: x }\n      wen: true\n":                       `play.yml:4:7: unknown keyword "wen" (did you mean when?)`,
		"- hosts: all\n  tsks: []\n":                                                               `play.yml:2:3: unknown keyword "tsks" (did you mean tasks?)`,
		"- hosts: all\n  tasks:\n    - include_tasks: a\n      loop: [1]\n      with_items: [2]\n": "play.yml:5:7: a task has only one loop",
	} {
		_, err := newLab(t).run("a", text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// A module that nobody knows is told where its task is reached, and nowhere else.
func TestUnknownModulesAreToldWhenTheyAreReached(t *testing.T) {
	l := newLab(t)
	l.tells("- { name: t, copi: { dest: x }, when: false }\n- { name: s, debug: { msg: after } }", "a t: skipped", "a s: after")
	l.tells("- { name: t, copi: { dest: x }, ignore_errors: true }\n- { name: s, debug: { msg: after } }", "a t: ignored", "a s: after")
	_, err := l.run("a", "- hosts: all\n  tasks:\n    - copi: { dest: x }\n")
	if err != nil || l.stats["a"].Failed != 1 {
		t.Errorf("a module that nobody knows: %v, %+v", err, l.stats["a"])
	}
}

func TestStopFinishesTheTaskAtHand(t *testing.T) {
	l := newLab(t)
	l.write("play.yml", "")
	var e *Engine
	text := `
- hosts: all
  tasks:
    - { name: t1, debug: { msg: 1 } }
    - { name: t2, debug: { msg: 2 } }
`
	l.write("play.yml", text)
	inv, _, err := inventory.Load([]string{"a,"}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files := playbook.NewFiles(nil)
	loader := &playbook.Loader{Files: files, FreeForm: FreeForm(nil), Names: Actions, Known: func(string) bool { return true }}
	plays, err := loader.Load(filepath.Join(l.dir, "play.yml"))
	if err != nil {
		t.Fatal(err)
	}
	e = New(Deps{Inventory: inv.Clone(), Nodes: l.nodes, Modules: onnode.Modules(), Loader: loader, Files: files, Templates: jinja.New(jinja.Options{}), Sink: &stopper{lab: l, stop: func() { e.Stop() }}}, Options{})
	if err := e.Run(t.Context(), plays); !errors.Is(err, ErrStopped) {
		t.Errorf("err %v", err)
	}
	if !slices.Equal(l.events, []string{"a t1: 1"}) {
		t.Errorf("events %v", l.events)
	}
}

type stopper struct {
	*lab
	stop func()
}

func (s *stopper) HostStarted(string, TaskRef) { s.stop() }

func TestWhatIsIgnoredOnceIsIgnoredForAll(t *testing.T) {
	newLab(t).expect("a,b", `
- hosts: all
  tasks:
    - { name: once, fail: { msg: x }, run_once: true, ignore_errors: true }
    - { name: away, ping: {}, run_once: true, delegate_to: down1, ignore_unreachable: true }
    - { name: last, debug: { msg: "{{ inventory_hostname }}" }, run_once: true }
`, "a once: ignored", "a away: unreachable", "a last: a")
}

func TestLoopsGoOnBehindADelegateThatIsAway(t *testing.T) {
	dir := t.TempDir()
	newLab(t).expect("a", `
- hosts: all
  tasks:
    - name: tell
      copy: { dest: "`+dir+`/{{ item }}", content: x }
      delegate_to: "{{ item }}"
      loop: [ down1, b, down2, c ]
      ignore_unreachable: true
    - { name: last, debug: { msg: x } }
`, "a tell: unreachable", "a last: x")
	for _, name := range []string{"b", "c"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestAHostThatFailsInOneViewGoesOnInAnother(t *testing.T) {
	e := New(Deps{}, Options{})
	one, other := e.With(Discard{}), e.With(Discard{})
	one.fates.end("a", false)
	one.fates.end("b", true)
	if !slices.Equal(one.Failed([]string{"a", "b"}), []string{"a", "b"}) || !slices.Equal(one.Unreachable([]string{"a", "b"}), []string{"b"}) {
		t.Errorf("failed %v, unreachable %v", one.Failed([]string{"a", "b"}), one.Unreachable([]string{"a", "b"}))
	}
	if bad := other.Failed([]string{"a", "b"}); len(bad) > 0 {
		t.Errorf("%v failed elsewhere", bad)
	}
}

// Units run side by side on one host: what the tasks of one register is not what the tasks of another find under that name.
func TestAViewSeesFactsAndNoResultsOfAnother(t *testing.T) {
	inv, _, err := inventory.Load([]string{"a,"}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := newLab(t).engine(inv)
	one, other := e.With(Discard{}), e.With(Discard{})
	one.host("a").register("started", value.DictOf("changed", true), true)
	one.host("a").tell(value.DictOf("kernel", "6.12"), true)
	if one.host("a").set.At("started") == nil {
		t.Error("a view loses what its tasks register")
	}
	if v := other.host("a").set.At("started"); v != nil {
		t.Errorf("another view finds %v", v)
	}
	if v := other.host("a").facts.At("kernel"); v != "6.12" {
		t.Errorf("another view knows as a fact: %v", v)
	}
}
