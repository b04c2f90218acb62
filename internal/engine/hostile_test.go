package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pig/internal/fleet"
	"pig/internal/module"
	"pig/internal/value"
)

// liars are nodes that answer what they like; the commands of a test say what: command: ANSWER gives answers[ANSWER].
type liars struct {
	here
	answers map[string]*value.Dict

	mu     sync.Mutex
	asked  []fleet.Host
	copied []string
}

func (l *liars) Run(ctx context.Context, h fleet.Host, t fleet.Task) (module.Result, error) {
	l.mu.Lock()
	l.asked = append(l.asked, h)
	if t.Module == "copy" {
		l.copied = append(l.copied, value.Str(t.Args.At("content")))
	}
	l.mu.Unlock()
	switch t.Module {
	case "setup":
		return module.Result{Values: value.DictOf("ansible_facts", l.answers["setup"]), Changed: false}, nil
	case "command":
		if a, ok := l.answers[value.Str(t.Args.At("_raw_params"))]; ok {
			return module.Result{Values: a, Changed: false}, nil
		}
	case "stat", "slurp":
		if a, ok := l.answers[t.Module]; ok {
			return module.Result{Values: a, Changed: false}, nil
		}
	case "copy":
		return module.Result{Values: value.NewDict(), Changed: false}, nil
	}
	return l.here.Run(ctx, h, t)
}

// hostile is a lab whose nodes lie, and say is what they answer to the command say.
func hostile(t *testing.T, say value.Value) (*lab, *liars) {
	l := newLab(t)
	nodes := &liars{here: l.nodes.(here), answers: map[string]*value.Dict{"say": value.DictOf("stdout", say, "rc", int64(0))}} //nolint:forcetypeassert // newLab made it
	l.nodes = nodes
	return l, nodes
}

// fails runs a playbook on hosts and expects its last event to tell of a failure that has every one of words in it.
func (l *lab) fails(hosts, text string, words ...string) {
	l.t.Helper()
	got, err := l.run(hosts, text)
	if err != nil {
		l.t.Fatal(err)
	}
	last := ""
	if len(got) > 0 {
		last = got[len(got)-1]
	}
	for _, w := range append(words, "failed: ") {
		if !strings.Contains(last, w) {
			l.t.Errorf("%q is not in the last event:\n  %s", w, strings.Join(got, "\n  "))
		}
	}
}

func TestFactsDoNotChooseTheConnection(t *testing.T) {
	l, nodes := hostile(t, "")
	evil := value.DictOf("ansible_distribution", "Debian")
	for _, name := range []string{
		"ansible_connection", "ansible_host", "ansible_ssh_host", "ansible_user", "ansible_ssh_user", "ansible_port", "ansible_ssh_common_args", "ansible_become",
		"ansible_become_user", "ansible_become_exe", "ansible_become_password", "ansible_ssh_private_key_file", "ansible_python_interpreter",
		"ansible_bash_interpreter", "ansible_play_hosts", "ansible_check_mode", "inventory_hostname", "inventory_dir", "groups", "hostvars", "omit", "playbook_dir",
		"role_path", "connection", "nodename", "pg_users",
	} {
		evil.Set(name, "local")
	}
	nodes.answers["setup"] = evil
	got, err := l.run("10.0.0.9", `
- hosts: all
  tasks:
    - { name: gather, setup: {} }
    - { name: again, setup: {} }
    - { name: act, command: "true" }
    - { name: see, debug: { msg: "{{ ansible_distribution }} {{ ansible_facts.connection is defined }} {{ pg_users is defined }} {{ role_path is defined }}" } }
`)
	if err != nil {
		t.Fatal(err)
	}
	if last := got[len(got)-1]; last != "10.0.0.9 see: Debian False False False" {
		t.Errorf("got %s", last)
	}
	for _, h := range nodes.asked {
		if h.Local || h.Addr != "10.0.0.9" || h.Target.User != "" || h.Port != 0 || h.KeyFile != "" || h.Become || h.BecomeExe != "" {
			t.Errorf("a fact chose the connection: %+v", h)
		}
	}
	if len(l.warnings) != 1 || !strings.Contains(l.warnings[0], "10.0.0.9") || !strings.Contains(l.warnings[0], "ansible_connection") {
		t.Errorf("warnings: %q", l.warnings)
	}
}

