package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/fleet"
	"pig/internal/inventory"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// tells runs tasks on one host; each of want is in what happened, and what follows ! is not.
func (l *lab) tells(tasks string, want ...string) {
	l.t.Helper()
	l.events = nil
	got, err := l.run("a", "- hosts: all\n  gather_facts: false\n  vars: { yes: true, three: 3 }\n  tasks:\n"+indent(tasks, "    ")+"\n")
	text := strings.Join(got, "\n") + "\n"
	if err != nil {
		text += err.Error()
	}
	for _, w := range want {
		word, not := strings.CutPrefix(w, "!")
		if strings.Contains(text, word) == not {
			l.t.Errorf("%s\ntells\n%s\nand %q", tasks, text, w)
		}
	}
}

func TestAssertionsAndMessages(t *testing.T) {
	t.Parallel()
	for tasks, want := range map[string][]string{
		"- { name: t, assert: { that: three == 3 }, register: r }\n- { name: s, debug: { msg: \"{{ r.msg }}\" } }":                                              {"a s: All assertions passed"},
		"- { name: t, assert: { that: [ three == 3, yes ], success_msg: \"{{ three }} it is\" }, register: r }\n- { name: s, debug: { msg: \"{{ r.msg }}\" } }": {"a s: 3 it is"},
		"- { name: t, assert: { that: yes, quiet: true }, register: r }\n- { name: s, debug: { msg: \"{{ r.msg is defined }}\" } }":                             {"a s: True"},
		"- { name: t, assert: { that: [ yes, three == 4 ], fail_msg: \"it is {{ three }}\" }, ignore_errors: true, register: r }\n- { name: s, debug: { msg: \"{{ r.assertion }} {{ r.evaluated_to }} {{ r.msg }}\" } }": {
			"a t: ignored", "a s: three == 4 False it is 3"},
		"- { name: t, assert: { that: three == 4 } }":                        {"a t: failed: Assertion failed"},
		"- { name: t, assert: { that: nosuch } }":                            {"a t: failed", "nosuch"},
		"- { name: t, assert: { that: three == 4, msg: \"{{ nosuch }}\" } }": {"a t: failed", "nosuch"},
		"- { name: t, assert: { msg: x } }":                                  {"missing required arguments: that"},
		"- { name: t, fail: }":                                               {"a t: failed: Failed as requested from task"},
		"- { name: t, fail: { msg: \"three is {{ three }}\" } }":             {"a t: failed: three is 3"},
		"- { name: t, debug: { var: three + 1 }, register: r }\n- { name: s, debug: { msg: \"{{ r['three + 1'] }}\" } }": {"a s: 4"},
		"- { name: t, debug: { var: nosuch }, register: r }\n- { name: s, debug: { msg: \"{{ r.nosuch }}\" } }":          {"a s: << error 1 - 'nosuch' is undefined >>"},
		"- { name: t, debug: { msg: x, verbosity: 2 } }":                                                                 {"a t: skipped"},
		"- { name: t, debug: { msg: x, verbosity: \"{{ nosuch }}\" } }":                                                  {"a t: failed"},
		"- { name: t, pause: { seconds: 0 }, register: r }\n- { name: s, debug: { msg: \"{{ r.stdout }}\" } }":           {"a s: Paused for 0.0 seconds"},
		"- { name: t, pause: { minutes: 0 }, register: r }\n- { name: s, debug: { msg: \"{{ r.stdout }}\" } }":           {"a s: Paused for 0.0 minutes"},
		"- { name: t, pause: }":                            {"a t: ok"},
		"- { name: t, pause: { seconds: 1, minutes: 1 } }": {"parameters are mutually exclusive: minutes|seconds"},
		"- { name: t, pause: { seconds: soon } }":          {"a t: failed", "soon"},
		"- { name: t, command: \"{{ 'echo' }}\", args: \"{{ 'chdir=/' }}\", register: r }\n- { name: s, debug: { msg: \"{{ r.rc }}\" } }":   {"a s: 0"},
		"- { name: t, command: { cmd: echo }, args: \"{{ [1] }}\" }":                                                                        {"invalid arguments of command: want a mapping, not"},
		"- { name: t, command: { cmd: echo }, args: \"{{ nosuch }}\" }":                                                                     {"a t: failed", "nosuch"},
		"- { name: t, shell: \"exit 1\", ignore_errors: true, register: r }\n- { name: s, debug: { msg: \"{{ r.changed }} {{ r.rc }}\" } }": {"a t: ignored", "a s: True 1"},
		"- { name: t, shell: \"exit 1\", failed_when: r.rc > 1, register: r }":                                                              {"a t: changed"},
		"- { name: t, shell: \"exit 1\", failed_when: r.rc > 1, changed_when: r.rc == 2, register: r }":                                     {"a t: ok"},
	} {
		newLab(t).tells(tasks, want...)
	}
	l := newLab(t)
	l.tells("- { name: t, shell: exit 1, ignore_errors: true }\n- { name: u, fail: , ignore_errors: true }")
	if s := l.stats["a"]; s.Ignored != 2 || s.OK != 2 || s.Changed != 1 || s.Failed != 0 {
		t.Errorf("a command that failed and was ignored is counted as %+v", s)
	}
}

