package law

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A task behind what only a run can tell is bound to all that it reads.
func TestWhatAnUnknownTaskReadsIsBound(t *testing.T) {
	const node, task = "roles/node/", "roles/node/tasks/main.yml"
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		add   string
		files map[string]string
		edit  func(l *lab)
		args  []string
	}{
		"folder": {"- copy: { src: things/, dest: /etc/things/ }\n  when: asked.stdout == 'yes'\n", map[string]string{node + "files/things/a": "one"},
			func(l *lab) { l.edit(node+"files/things/a", "one", "two") }, nil},
		"include then template": {"- include_tasks: more.yml\n  when: asked.stdout == 'yes'\n", map[string]string{node + "tasks/more.yml": "- template: { src: more.j2, dest: /etc/more }\n", node + "templates/more.j2": "one\n"},
			func(l *lab) { l.edit(node+"templates/more.j2", "one", "two") }, nil},
		"include task only (control)": {"- include_tasks: more.yml\n  when: asked.stdout == 'yes'\n", map[string]string{node + "tasks/more.yml": "- copy: { content: one, dest: /etc/more }\n"},
			func(l *lab) { l.edit(node+"tasks/more.yml", "one", "two") }, nil},
		"include_role": {"- include_role: { name: extra }\n  when: asked.stdout == 'yes'\n", map[string]string{"roles/extra/tasks/main.yml": "- copy: { content: one, dest: /etc/more }\n"},
			func(l *lab) { l.edit("roles/extra/tasks/main.yml", "one", "two") }, nil},
		"q": {"- copy: { content: \"{{ q('file', 'a') | first }}\", dest: /etc/more }\n  when: asked.stdout == 'yes'\n", map[string]string{node + "files/a": "one"},
			func(l *lab) { l.edit(node+"files/a", "one", "two") }, nil},
		"lookup (control)": {"- copy: { content: \"{{ lookup('file', 'a') }}\", dest: /etc/more }\n  when: asked.stdout == 'yes'\n", map[string]string{node + "files/a": "one"},
			func(l *lab) { l.edit(node+"files/a", "one", "two") }, nil},
		"with_file": {"- copy: { content: \"{{ item }}\", dest: /etc/more }\n  with_file: [ a ]\n  when: asked.stdout == 'yes'\n", map[string]string{node + "files/a": "one"},
			func(l *lab) { l.edit(node+"files/a", "one", "two") }, nil},
		"lookup in template": {"- template: { src: m.j2, dest: /etc/more }\n  when: asked.stdout == 'yes'\n", map[string]string{node + "files/a": "one", node + "templates/m.j2": "{{ lookup('file', 'a') }}\n"},
			func(l *lab) { l.edit(node+"files/a", "one", "two") }, nil},
		"set_fact": {"- set_fact: { told_said: one }\n- copy: { content: \"{{ told_said }}\", dest: /etc/more }\n  when: asked.stdout == 'yes'\n", nil,
			func(l *lab) { l.edit(task, "told_said: one", "told_said: two") }, nil},
		"include_vars": {"- include_vars: more.yml\n- copy: { content: \"{{ told_said }}\", dest: /etc/more }\n  when: asked.stdout == 'yes'\n", map[string]string{node + "vars/more.yml": "told_said: one\n"},
			func(l *lab) { l.edit(node+"vars/more.yml", "one", "two") }, nil},
		"hostvars of another unit": {"- copy: { content: \"{{ hostvars['10.10.10.11'].told_x | default('none') }}\", dest: /etc/more }\n  when: asked.stdout == 'yes' and inventory_hostname == '10.10.10.10'\n", nil,
			func(l *lab) { l.edit("pigsty.yml", "10.10.10.11: {", "10.10.10.11: { told_x: two,") }, nil},
		"lookup env": {"- copy: { content: \"{{ lookup('env', 'PIG_TOLD') }}\", dest: /etc/more }\n  when: asked.stdout == 'yes'\n", nil,
			func(l *lab) { l.t.Setenv("PIG_TOLD", "two") }, nil},
		"module_defaults": {"- module_defaults: { copy: { mode: '0600' } }\n  block:\n    - copy: { content: x, dest: /etc/more }\n      when: asked.stdout == 'yes'\n", nil,
			func(l *lab) { l.edit(task, "mode: '0600' } }", "mode: '0666' } }") }, nil},
		"registered": {"- stat: { path: /etc/brk }\n  register: told_st\n- copy: { content: \"{{ told_st.stat.exists }}\", dest: /etc/more }\n  when: asked.stdout == 'yes'\n", nil,
			func(l *lab) { l.edit(task, "path: /etc/brk", "path: /etc") }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				l := newLab(t, twoNodes, "10.10.10.10", "10.10.10.11")
				t.Chdir(l.dir)
				if err := os.CopyFS(filepath.Join(l.dir, node), os.DirFS(filepath.Join(root, node))); err != nil {
					t.Fatal(err)
				}
				for f, text := range c.files {
					l.edit(f, "", text)
				}
				l.edit(task, "", "\n- name: Ask what is not run in a plan\n  command: { cmd: ask }\n  register: asked\n"+c.add)
				l.kept(c.args...)
				c.edit(l)
				out, code := l.pig("apply", filepath.Join(l.dir, "my.plan"), "--check")
				if !strings.Contains(out, "refused") {
					t.Errorf("accepted: exit status %d\n%s", code, out[max(0, len(out)-600):])
				}
			})
		})
	}
}