func TestFactsHaveTheirTypes(t *testing.T) {
	facts, dropped := factsOf(value.DictOf(
		"ansible_memtotal_mb", "many", "ansible_distribution", value.NewList("Debian"), "ansible_env", "x", "ansible_architecture", "x86_64",
		"ansible_interfaces", value.NewList("eth0", "br-1", "connection", "host", "become_user"), "ansible_eth0", value.DictOf("mtu", int64(1)), "ansible_br_1", value.NewDict(),
		"ansible_connection", value.NewDict(), "ansible_host", value.NewDict(), "ansible_become_user", value.NewDict(), "ansible_eth1", value.NewDict()))
	if got := strings.Join(namesOf(facts), " "); got != "architecture interfaces eth0 br_1" {
		t.Errorf("facts: %s", got)
	}
	if len(dropped) != 7 {
		t.Errorf("dropped: %v", dropped)
	}
}

func namesOf(d *value.Dict) (names []string) {
	for k := range d.All() {
		names = append(names, value.KeyText(k))
	}
	return names
}

// What setup gathers on this machine is all in the list of facts.
func TestOwnFactsAreKnown(t *testing.T) {
	l := newLab(t)
	if _, err := l.run("a", "- hosts: all\n  tasks:\n    - setup: {}\n"); err != nil {
		t.Fatal(err)
	}
	if len(l.warnings) > 0 {
		t.Errorf("warnings: %q", l.warnings)
	}
}

