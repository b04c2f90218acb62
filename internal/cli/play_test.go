package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pig/internal/engine"
	"pig/internal/playbook"
	"pig/internal/products/onnode"
)

// played runs pig play with flags on a small playbook whose hosts are never asked.
func played(t *testing.T, flags ...string) (int, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"hosts.yml": "all:\n  hosts:\n    one: {}\n    two: {}\n",
		"site.yml": `- hosts: all
  gather_facts: false
  tasks:
    - name: say
      debug: { msg: hi }
      tags: [ words ]
    - copy: { dst: /tmp/x, content: a }
      tags: [ files ]
    - file: { state: touch }
    - file: { "{{ a }}": touch }
    - block:
        - file: { state: touch }
      module_defaults: { file: { path: /x } }
    - include_tasks: more.yml
  handlers:
    - name: never
      service: { nam: x }
`,
		"more.yml": "- command: { argvv: [ x ] }\n- pause: { promt: x }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	args := append([]string{"pig", "play", filepath.Join(dir, "site.yml"), "-i", filepath.Join(dir, "hosts.yml")}, flags...)
	code := Main(built(), args, strings.NewReader(""), &out, &out)
	return code, strings.ReplaceAll(out.String(), dir+"/", "")
}

func TestListingsTellWhatSelectsNothing(t *testing.T) {
	for _, list := range []string{"--list-tasks", "--list-hosts", "--list-tags"} {
		if code, out := played(t, list, "-l", "nobody"); code != 1 || !strings.Contains(out, "could not match supplied host pattern: nobody") {
			t.Errorf("%s -l nobody: exit status %d\n%s", list, code, out)
		}
		if code, out := played(t, list, "-t", "wrods"); code != 0 || !strings.Contains(out, `tag "wrods" not found in any task (did you mean words?)`) {
			t.Errorf("%s -t wrods: exit status %d\n%s", list, code, out)
		}
		if code, out := played(t, list, "-t", "words,all"); code != 0 || strings.Contains(out, "warning") {
			t.Errorf("%s -t words: exit status %d\n%s", list, code, out)
		}
	}
	if _, out := played(t, "--list-hosts", "-l", "two"); strings.Contains(out, "  one\n") || !strings.Contains(out, "  two\n") {
		t.Errorf("a limit does not limit the list of hosts:\n%s", out)
	}
}

func TestSyntaxCheckLooksAtArguments(t *testing.T) {
	code, out := played(t, "--syntax-check")
	var told []string
	for _, m := range regexp.MustCompile(`warning: ([^ ]*): ([^(\n]*)`).FindAllStringSubmatch(out, -1) {
		told = append(told, m[1]+" "+strings.TrimSpace(m[2]))
	}
	want := []string{
		`more.yml:1:14 module command has no argument "argvv"`,
		`more.yml:2:12 pause has no argument "promt"`,
		`site.yml:7:15 module copy has no argument "dst"`,
		`site.yml:9:7 module file needs the argument path`,
		`site.yml:17:18 module service has no argument "nam"`,
	}
	if code != 0 || strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("exit status %d, told:\n%s\nwant:\n%s\n%s", code, strings.Join(told, "\n"), strings.Join(want, "\n"), out)
	}
}

// What is found without a run is a mistake: pig's own playbooks have none.
func TestOwnPlaybooksNameTheirArguments(t *testing.T) {
	everyTask(t, func(name string, tasks []*playbook.Task) {
		for _, d := range engine.Misnamed(tasks, onnode.Modules()) {
			t.Errorf("%s: %v", name, d)
		}
	})
}

// A role that is used more than once has handlers of its own each time: their names are those of the parameters of that use, as Ansible has it.
func TestHandlersOfARoleUsedTwiceHaveTheirOwnParameters(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"hosts.yml": "all:\n  hosts:\n    one: { ansible_connection: local }\n",
		"site.yml": `- hosts: all
  gather_facts: false
  roles:
    - { role: r, svc: a }
    - { role: r, svc: b }
    - { role: r, vars: { svc: c } }
  tasks:
    - include_role: { name: r }
      vars: { svc: "{{ item }}" }
      loop: [ d, e ]
`,
		"roles/r/tasks/main.yml":    "- debug: { msg: x }\n  changed_when: true\n  notify: restart {{ svc }}\n",
		"roles/r/handlers/main.yml": "- name: restart {{ svc }}\n  debug: { msg: \"now {{ svc }}\" }\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	code := Main(built(), []string{"pig", "play", "--check", filepath.Join(dir, "site.yml"), "-i", filepath.Join(dir, "hosts.yml")}, strings.NewReader(""), &out, &out)
	var said []string
	for _, m := range regexp.MustCompile(`restart (.): now (.)`).FindAllStringSubmatch(out.String(), -1) {
		said = append(said, m[1]+m[2])
	}
	if got := strings.Join(said, " "); code != 0 || got != "aa bb cc dd ee" {
		t.Errorf("exit status %d, handlers %s\n%s", code, got, out.String())
	}
}
