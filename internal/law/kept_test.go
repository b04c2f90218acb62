package law

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// kept makes a plan that is kept.
func (l *lab) kept(args ...string) string {
	l.t.Helper()
	file := filepath.Join(l.dir, "my.plan")
	l.must(append([]string{"plan", "--out", file}, args...)...)
	return file
}

// A plan that is kept can be applied, also that of a first installation: it holds nothing that another look would see otherwise.
func TestAKeptPlanIsApplied(t *testing.T) {
	for _, name := range []string{"ha", "redis", "minio", "full"} {
		t.Run(name, func(t *testing.T) {
			text, addrs := sample(t, name)
			bubble(t, func(t *testing.T) {
				l := newLab(t, text, addrs...)
				l.repositories(t)
				out, code := l.pig("apply", l.kept(), "--yes")
				if code != 0 || strings.Contains(out, "refused") {
					t.Fatalf("exit status %d\n%s", code, out)
				}
				if left := changes(l.plan()); len(left) > 0 {
					t.Errorf("left after it:\n%s", strings.Join(left, "\n"))
				}
			})
		})
	}
}

// behind is a task whose condition only a run can tell, with a task and a file behind it.
const behind = `
- name: Ask what is not run in a plan
  command: { cmd: "ask" }
  register: asked
- name: Write the answer
  when: asked.stdout == 'yes'
  copy: { dest: /etc/answer, content: "one" }
- name: Render the answer
  when: asked.stdout == 'yes'
  template: { src: answer.txt, dest: /etc/answer.txt }
`

// A plan that is kept holds to all that was read for it, as far as that has a say in what is done.
func TestAKeptPlanHoldsToWhatWasRead(t *testing.T) {
	const node, task, template = "roles/node/", "roles/node/tasks/main.yml", "roles/node/templates/answer.txt"
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	secrets := "    node_extra_vault: Sesame.1\n"
	for name, c := range map[string]struct {
		edit    func(l *lab)
		args    []string
		refused string // "" if it still holds
	}{
		"nothing":                    {func(*lab) {}, nil, ""},
		"a comment in a role":        {func(l *lab) { l.edit(task, "\n- name: Ask", "\n# Why we ask.\n- name: Ask") }, nil, ""},
		"another version of pig":     {func(l *lab) { l.edit("my.plan", `"pig_version": "`, `"pig_version": "0.0.1-`) }, nil, ""},
		"a host of no unit":          {func(l *lab) { l.edit("pigsty.yml", "  vars:\n", "  # a word more\n  vars:\n") }, nil, ""},
		"a task":                     {func(l *lab) { l.edit(task, "dest: /etc/seen", "dest: /etc/seen2") }, nil, "not in the plan: 10.10.10.10: create file /etc/seen2"},
		"content":                    {func(l *lab) { l.edit(task, "seen by", "seen from") }, nil, "changed content: 10.10.10.10: create file /etc/seen"},
		"content that is not shown":  {func(l *lab) { l.edit(task, "hidden one", "hidden two") }, nil, "changed content: 10.10.10.10: create file /etc/hidden"},
		"a task behind an unknown":   {func(l *lab) { l.edit(task, `"one"`, `"two"`) }, nil, "changed content: 10.10.10.10: node : Write the answer"},
		"a condition":                {func(l *lab) { l.edit(task, "when: asked.stdout == 'yes'", "when: asked.stdout == 'no'") }, nil, "changed content: 10.10.10.10: node : Write the answer"},
		"a template behind":          {func(l *lab) { l.edit(template, "answer", "reply") }, nil, "changed content: 10.10.10.10: node : Render the answer"},
		"a default behind":           {func(l *lab) { l.edit("roles/node/defaults/main.yml", "of_old", "of_new") }, nil, "changed content: 10.10.10.10: node : Render the answer"},
		"what a command does":        {func(l *lab) { l.edit(task, "touch /etc/done", "touch /etc/undone") }, nil, "changed content: 10.10.10.10: "},
		"a variable of the hosts":    {func(l *lab) { l.edit("pigsty.yml", "Sesame.1", "Sesame.2") }, nil, "the inventory has changed for this unit"},
		"a variable on command line": {func(*lab) {}, []string{"-e", "unheard=2"}, "the variables of -e have changed"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				l := newLab(t, twoNodes+secrets, "10.10.10.10", "10.10.10.11")
				t.Chdir(l.dir)
				if err := os.CopyFS(filepath.Join(l.dir, node), os.DirFS(filepath.Join(root, node))); err != nil {
					t.Fatal(err)
				}
				l.edit(task, "", `
- name: Tell who was here
  copy: { dest: /etc/seen, content: "seen by {{ inventory_hostname }}" }
- name: Do something
  command: { cmd: touch /etc/done, effect: restart thing }
- name: Hide something
  no_log: true
  copy: { dest: /etc/hidden, content: "hidden one" }
`+behind)
				l.edit(template, "", "the answer of {{ node_answer }}\n")
				l.edit("roles/node/defaults/main.yml", "", "\nnode_answer: of_old\n")
				l.kept("-e", "unheard=1")
				c.edit(l)
				args := c.args
				if args == nil {
					args = []string{"-e", "unheard=1"}
				}
				out, _ := l.pig(append([]string{"apply", filepath.Join(l.dir, "my.plan"), "--check"}, args...)...)
				if strings.Contains(out, "refused") != (c.refused != "") || !strings.Contains(out, c.refused) {
					t.Errorf("%s", out[:min(len(out), 2000)])
				}
			})
		})
	}
}