func TestANodesWordsAreNoTemplates(t *testing.T) {
	evil := "{{ 'zq' ~ 'xv' }}"
	l, nodes := hostile(t, evil)
	nodes.answers["list"] = value.DictOf("stdout", "", "items", value.NewList(evil), "args", value.DictOf("msg", evil, "k", evil), "rc", int64(0))
	got, err := l.run("10.0.0.9,10.0.0.8", `
- hosts: 10.0.0.9
  vars: { lazy: "{{ said.stdout }}", nested: { deep: [ "{{ said.stdout }}" ] } }
  tasks:
    - { name: say, command: say, register: said }
    - { name: listed, command: list, register: more }
    - { name: direct, debug: { msg: "{{ said.stdout }}" } }
    - { name: lazy, debug: { msg: "{{ lazy }}" } }
    - { name: nested, debug: { msg: "{{ nested.deep[0] }}" } }
    - { name: item, debug: { msg: "{{ item }}" }, loop: "{{ more['items'] }}" }
    - { name: again, debug: { msg: "{{ kept }}" }, vars: { kept: "{{ said.stdout }}" } }
    - { name: fact, set_fact: { kept: "{{ said.stdout }}" } }
    - { name: fact, set_fact: "{{ more.args }}" }
    - { name: fact, debug: { msg: "{{ kept }}{{ k }}" } }
    - { name: "{{ said.stdout }}", debug: { msg: x } }
    - { name: added, add_host: { name: extra, groups: [ more ], word: "{{ said.stdout }}", words: [ "{{ said.stdout }}" ] } }
    - { name: other, debug: { msg: "{{ hostvars.extra.word }}{{ hostvars.extra.words[0] }}" } }
    - { name: fail, fail: { msg: "{{ said.stdout }}" } , ignore_errors: true, register: why }
    - { name: why, debug: { msg: "{{ why.msg }}" } }
    - { name: wait, pause: { seconds: "{{ said.stdout }}" }, ignore_errors: true, register: paused }
    - { name: paused, debug: { msg: "{{ paused.msg }}" } }
- hosts: 10.0.0.8
  tasks:
    - { name: from afar, debug: { msg: "{{ hostvars['10.0.0.9'].said.stdout }}{{ hostvars['10.0.0.9'].lazy | default('') }}" } }
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got {
		if strings.Contains(e, "zqxv") {
			t.Errorf("a node's words were rendered: %s", e)
		}
	}
	if n := strings.Count(strings.Join(got, "\n"), evil); n < 12 {
		t.Errorf("the words are shown only %d times:\n  %s", n, strings.Join(got, "\n  "))
	}
}

func TestSetFactOfADictionaryCannotSteer(t *testing.T) {
	l, nodes := hostile(t, "")
	nodes.answers["dict"] = value.DictOf("rc", int64(0), "facts", value.DictOf("ansible_connection", "local", "ansible_host", "127.0.0.1", "word", "x"), "name", "ansible_user")
	got, err := l.run("10.0.0.9", `
- hosts: all
  tasks:
    - { name: ask, command: dict, register: r }
    - { name: all, set_fact: "{{ r.facts }}" }
    - { name: one, set_fact: { "{{ r.name }}": evil } }
    - { name: see, debug: { msg: "{{ word }} {{ ansible_host | default('none') }} {{ ansible_connection | default('none') }} {{ ansible_user | default('none') }}" } }
    - { name: mine, set_fact: { ansible_host: 10.0.0.7, ansible_user: me } }
    - { name: act, command: "true" }
`)
	if err != nil {
		t.Fatal(err)
	}
	if got[3] != "10.0.0.9 see: x 10.0.0.9 ssh none" {
		t.Errorf("got %q", got)
	}
	last := nodes.asked[len(nodes.asked)-1]
	if last.Local || last.Addr != "10.0.0.7" || last.Target.User != "me" {
		t.Errorf("set_fact of the author is not obeyed: %+v", last)
	}
}

func TestDelegationByANodesWord(t *testing.T) {
	for _, c := range []struct{ say, want string }{
		{"localhost", "not in the inventory"}, {"10.9.9.9", "not in the inventory"}, {"10.0.0.8", ""}, {"10.0.0.5", "neither a host of this play"}, {"here", "this machine"},
	} {
		l, nodes := hostile(t, c.say)
		l.inventory = "a: { hosts: { 10.0.0.9: , 10.0.0.8: , here: { ansible_connection: local } } }\nb: { hosts: { 10.0.0.5: } }\n"
		play := `
- hosts: 10.0.0.9
  tasks:
    - { name: ask, command: say, register: said }
    - { name: act, command: "true", delegate_to: "{{ DIRECT }}" }
`
		for _, direct := range []string{"said.stdout", "hostvars[inventory_hostname].said.stdout", "lazy", "kept", "item"} {
			text := strings.Replace(play, "DIRECT", direct, 1)
			text = strings.Replace(text, "  tasks:", "  vars: { lazy: \"{{ said.stdout | default('x') }}\" }\n  tasks:", 1)
			switch direct {
			case "kept":
				text = strings.Replace(text, "    - { name: act", "    - { name: keep, set_fact: { kept: \"{{ lazy }}\" } }\n    - { name: act", 1)
			case "item":
				text = strings.Replace(text, "item }}\" }", "item }}\", loop: [ \"{{ said.stdout }}\" ] }", 1)
			}
			l.events = nil
			if c.want != "" {
				if direct == "item" {
					l.fails("", text)
				} else {
					l.fails("", text, c.want)
				}
				for _, h := range nodes.asked {
					if h.Local || h.Name != "10.0.0.9" {
						t.Errorf("%s by %s: asked %+v", c.say, direct, h)
					}
				}
				continue
			}
			if got, err := l.run("", text); err != nil || nodes.asked[len(nodes.asked)-1].Name != c.say {
				t.Errorf("%s by %s: %v %v", c.say, direct, got, err)
			}
		}
	}
	// What stands in the playbook is its author's choice.
	l, nodes := hostile(t, "x")
	if _, err := l.run("10.0.0.9", "- hosts: all\n  tasks:\n    - { command: say, register: said, delegate_to: localhost }\n    - { name: act, command: \"true\", delegate_to: \"{{ item }}\", loop: [ 10.7.7.7 ] }\n"); err != nil {
		t.Fatal(err)
	}
	if !nodes.asked[0].Local || nodes.asked[len(nodes.asked)-1].Name != "10.7.7.7" {
		t.Errorf("asked %+v", nodes.asked)
	}
}

func TestConnectionByANodesWord(t *testing.T) {
	for _, v := range []string{"ansible_connection", "ansible_ssh_common_args", "ansible_ssh_private_key_file", "ansible_become_exe"} {
		l, _ := hostile(t, "local")
		l.fails("10.0.0.9", `
- hosts: all
  tasks:
    - { name: ask, command: say, register: said }
    - { name: set, set_fact: { `+v+`: "{{ said.stdout }}" } }
    - { name: act, command: "true" }
`, v, "cannot choose a connection")
	}
}

func TestFilesOfTheControllerByANodesWord(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("canary"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, task := range []string{
		`copy: { src: "{{ said.stdout }}", dest: /x }`, `template: { src: "{{ said.stdout }}", dest: /x }`, `script: "{{ said.stdout }}"`,
		`include_vars: "{{ said.stdout }}"`, `include_tasks: "{{ said.stdout }}"`, `debug: { msg: "{{ lookup('file', said.stdout) }}" }`,
		`debug: { msg: "{{ lookup('template', said.stdout) }}" }`, `debug: { msg: "{% set p = said.stdout %}{{ lookup('file', p) }}" }`,
		`debug: { msg: "{{ lookup('fileglob', said.stdout) }}" }`, `debug: { msg: "{{ said.stdout | fileglob }}" }`,
		`debug: { msg: "{{ said.stdout | realpath }}" }`, `debug: { msg: "{{ said.stdout is exists }}" }`, `debug: { msg: "{{ '/etc' is same_file(said.stdout) }}" }`,
		`debug: { msg: "{{ lookup('first_found', said.stdout) }}" }`,
		`{ debug: { msg: "{{ item }}" }, with_file: "{{ said.stdout }}" }`, `{ copy: { content: "{{ lookup('file', item) }}", dest: /x }, loop: [ "{{ said.stdout }}" ] }`,
		`include_role: { name: "{{ said.stdout }}" }`,
	} {
		for _, say := range []string{secret, "../" + filepath.Base(filepath.Dir(secret)) + "/secret", "private"} {
			l, nodes := hostile(t, say)
			l.write("private", "canary")
			if err := os.Chmod(filepath.Join(l.dir, "private"), 0o600); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(task, "include_role") && say == "private" {
				continue // a role of the playbook
			}
			if !strings.HasPrefix(task, "{") {
				task = "{ " + task + " }"
			}
			got, _ := l.run("10.0.0.9", "- hosts: all\n  tasks:\n    - { name: ask, command: say, register: said }\n    - "+task+"\n")
			all := strings.Join(append(got, nodes.copied...), "\n")
			if strings.Contains(all, "canary") || !strings.Contains(all, "failed: ") || !strings.Contains(all, "comes from a host") && !strings.Contains(task, "item") {
				t.Errorf("%s with %s:\n%s", task, say, all)
			}
		}
	}
	// A fact may choose between the files of a playbook.
	l, nodes := hostile(t, "")
	nodes.answers["setup"] = value.DictOf("ansible_os_family", "Debian")
	l.write("Debian.yml", "word: chosen")
	l.write("templates/Debian.j2", "{{ word }}")
	l.write("tasks-Debian.yml", "- { name: included, debug: { msg: \"{{ word }}\" } }")
	got, err := l.run("10.0.0.9", `
- hosts: all
  tasks:
    - setup: {}
    - include_vars: "{{ ansible_os_family }}.yml"
    - template: { src: "{{ ansible_os_family }}.j2", dest: /x }
    - include_tasks: "tasks-{{ ansible_os_family }}.yml"
    - { name: read, debug: { msg: "{{ ansible_os_family }} {{ lookup('file', '`+secret+`') }}" } }
`)
	if err != nil || len(nodes.copied) != 1 || nodes.copied[0] != "chosen" || got[len(got)-1] != "10.0.0.9 read: Debian canary" || got[len(got)-2] != "10.0.0.9 included: chosen" {
		t.Errorf("%v %v %v", err, nodes.copied, got)
	}
}

func TestFetchedFilesStayWhereTheyBelong(t *testing.T) {
	for _, c := range []struct{ args, say, want string }{
		{`{ src: "{{ said.stdout }}", dest: DIR/out }`, "../../../../evil", "DIR/out/10.0.0.9/evil"},
		{`{ src: "/x/{{ said.stdout }}", dest: DIR/out/, flat: true }`, "..", ""},
		{`{ src: /x, dest: "{{ said.stdout }}", flat: true }`, "DIR/evil", ""},
		{`{ src: /x, dest: "DIR/out/{{ said.stdout }}", flat: true }`, "../evil", ""},
		{`{ src: /x, dest: "DIR/out/{{ said.stdout }}", flat: true }`, "web", "DIR/out/web"},
		{`{ src: /x, dest: "{{ base }}/{{ said.stdout }}", flat: true }`, "web", "DIR/out/web"},
	} {
		l, nodes := hostile(t, "")
		in := func(s string) string { return strings.ReplaceAll(s, "DIR", l.dir) }
		nodes.answers["say"] = value.DictOf("stdout", in(c.say), "rc", int64(0))
		nodes.answers["stat"] = value.DictOf("stat", value.DictOf("exists", true, "isreg", true, "size", int64(1), "checksum", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"))
		nodes.answers["slurp"] = value.DictOf("plain", "a")
		got, err := l.run("10.0.0.9", in("- hosts: all\n  vars: { base: DIR/out }\n  tasks:\n    - { name: ask, command: say, register: said }\n    - { name: fetch, fetch: "+c.args+" }\n"))
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		_ = filepath.WalkDir(l.dir, func(p string, d os.DirEntry, _ error) error {
			if !d.IsDir() && filepath.Base(p) != "play.yml" {
				found = append(found, p)
			}
			return nil
		})
		if all := strings.Join(found, " "); all != in(c.want) {
			t.Errorf("%s with %s: %q %v", c.args, c.say, all, got)
		}
	}
}

func TestHostsAndGroupsByANodesWord(t *testing.T) {
	inventory := "etcd: { hosts: { 10.0.0.5: } }\nweb: { hosts: { 10.0.0.9: } }\n"
	for _, c := range []struct{ task, say, want string }{
		{`add_host: { name: "{{ said.stdout }}" }`, "localhost", "not in the inventory"},
		{`add_host: { name: "{{ said.stdout }}" }`, "10.7.7.7", "not in the inventory"},
		{`add_host: { name: new, groups: "{{ said.stdout }}" }`, "etcd", "declares that group"},
		{`add_host: { name: new, ansible_host: "{{ said.stdout }}" }`, "10.7.7.7", "cannot choose a connection"},
		{`add_host: "{{ { 'name': 'new', 'ansible_connection': said.stdout } }}"`, "local", "not in the inventory"},
		{`group_by: { key: "{{ said.stdout }}" }`, "etcd", "declares that group"},
		{`group_by: { key: "{{ said.stdout }}" }`, "os_Debian", ""},
		{`add_host: { name: new, ansible_host: 10.1.1.1, token: "{{ said.stdout }}" }`, "x", ""},
	} {
		l, _ := hostile(t, c.say)
		l.inventory = inventory
		play := "- hosts: 10.0.0.9\n  tasks:\n    - { name: ask, command: say, register: said }\n    - { name: add, " + c.task + " }\n"
		if c.want != "" {
			l.fails("", play, c.want)
		} else if got, err := l.run("", play); err != nil || strings.Contains(strings.Join(got, " "), "failed") {
			t.Errorf("%s: %v %v", c.task, got, err)
		}
	}
}