func TestFilesOfVariables(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.write("v/1.yml", "a: 1\nb: 1\n")
	l.write("v/sub/2.yaml", "b: 2\n")
	l.write("v/3.json", `{"c": 3}`)
	l.write("v/notes.txt", "d: 4\n")
	l.write("bad.yml", "- 1\n")
	const see = "\n- { name: s, debug: { msg: \"{{ a | default('-') }}{{ b | default('-') }}{{ c | default('-') }}{{ d | default('-') }}\" } }"
	l.tells("- { name: t, include_vars: v/1.yml }"+see, "a s: 11--")
	l.tells("- { name: t, include_vars: { dir: v } }"+see, "a s: 123-")
	l.tells("- { name: t, include_vars: { file: v/1.yml, name: x } }\n- { name: s, debug: { msg: \"{{ x.a }}{{ a | default('-') }}\" } }", "a s: 1-")
	l.tells("- { name: t, include_vars: no.yml }", "a t: failed", `file "no.yml" not found`)
	l.tells("- { name: t, include_vars: bad.yml }", "a t: failed")
}

func TestFilesOfThePlaybookTravel(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	to := filepath.Join(l.dir, "to")
	if err := os.Mkdir(to, 0o755); err != nil {
		t.Fatal(err)
	}
	l.write("files/one", "one\n")
	l.write("files/tree/x", "x\n")
	l.write("files/tree/sub/y", "y\n")
	l.write("files/say.sh", "#!/bin/sh -e\necho \"$#:$1:$2\"\n")
	if err := os.Chmod(filepath.Join(l.dir, "files/one"), 0o750); err != nil {
		t.Fatal(err)
	}
	// What a plan foresees is what a run does, and another run does nothing.
	both := func(task string, changed ...string) {
		t.Helper()
		for i, want := range []string{"changed", "changed", "ok", "ok"} {
			l.opt.Plan = i == 0 || i == 3
			l.nodes = newLab(t).nodes
			l.tells(strings.ReplaceAll(task, "TO", to), "a t: "+want)
			l.opt.Plan = false
		}
		for _, name := range changed {
			if _, err := os.Stat(filepath.Join(to, name)); err != nil {
				t.Error(err)
			}
		}
	}
	both("- { name: t, copy: { src: one, dest: TO/one, mode: preserve } }", "one")
	if i, err := os.Stat(filepath.Join(to, "one")); err != nil || i.Mode().Perm() != 0o750 {
		t.Errorf("a mode that is to be kept is %v, %v", i.Mode(), err)
	}
	both("- { name: t, copy: { src: tree, dest: TO/whole, directory_mode: '0750' } }", "whole/tree/x", "whole/tree/sub/y")
	both("- { name: t, copy: { src: tree/, dest: TO/inner } }", "inner/x", "inner/sub/y")
	if i, err := os.Stat(filepath.Join(to, "whole/tree/sub")); err != nil || i.Mode().Perm() != 0o750 {
		t.Errorf("the mode of directories is %v, %v", i.Mode(), err)
	}
	l.write("files/large", strings.Repeat("0123456789abcdef", node.PieceSize/16+1))
	both("- { name: t, copy: { src: large, dest: TO/large } }", "large")
	l.tells("- { name: t, copy: { src: tree, dest: "+to+"/one } }", "a t: failed")
	l.tells("- { name: t, copy: { src: nosuch, dest: "+to+"/x } }", `file "nosuch" not found`)
	const see = ", register: r }\n- { name: s, debug: { msg: \"{{ r.stdout }}\" } }"
	l.tells("- { name: t, script: \"say.sh 'a b' c\""+see, "a s: 2:a b:c")
	l.tells("- { name: t, script: { cmd: say.sh x, executable: /bin/bash }"+see, "a s: 1:x:")
	l.tells("- { name: t, script: { cmd: say.sh x, creates: "+to+"/one } }", "a t: ok")
	l.tells("- { name: t, script: \"say.sh 'a\" }", "a quote is not closed")
	l.tells("- { name: t, script: nosuch.sh }", "a t: failed", "nosuch.sh")
	l.tells("- { name: t, script: '' }", "script needs the path of a script")
}

