package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A secret is one by its name, wherever a playbook has it from.
func TestSecretsThatAPlaybookCarries(t *testing.T) {
	const canary = "Xq7-Sesame-Street"
	t.Setenv("CARRIED", canary)
	use := func(name string) string {
		return fmt.Sprintf(`
    - { name: say, debug: { msg: "say [{{ %[1]s }}]" } }
    - { name: write, copy: { dest: OUT, content: "x = {{ %[1]s }}\n" } }
    - { name: run, command: "printf %%s '<{{ %[1]s }}>'" }
    - { name: fail, fail: { msg: "refused {{ %[1]s }}" }, ignore_errors: true }
    - { name: end, shell: "echo '{{ %[1]s }}' >&2; exit 1" }
`, name)
	}
	for name, c := range map[string]struct {
		play  string
		files map[string]string
		args  []string
	}{
		"play vars":         {play: "  vars: { db_password: CANARY }\n  tasks:" + use("db_password")},
		"inside a list":     {play: "  vars: { apps: [ { name: a, db: { password: CANARY } } ] }\n  tasks:" + use("apps[0].db.password")},
		"pg_users":          {play: "  vars: { pg_users: [ { name: a, password: CANARY } ] }\n  tasks:" + use("pg_users[0].password")},
		"a template":        {play: "  vars: { db_password: \"{{ lookup('env', 'CARRIED') }}\" }\n  tasks:" + use("db_password")},
		"of inventory":      {play: "  tasks:" + use("inventory_password")},
		"block vars":        {play: "  tasks:\n    - name: b\n      vars: { api_token: CANARY }\n      block:" + strings.ReplaceAll(use("api_token"), "\n    -", "\n        -")},
		"task vars":         {play: "  tasks:\n    - { name: say, vars: { api_token: CANARY }, debug: { msg: \"{{ api_token }}\" } }\n"},
		"set_fact":          {play: "  tasks:\n    - { set_fact: { db_password: CANARY } }" + use("db_password")},
		"set_fact made":     {play: "  tasks:\n    - { set_fact: { db_password: \"{{ lookup('env', 'CARRIED') }}\" } }" + use("db_password")},
		"a template's text": {play: "  tasks:\n    - { set_fact: { db_password: \"{{ '{' ~ '{ ' ~ lookup('env', 'CARRIED') }}\" } }" + use("db_password")},
		"register":          {play: "  tasks:\n    - { command: \"printenv CARRIED\", register: db_password }" + use("db_password.stdout")},
		"loop":              {play: "  tasks:\n    - { name: say, debug: { msg: \"{{ item.name }}\" }, loop: [ { name: a, password: CANARY } ] }\n"},
		"environment":       {play: "  tasks:\n    - { name: say, shell: \"echo $PGPASSWORD; exit 1\", environment: { PGPASSWORD: CANARY } }\n"},
		"vars_files":        {play: "  vars_files: [ v.yml ]\n  tasks:" + use("db_password"), files: map[string]string{"v.yml": "db_password: CANARY\n"}},
		"include_vars":      {play: "  tasks:\n    - include_vars: v.yml" + use("db_password"), files: map[string]string{"v.yml": "db_password: CANARY\n"}},
		"into a name":       {play: "  tasks:\n    - include_vars: { file: v.yml, name: app }" + use("app.db_password"), files: map[string]string{"v.yml": "db_password: CANARY\n"}},
		"role vars":         {play: "  roles: [ r ]\n", files: map[string]string{"roles/r/vars/main.yml": "db_password: CANARY\n", "roles/r/tasks/main.yml": use("db_password")}},
		"role defaults":     {play: "  roles: [ r ]\n", files: map[string]string{"roles/r/defaults/main.yml": "db_password: CANARY\n", "roles/r/tasks/main.yml": use("db_password")}},
		"role params":       {play: "  roles: [ { role: r, db_password: CANARY } ]\n", files: map[string]string{"roles/r/tasks/main.yml": use("db_password")}},
		"include_role":      {play: "  tasks:\n    - { include_role: { name: r }, vars: { db_password: CANARY } }\n", files: map[string]string{"roles/r/tasks/main.yml": use("db_password")}},
		"extra vars":        {play: "  tasks:" + use("db_password"), args: []string{"-e", "db_password=" + canary}},
		"extra inside":      {play: "  tasks:" + use("app.db_password"), args: []string{"-e", `{"app": {"db_password": "` + canary + `"}}`}},
		"extra made":        {play: "  tasks:" + use("db_password"), args: []string{"-e", `{"db_password": "{{ lookup('env', 'CARRIED') }}"}`}},
	} {
		dir := t.TempDir()
		t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
		t.Setenv("HOME", dir)
		put := func(name, text string) {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			text = strings.NewReplacer("CANARY", canary, "OUT", filepath.Join(dir, "out.conf")).Replace(text)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		put("inv.yml", "all: { hosts: { localhost: { ansible_connection: local, inventory_password: \"{{ lookup('env', 'CARRIED') }}\" } } }\n")
		put("play.yml", "- hosts: localhost\n  gather_facts: false\n"+c.play)
		for file, text := range c.files {
			put(file, text)
		}
		for _, flags := range [][]string{{"--diff", "-vvv"}, {"--json", "--diff"}, {"--check", "--diff"}} {
			var stdout, stderr bytes.Buffer
			args := append([]string{"pig", "play", "-i", filepath.Join(dir, "inv.yml"), filepath.Join(dir, "play.yml"), "--lock-timeout", "2m"}, append(flags, c.args...)...)
			Main(built(), args, strings.NewReader(""), &stdout, &stderr)
			all := stdout.String() + stderr.String()
			journals, _ := filepath.Glob(filepath.Join(dir, "state", "pig", "journal", "*.jsonl"))
			for _, j := range journals {
				text, _ := os.ReadFile(j)
				all += string(text)
			}
			if !strings.Contains(all, "say") {
				t.Errorf("%s %v: nothing was said:\n%s", name, flags, all)
			}
			for line := range strings.Lines(all) {
				if strings.Contains(line, canary) {
					t.Errorf("%s %v shows the secret: %s", name, flags, line)
				}
			}
			_ = os.Remove(filepath.Join(dir, "out.conf"))
		}
	}
}