// The SQL behind a line of a kept plan is bound too: a baseline that was edited since is refused.
func TestTheSQLBehindAKeptPlanIsBound(t *testing.T) {
	declared := "    pg_databases: [ { name: shop, baseline: shop.sql } ]\n"
	whole := settled(t, checkedWorld, "10.10.10.10", "10.10.10.11")
	for was, now := range map[string]string{"SELECT 1;": "SELECT 1;", "SELECT 2;": "SELECT 3;"} {
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, checkedWorld, strings.TrimSpace(declared))
			l.edit("files/shop.sql", "", was)
			file := l.kept()
			l.edit("files/shop.sql", was, now+" ")
			l.edit("files/shop.sql", now+" ", now)
			out, code := l.pig("apply", file, "--check")
			if refused := strings.Contains(out, "changed content: 10.10.10.11: create database shop"); refused != (was != now) {
				t.Errorf("%s -> %s: exit status %d\n%s", was, now, code, out)
			}
		})
	}
}

// A plan file is applied as a whole: flags that select a part of it are refused before anything is changed.
func TestAKeptPlanIsAppliedAsAWhole(t *testing.T) {
	for _, flags := range [][]string{{"-l", "10.10.10.11"}, {"-t", "node_hosts"}, {"--skip-tags", "node_hosts"}, {"--start-at-task", "x"}} {
		bubble(t, func(t *testing.T) {
			l := newLab(t, twoNodes, "10.10.10.10", "10.10.10.11")
			out, code := l.pig(append([]string{"apply", l.kept(), "--yes"}, flags...)...)
			if code != 1 || !strings.Contains(out, "a plan is applied completely") {
				t.Errorf("%v: exit status %d\n%s", flags, code, out)
			}
			for _, m := range l.world.Machines() {
				if m.Deeds() > 0 {
					t.Errorf("%v: %s was changed", flags, m.Addr())
				}
			}
		})
	}
}

// edit replaces a text in a file of the lab; in place of nothing it appends.
func (l *lab) edit(path, old, now string) {
	l.t.Helper()
	file := filepath.Join(l.dir, path)
	text, err := os.ReadFile(file)
	if err != nil && old != "" {
		l.t.Fatal(err)
	}
	edited := string(text) + now
	if old != "" {
		if edited = strings.Replace(string(text), old, now, 1); edited == string(text) {
			l.t.Fatalf("%s does not have %q", path, old)
		}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(edited), 0o600); err != nil {
		l.t.Fatal(err)
	}
}