func TestFetchBringsWholeFiles(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.write("node/one", "one\n")
	l.write("node/dir/x", "x\n")
	l.write("node/empty", "")
	at := filepath.Join(l.dir, "node")
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(l.dir, name))
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	l.opt.Plan = true
	l.tells("- { name: t, fetch: { src: "+at+"/one, dest: got/, flat: true } }", "a t: changed")
	l.opt.Plan = false
	if _, err := os.Stat(filepath.Join(l.dir, "got")); err == nil {
		t.Error("a plan fetched something")
	}
	l.tells("- { name: t, fetch: { src: "+at+"/one, dest: got/, flat: true } }", "a t: changed")
	l.tells("- { name: t, fetch: { src: "+at+"/one, dest: got/, flat: true } }", "a t: ok")
	l.tells("- { name: t, fetch: { src: "+at+"/empty, dest: got } }", "a t: changed")
	if read("got/one") != "one\n" || read("got/a/"+at+"/empty") != "" {
		t.Errorf("fetched %q and %q", read("got/one"), read("got/a/"+at+"/empty"))
	}
	l.tells("- { name: t, fetch: { src: "+at+"/no, dest: got } }", "a t: failed: the node has no "+at+"/no")
	l.tells("- { name: t, fetch: { src: "+at+"/no, dest: got, fail_on_missing: false } }", "a t: ok")
	l.tells("- { name: t, fetch: { src: "+at+"/dir, dest: got } }", "a t: failed: "+at+"/dir is not a file")
	l.tells("- { name: t, fetch: { src: /, dest: got } }", `invalid src "/": not a file`)
	// A file that changes on the way does not take the place of the one that was fetched before.
	l.write("node/one", "two\n")
	l.nodes = &changing{Nodes: l.nodes, path: filepath.Join(at, "one")}
	l.tells("- { name: t, fetch: { src: "+at+"/one, dest: got/, flat: true } }", "a t: failed: "+at+"/one changed while it was fetched")
	left, err := os.ReadDir(filepath.Join(l.dir, "got"))
	if read("got/one") != "one\n" || err != nil || len(left) != 2 {
		t.Errorf("the file of before is %q, beside it %v, %v", read("got/one"), left, err)
	}
}

// changing writes a file just before it is read.
type changing struct {
	Nodes
	path string
}

func (c *changing) Run(ctx context.Context, h fleet.Host, t fleet.Task) (module.Result, error) {
	if t.Module == "slurp" {
		if err := os.WriteFile(c.path, []byte("new\n"), 0o600); err != nil {
			return module.Result{}, err
		}
	}
	return c.Nodes.Run(ctx, h, t)
}

// away is a host that answers after some tries.
type away struct {
	Nodes
	tries int
}

func (a *away) Run(ctx context.Context, h fleet.Host, t fleet.Task) (module.Result, error) {
	if a.tries--; a.tries >= 0 {
		return module.Result{}, &fleet.Unreachable{Host: h.Name, Err: fmt.Errorf("no route to host")}
	}
	return a.Nodes.Run(ctx, h, t)
}

func TestConnectionIsWaitedFor(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"{ sleep: 0, timeout: 30 }":           "a t: ok",
		"{ sleep: 0, timeout: 0 }":            "a t: unreachable",
		"{ timeout: soon }":                   "a t: failed",
		"{ delay: soon }":                     "a t: failed",
		"{ sleep: 0, timeout: 30, delay: 0 }": "a t: ok",
	} {
		l := newLab(t)
		l.nodes = &away{l.nodes, 2}
		l.tells("- { name: t, wait_for_connection: "+args+" }", want)
	}
}

