package playbook

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pig/internal/diag"
	"pig/internal/value"
)

// read loads site.yml of some files, with a few modules of which shell takes free text.
func read(files map[string]string) ([]*Play, *Loader, error) {
	carried := fstest.MapFS{}
	for name, text := range files {
		carried[name] = &fstest.MapFile{Data: []byte(text)}
	}
	names := []string{"copy", "shell", "debug", "meta", "include_tasks", "import_tasks", "include_role", "import_role", "set_fact"}
	l := &Loader{
		Files: NewFiles(carried), Names: func() []string { return names },
		Known: func(name string) bool { return strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") },
		FreeForm: func(name string) bool {
			return slices.Contains([]string{"shell", "meta", "import_tasks", "include_tasks"}, name)
		},
		Static: func(v value.Value, _ *value.Dict, _ diag.Pos) (value.Value, error) { return v, nil },
	}
	plays, err := l.Load("pig:site.yml")
	return plays, l, err
}

// playbook is a play with tasks, each a line or more.
func playbook(tasks string) map[string]string {
	return map[string]string{"site.yml": "- hosts: all\n  tasks:\n    " + strings.ReplaceAll(tasks, "\n", "\n    ") + "\n"}
}

func TestMistakesOfPlaybooksPoint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hosts: all":                                                     "a playbook is a list of plays, and this is a mapping",
		"- all":                                                          "1:3: a play is a mapping",
		"- tasks: []":                                                    "1:3: a play needs hosts:",
		"- hosts: all\n  taks: []":                                       `2:3: unknown keyword "taks" (did you mean tags?)`,
		"- hosts: all\n  strategy: slow":                                 "2:13: invalid strategy",
		"- hosts: all\n  order: random":                                  "2:10: invalid order",
		"- hosts: all\n  roles: web":                                     "2:10: ",
		"- hosts: all\n  roles: [ nosuch ]":                              `2:12: role "nosuch" not found: looked in pig:roles/nosuch`,
		"- hosts: all\n  roles: [ { tags: a } ]":                         "a role needs a name",
		"- hosts: all\n  tasks: { debug: }":                              "2:10: tasks are a list",
		"- hosts: all\n  tasks: [ ping ]":                                "2:12: a task is a mapping",
		"- hosts: all\n  vars: [ 1 ]":                                    "2:11: vars is a mapping, and this item is the int 1",
		"- import_playbook: other.yml\n  hosts: all":                     "import_playbook",
		"- import_playbook: site.yml":                                    "playbook imports itself: pig:site.yml -> pig:site.yml",
		"- import_playbook: nosuch.yml":                                  "nosuch.yml",
		"- hosts: all\n  vars_files: [ nosuch.yml ]\n  vars_prompt: ask": "vars_prompt is a list of mappings",
	} {
		_, _, err := read(map[string]string{"site.yml": text})
		wantMistake(t, text, err, want)
	}
}

func TestMistakesOfTasksPoint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"- name: nothing": "the task has no action",
		"- copy: { dest: /a }\n  debug: { msg: a }":                          "the task has more than one action: ",
		"- debug: { msg: a }\n  whn: true":                                   "whn",
		"- copy: [ a ]":                                                      "the arguments of copy are a mapping or a text, and these are a list",
		"- copy: just text":                                                  `copy takes its arguments as a mapping or as key=value, and this is "just text"`,
		"- debug: { msg: a }\n  loop: [ 1 ]\n  with_items: [ 2 ]":            "a task has only one loop",
		"- debug: { msg: a }\n  register: a-b":                               "register",
		"- debug: { msg: a }\n  loop: [ 1 ]\n  loop_control: { lop_var: x }": `unknown keyword "lop_var" (did you mean loop_var?)`,
		"- debug: { msg: a }\n  tags: [ { a: 1 } ]":                          "a tag is a text, and this is",
		"- action: { args: x }":                                              "an action given as a mapping needs module: NAME",
		"- action: [ debug ]":                                                "an action is a text or a mapping, and this is",
		"- import_tasks:":                                                    "import_tasks needs a file",
		"- import_tasks: { fil: a.yml }":                                     `import_tasks has no argument "fil"`,
		"- import_role: { name: web, apply: { tags: a } }":                   `import_role has no argument "apply"`,
		"- meta: flush":                                                      "flush",
		"- debug: { msg: a }\n  listen: restart":                             "listen has no effect on a task outside of handlers",
		"- block: [ { debug: { msg: a } } ]\n  register: x":                  "register",
	} {
		_, _, err := read(playbook(text))
		wantMistake(t, text, err, want)
	}
}

