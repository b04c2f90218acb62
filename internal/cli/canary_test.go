package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// canaries are passwords that are ordinary words, numbers and parts of file names too.
var canaries = []string{"pigsty", "test", "event", "2026", "0.00", "localhost", "changed"}

// A password that is an ordinary word is masked where it is the secret, and nowhere else: JSON is JSON, and names, places, numbers
// and times stay.
func TestSecretsThatAreOrdinaryWords(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs playbooks")
	}
	for i, canary := range canaries {
		dir := t.TempDir()
		t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
		t.Setenv("HOME", dir)
		out := filepath.Join(dir, "written.conf")
		files := map[string]string{
			"pigsty.yml": fmt.Sprintf("all: { hosts: { localhost: { ansible_connection: local } }, vars: { db_password: '%s' } }\n", canary),
			"test.yml": fmt.Sprintf(`
- hosts: localhost
  gather_facts: false
  tasks:
    - { name: write the test event of 2026, copy: { dest: %s, content: "user = me\npassword = '{{ db_password }}'\n" } }
    - { name: say it, debug: { msg: "it is '{{ db_password }}', and [{{ db_password }}]" } }
    - { name: run, command: "printf '%%s' \"<{{ db_password }}>\"", register: said }
    - { name: fail, fail: { msg: "refused: password={{ db_password }}; at 2026-11-29T00:00:00Z" }, ignore_errors: true }
    - { name: hidden, no_log: true, copy: { dest: %s, content: "with no_log '{{ db_password }}'" } }
    - { name: quiet, diff: false, copy: { dest: %s, content: "with diff false" } }
    - { name: end, shell: "echo \"'{{ db_password }}'\" >&2; exit 1" }
`, out, out, out),
		}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, args := range [][]string{{"--json"}, {"--json", "--diff"}, {"--diff", "-vvv"}} {
			_ = os.Remove(out)
			stdout, record, all := playRecorded(t, dir, args)
			for _, form := range []string{"'%s'", "[%s]", "<%s>", "password=%s", "no_log '%s"} {
				if leak := fmt.Sprintf(form, canary); strings.Contains(all, leak) && leak != "[localhost]" {
					t.Errorf("%v: %s is shown:\n%s", args, leak, all)
				}
			}
			for _, word := range []string{"write the test event of 2026", "test.yml:5", "localhost"} {
				if !strings.Contains(all, word) {
					t.Errorf("%v with %q: %q is not readable:\n%s", args, canary, word, all)
				}
			}
			lines := record
			if args[0] == "--json" {
				lines += stdout
			}
			for line := range strings.Lines(lines) {
				var v map[string]any
				if err := json.Unmarshal([]byte(line), &v); err != nil || v["event"] == nil || v["event"] == "•" {
					t.Errorf("%q: no event: %s", canary, line)
				}
			}
			if strings.Contains(all, "with diff false") || strings.Contains(all, "with no_log") && args[len(args)-1] == "--diff" {
				t.Errorf("%v: the content of a task without diff is shown:\n%s", args, all)
			}
			if asked := args[len(args)-1] != "--json"; strings.Contains(stdout, "user = me") != asked {
				t.Errorf("%d %v: a diff is shown: %v\n%s", i, args, !asked, stdout)
			}
		}
	}
}

// What an include with no_log cannot include is not told, nor is a short password that a task carries.
func TestNoLogOfIncludesAndShortPasswords(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs playbooks")
	}
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	t.Setenv("HOME", dir)
	for name, text := range map[string]string{
		"pigsty.yml": "all: { hosts: { localhost: { ansible_connection: local } }, vars: { db_password: zqj } }\n",
		"test.yml": `
- hosts: localhost
  gather_facts: false
  tasks:
    - { name: write, copy: { dest: ` + filepath.Join(dir, "x") + `, content: "requirepass {{ db_password }}\npath {{ db_password }}/x\nkept\n" } }
    - { name: run, command: "echo <{{ db_password }}>" }
    - { name: bring, no_log: true, include_tasks: "CANARY{{ 1 }}.yml" }
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"--json", "--diff"}, {"--diff", "-vvv"}} {
		_ = os.Remove(filepath.Join(dir, "x"))
		_, _, all := playRecorded(t, dir, args)
		if strings.Contains(all, "zqj") || strings.Contains(all, "CANARY") {
			t.Errorf("%v: a secret is shown:\n%s", args, all)
		}
		if !strings.Contains(all, "+kept") || !strings.Contains(all, "bring") {
			t.Errorf("%v: the rest is not shown:\n%s", args, all)
		}
	}
}

// playRecorded plays test.yml of a directory that is home, and gives what it prints, the last record of the journal, and both with its errors.
func playRecorded(t *testing.T, dir string, args []string) (stdout, record, all string) {
	t.Helper()
	var out, errs bytes.Buffer
	Main(built(), append([]string{"pig", "play", "-i", filepath.Join(dir, "pigsty.yml"), filepath.Join(dir, "test.yml")}, args...), strings.NewReader(""), &out, &errs)
	journals, _ := filepath.Glob(filepath.Join(dir, "state", "pig", "journal", "*.jsonl"))
	text, err := os.ReadFile(journals[len(journals)-1])
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), string(text), out.String() + errs.String() + string(text)
}