func TestBatchesOfHosts(t *testing.T) {
	t.Parallel()
	for serial, want := range map[string]string{
		"3": "abc abc abc d", "'50%'": "ab ab cd cd", "[1, '50%']": "a bc bc d", "'1%'": "a b c d", "0": "abcd abcd abcd abcd", "9": "abcd abcd abcd abcd", "\"{{ 2 * 2 }}\"": "abcd abcd abcd abcd",
	} {
		l := newLab(t)
		got, err := l.run("a,b,c,d", "- hosts: all\n  gather_facts: false\n  serial: "+serial+"\n  tasks: [ { name: t, debug: { msg: \"{{ ansible_play_batch | join }}\" } } ]\n")
		text := ""
		for _, e := range got {
			text += e[strings.LastIndexByte(e, ' '):]
		}
		if strings.TrimSpace(text) != want || err != nil {
			t.Errorf("serial %s: %s, want %s, %v", serial, text, want, err)
		}
	}
	for serial, want := range map[string]string{"some": `invalid number of hosts "some": want a number or a percentage`, "x%": `invalid percentage "x%": want a number and %`, "'{{ nosuch }}'": "nosuch"} {
		_, err := newLab(t).run("a,b", "- hosts: all\n  gather_facts: false\n  serial: "+serial+"\n  tasks: [ { debug: } ]\n")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("serial %s: %v", serial, err)
		}
	}
	for order, want := range map[string]string{"inventory": "b,a,c", "reverse_inventory": "c,a,b", "sorted": "a,b,c", "reverse_sorted": "c,b,a"} {
		var names []string
		for _, h := range ordered([]*inventory.Host{{Name: "b"}, {Name: "a"}, {Name: "c"}}, order) {
			names = append(names, h.Name)
		}
		if got := strings.Join(names, ","); got != want {
			t.Errorf("order %s: %s, want %s", order, got, want)
		}
	}
}

// Files of one set are sent together, and a part that is not known yet keeps the set from being checked.
func TestSetsOfFilesAreSentTogether(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	to := filepath.Join(l.dir, "to")
	l.write("to/old.conf", "# ours\n")
	l.write("one.j2", "one {{ three }}\n")
	const tasks = `- { name: t, template: { src: one.j2, dest: TO/one.conf, staged: set } }
- { name: u, copy: { content: "two\n", dest: TO/two.conf, staged: set } }
- { name: p, prune: { path: TO, marker: "# ours", keep: [ one.conf, two.conf ], staged: set } }
- { name: c, configuration: { staged: set } }`
	text := strings.ReplaceAll(tasks, "TO", to)
	for i, want := range []string{"changed", "changed", "ok"} {
		l.opt.Plan = i == 0
		l.tells(text, "a t: ok", "a u: ok", "a p: ok", "a c: "+want)
		if files, err := os.ReadDir(to); err != nil || i == 0 && len(files) != 1 || i > 0 && len(files) != 2 {
			t.Errorf("turn %d: %v, %v", i, files, err)
		}
	}
}

func TestPlaceInTheInventoryOfAWrongLine(t *testing.T) {
	t.Parallel()
	vars := value.NewDict()
	at := diag.Pos{File: "pigsty.yml", Line: 7, Col: 3}
	vars.SetAt("lines", "maxconn many\nabc", at, at)
	deep := value.NewDict()
	deep.SetAt("x", "conn", diag.Pos{File: "pigsty.yml", Line: 1, Col: 1}, diag.Pos{File: "pigsty.yml", Line: 1, Col: 4})
	vars.Set("deep", value.NewList(deep))
	for line, want := range map[string]string{"  maxconn many": "maxconn many", "conn": "conn", "abc": "", "other": ""} {
		text, pos := origin(vars, line)
		if text != want || pos.Known() != (want != "") {
			t.Errorf("%q: %q at %s", line, text, pos)
		}
	}
}

func TestModuleOutsideOfPlays(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	inv, _, err := inventory.Load([]string{"a,b,down1,"}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := l.engine(inv)
	got := e.Everywhere(t.Context(), []string{"a", "b", "down1", "nosuch"}, "ping", value.DictOf("data", "x"))
	if len(got) != 3 || got["a"].Values.At("ping") != "x" || got["b"].Failed || !got["down1"].Unreachable {
		t.Errorf("%v", got)
	}
	if h, err := e.Reach("a"); err != nil || h.Name != "a" {
		t.Errorf("%+v, %v", h, err)
	}
	if _, err := e.Reach("nosuch"); err == nil || err.Error() != `host "nosuch" not found in the inventory` {
		t.Error(err)
	}
}