// wantMistake checks that an error is a mistake with a place, and what it says: "LINE:COL: TEXT" or a part of it.
func wantMistake(t *testing.T, text string, err error, want string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s\nis accepted, want %s", text, want)
		return
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
	}
	if d := (*diag.Diagnostic)(nil); errors.As(err, &d) && d.Pos.File != "pig:site.yml" {
		t.Errorf("%s: %v has the place %v", text, err, d.Pos)
	}
}

func TestTasksAreReadInAllTheirForms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"- copy: { dest: /a, mode: '0644' }":                    "copy {'dest': '/a', 'mode': '0644'}",
		"- copy: dest=/a mode=0644":                             "copy {'dest': '/a', 'mode': '0644'}",
		"- copy: dest=/a\n  args: { mode: '0600' }":             "copy {'dest': '/a', 'mode': '0600'}",
		"- ansible.builtin.copy: { dest: /a }":                  "copy {'dest': '/a'}",
		"- action: copy dest=/a":                                "copy {'dest': '/a'}",
		"- action: { module: copy, dest: /a }":                  "copy {'dest': '/a'}",
		"- local_action: { module: copy, dest: /a }":            "copy {'dest': '/a'} at localhost",
		"- shell: ls -l /a b=c":                                 "shell {'_raw_params': 'ls -l /a b=c'} free ls -l /a b=c",
		"- shell: chdir=/tmp ls":                                "shell {'chdir': '/tmp', '_raw_params': 'ls'} free ls",
		"- copy: \"{{ all }}\"":                                 "copy {} text {{ all }}",
		"- debug: { msg: \"{{ item }}\" }\n  with_items: [ 1 ]": "debug {'msg': '{{ item }}'} loop items item [1]",
		"- debug: { msg: \"{{ x }}\" }\n  loop: [ 1 ]\n  loop_control: { loop_var: x, index_var: i }": "debug {'msg': '{{ x }}'} loop  x [1]",
	} {
		plays, _, err := read(playbook(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := told(plays[0].Tasks.Body[0].(*Task)); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// told is a task in a line.
func told(task *Task) string {
	text := task.Action + " " + value.Repr(task.Args)
	if task.Free != "" {
		text += " free " + task.Free
	}
	if task.ArgsText != nil {
		text += " text " + value.Str(task.ArgsText)
	}
	if task.DelegateTo != nil {
		text += " at " + value.Str(task.DelegateTo)
	}
	if task.Loop != nil {
		text += fmt.Sprintf(" loop %s %s %s", task.Loop.With, task.Loop.LoopVar, value.Repr(task.Loop.Items))
	}
	return text
}

// titles are the names of the tasks of a block, with the tags and the number of conditions that hold for each.
func titles(b *Block) (all []string) {
	for _, n := range b.Body {
		switch n := n.(type) {
		case *Block:
			all = append(all, titles(n)...)
		case *Task:
			all = append(all, strings.TrimSpace(n.Title()+" "+strings.Join(n.AllTags(), ",")))
		}
	}
	return all
}

func TestImportsAndRolesBringTheirTasks(t *testing.T) {
	t.Parallel()
	plays, _, err := read(map[string]string{
		"site.yml":                    "- import_playbook: web.yml\n  tags: site\n- hosts: db\n  tasks: []\n",
		"web.yml":                     "- hosts: web\n  tags: play\n  roles: [ { role: web, tags: r, address: a } ]\n  tasks:\n    - import_tasks: more.yml\n      tags: more\n    - { name: last, debug: }\n",
		"more.yml":                    "- { name: one, debug: , tags: one }\n- block: [ { name: two, debug: } ]\n  tags: b\n",
		"roles/web/meta/main.yml":     "dependencies: [ base ]\n",
		"roles/web/defaults/main.yml": "port: 8080\nname: web\n",
		"roles/web/vars/main.yml":     "kind: fixed\n",
		"roles/web/tasks/main.yml":    "- { name: install, debug: }\n",
		"roles/web/handlers/main.yml": "- { name: restart, debug: }\n",
		"roles/base/tasks/main.yml":   "- { name: prepare, debug: }\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(plays) != 2 || plays[0].Hosts != "web" || plays[1].Hosts != "db" {
		t.Fatalf("%d plays", len(plays))
	}
	var roles []string
	for _, b := range plays[0].RoleTasks {
		roles = append(roles, titles(b)...)
	}
	if want := []string{"base : prepare r,play,site", "web : install r,play,site"}; !reflect.DeepEqual(roles, want) {
		t.Errorf("tasks of roles are %q, want %q", roles, want)
	}
	if got, want := titles(plays[0].Tasks), []string{"one one,more,play,site", "two b,more,play,site", "last play,site"}; !reflect.DeepEqual(got, want) {
		t.Errorf("tasks are %q, want %q", got, want)
	}
	web := plays[0].Listed[0]
	if got := value.Repr(web.Defaults) + value.Repr(web.Vars) + value.Repr(web.Params); got != "{'port': 8080, 'name': 'web'}{'kind': 'fixed'}{'address': 'a'}" {
		t.Errorf("variables of the role are %s", got)
	}
	if len(web.Handlers) != 1 || web.Handlers[0].Name != "restart" || !web.Handlers[0].Handler {
		t.Errorf("handlers of the role are %v", web.Handlers)
	}
}

func TestTagsSelect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ only, skip, tags, want string }{
		{"", "", "", "yes"}, {"", "", "a", "yes"}, {"", "", "never", ""}, {"", "", "a never", ""},
		{"a", "", "a", "yes"}, {"a", "", "b", ""}, {"a", "", "", ""}, {"a", "", "always", "yes"}, {"a", "", "a never", "yes"},
		{"tagged", "", "a", "yes"}, {"tagged", "", "", ""}, {"tagged", "", "a never", ""}, {"untagged", "", "", "yes"}, {"untagged", "", "a", ""},
		{"all", "", "a", "yes"}, {"all", "a", "a", ""}, {"", "a", "a b", ""}, {"", "a", "b", "yes"}, {"", "always", "always", ""}, {"", "a", "always", "yes"},
		{"", "all", "a", ""}, {"", "all", "always", "yes"}, {"", "tagged", "a", ""}, {"", "tagged", "", "yes"}, {"", "untagged", "", ""}, {"a", "a", "a", ""},
	} {
		if got := NewTagFilter(strings.Fields(c.only), strings.Fields(c.skip)).Selects(strings.Fields(c.tags)); got != (c.want == "yes") {
			t.Errorf("--tags %q --skip-tags %q: a task with %q: %v", c.only, c.skip, c.tags, got)
		}
	}
}

func TestPairsOfArguments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		free  bool
		pairs string
		rest  string
	}{
		{"a=1 b=2", false, "[[a 1] [b 2]]", ""},
		{`a="x y" b='z w'`, false, "[[a x y] [b z w]]", ""},
		{"a={{ x y }} b", false, "[[a {{ x y }}]]", "b"},
		{"a= b", false, "[[a ]]", "b"},
		{"ls -l", true, "[]", "ls -l"},
		{`echo "a b"  c`, true, "[]", `echo "a b"  c`},
		{"chdir=/tmp creates=/x ls a=b", true, "[[chdir /tmp] [creates /x]]", "ls a=b"},
	} {
		pairs, rest, err := ParsePairs(c.text, c.free)
		if got := fmt.Sprint(pairs); err != nil || got != c.pairs || rest != c.rest {
			t.Errorf("%s: %s %q %v, want %s %q", c.text, got, rest, err, c.pairs, c.rest)
		}
	}
	for _, text := range []string{`a="b`, "a={{ b"} {
		if _, _, err := ParsePairs(text, false); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}
