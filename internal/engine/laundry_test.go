package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/value"
)

// steeredPlay asks the node, then does what a test wants of its answer.
func steeredPlay(vars, tasks string) string {
	return "- hosts: 10.0.0.9\n  gather_facts: false\n  vars: { " + vars + " }\n  tasks:\n    - { name: ask, command: say, register: said }\n" + tasks
}

// However a node's word is passed on, it chooses no other host, no connection, no account and no file.
func TestANodesWordStaysOneHoweverItIsPassedOn(t *testing.T) {
	const act = "    - { name: act, command: \"true\", delegate_to: \"{{ TO }}\" }\n"
	to := func(expr string) string { return strings.Replace(act, "TO", expr, 1) }
	for name, c := range map[string]struct{ vars, tasks string }{
		"an element after a filter saw the whole": {`cfg: { to: "{{ said.stdout }}" }`,
			"    - { name: act, command: \"echo {{ cfg | to_json }}\", delegate_to: \"{{ cfg.to }}\" }\n"},
		"an element after a condition saw the whole": {`cfg: { to: "{{ said.stdout }}" }`,
			"    - { name: act, command: \"true\", when: \"cfg | to_json | length > 0\", delegate_to: \"{{ cfg.to }}\" }\n"},
		"an element of a list": {`lst: [ "{{ said.stdout }}" ]`,
			"    - { name: act, command: \"echo {{ lst | to_json }}\", delegate_to: \"{{ lst[0] }}\" }\n"},
		"an element deep inside": {`deep: { a: [ { b: "{{ said.stdout }}" } ] }`,
			"    - { name: act, command: \"echo {{ deep | to_json }}\", delegate_to: \"{{ deep.a[0].b }}\" }\n"},
		"a variable of a host that was added":    {"", "    - add_host: { name: h0, zz: \"{{ said.stdout }}\" }\n" + to("hostvars.h0.zz")},
		"the name of a group":                    {"", "    - group_by: { key: \"x_{{ said.stdout }}\" }\n" + to("(group_names | select('match', 'x_') | first)[2:]")},
		"groups":                                 {"", "    - add_host: { name: 10.0.0.9, groups: \"x_{{ said.stdout }}\" }\n" + to("(groups.keys() | select('match', 'x_') | first)[2:]")},
		"what with_vars finds":                   {"", "    - { name: act, command: \"true\", with_vars: [ said ], delegate_to: \"{{ item.stdout }}\" }\n"},
		"the message of an error":                {"", "    - { name: bad, command: \"echo {{ said['<' ~ said.stdout ~ '>'] }}\", ignore_errors: true, register: x }\n" + to("x.msg.split('<')[1].split('>')[0]")},
		"the message of an error in when":        {"", "    - { name: bad, command: \"true\", when: \"said['<' ~ said.stdout ~ '>']\", ignore_errors: true, register: x }\n" + to("x.msg.split('<')[1].split('>')[0]")},
		"a task of this machine that repeats it": {"", "    - { command: \"echo {{ said.stdout }}\", delegate_to: localhost, register: e }\n" + to("e.stdout")},
		"a file of this machine of that name":    {"", "    - { stat: { path: \"/{{ said.stdout }}\" }, delegate_to: localhost, register: e }\n" + to("e.invocation.module_args.path | default(e.path | default(e.stat.path | default('x')))")},
		"a keyword":                              {"", "    - { name: act, command: id, connection: \"{{ said.where }}\" }\n"},
		"the program that becomes root":          {"", "    - { name: act, command: id, become: true, become_exe: \"{{ said.stdout }}\" }\n"},
		"the address":                            {"", "    - set_fact: { ansible_host: \"{{ said.stdout }}\" }\n    - { name: act, command: id }\n"},
		"the user":                               {"", "    - { name: act, command: id, become: true, become_user: \"{{ said.stdout }}\" }\n"},
		"whether to become":                      {"", "    - { name: act, command: id, become: \"{{ said.yes }}\" }\n"},
		"the environment on this machine":        {"", "    - { name: act, command: id, environment: { X: \"{{ said.stdout }}\" }, delegate_to: localhost }\n"},
		"a variable of pig's environment":        {"", "    - { name: act, debug: { msg: \"{{ lookup('env', said.stdout) }}\" } }\n"},
	} {
		l, nodes := hostile(t, "localhost")
		nodes.answers["say"].Set("where", "local")
		nodes.answers["say"].Set("yes", true)
		got, err := l.run("10.0.0.9", steeredPlay(c.vars, c.tasks))
		all := strings.Join(got, "\n")
		last := nodes.asked[len(nodes.asked)-1]
		if err != nil || !strings.Contains(all, "act: failed: ") || last.Local && !strings.Contains(c.tasks, "delegate_to: localhost") || last.Name == "localhost" && !strings.Contains(c.tasks, "delegate_to: localhost") {
			t.Errorf("%s: the last task goes to %s (local: %v)\n%s, %v", name, last.Name, last.Local, all, err)
		}
	}
}

// Facts that a node made up are not those of this machine because it was asked, too.
func TestFactsOfThisMachineDoNotVouchForOthers(t *testing.T) {
	l, nodes := hostile(t, "x")
	nodes.answers["setup"] = value.DictOf("ansible_interfaces", value.NewList("zz9"), "ansible_zz9", value.DictOf("h", "localhost"))
	got, err := l.run("10.0.0.9", `
- hosts: all
  gather_facts: false
  tasks:
    - setup: {}
    - { setup: {}, delegate_to: localhost }
    - { name: act, command: "true", delegate_to: "{{ ansible_zz9.h }}" }
`)
	if all := strings.Join(got, "\n"); err != nil || !strings.Contains(all, "act: failed: ") {
		t.Errorf("%s, %v", all, err)
	}
}

// A directory that a node chooses has no file that is not for everybody.
func TestADirectoryHidesNoPrivateFile(t *testing.T) {
	for _, task := range []string{`copy: { src: "{{ said.stdout }}", dest: /x }`, `copy: { src: "{{ said.stdout }}/", dest: /x }`, `include_vars: { dir: "{{ said.stdout }}" }`} {
		for _, mode := range []os.FileMode{0o600, 0o640} {
			l, nodes := hostile(t, "pki")
			l.write("pki/ca/ca.yml", "key: canary\n")
			l.write("files/pki/ca/ca.key", "canary")
			for _, f := range []string{"pki/ca/ca.yml", "files/pki/ca/ca.key"} {
				if err := os.Chmod(filepath.Join(l.dir, f), mode); err != nil {
					t.Fatal(err)
				}
			}
			got, err := l.run("10.0.0.9", steeredPlay("", "    - "+task+"\n"))
			all := strings.Join(append(got, nodes.copied...), "\n")
			if err != nil || strings.Contains(all, "canary") || !strings.Contains(all, "comes from a host") {
				t.Errorf("%s, mode %o: %s, %v", task, mode, all, err)
			}
		}
	}
}
