package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A module that lies on disk and that pig lacks is run; an action plugin stops nothing until its task is reached; a name that nobody knows is a
// mistake of the syntax.
func TestModulesOnDiskLoad(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"hosts": "one ansible_connection=local colour=blue\n",
		"site.yml": `- hosts: all
  gather_facts: false
  collections: [acme.tools]
  roles: [shelf, acme.tools.packed]
  tasks:
    - acme.tools.hammer: { nail: 1 }
    - hammer: nail=1
    - acme.tools.mallet: {}
    - acme.tools.old_debug: { msg: by its new name }
    - beside: {}
`,
		"one.yml":                      "- hosts: all\n  gather_facts: false\n  tasks:\n    - plugin: {}\n      when: false\n    - debug: { msg: went on }\n    - plugin: {}\n",
		"two.yml":                      "- hosts: all\n  gather_facts: false\n  tasks:\n    - beside: { text: hello }\n      register: r\n    - debug: { msg: 'it says {{ r.said }}' }\n",
		"python.yml":                   "- hosts: all\n  gather_facts: false\n  tasks:\n    - snake: {}\n",
		"action_plugins/plugin.py":     "",
		"facts.yml":                    "- hosts: all\n  gather_facts: false\n  tasks:\n    - facts: {}\n    - debug: { msg: 'it is {{ colour }} {{ shape }} {{ ansible_facts.shape }} {{ ansible_connection }}' }\n",
		"library/facts.sh":             "#!/bin/sh\necho '{\"ansible_facts\": {\"colour\": \"red\", \"shape\": \"round\", \"ansible_connection\": \"ssh\"}}'\n",
		"library/snake.py":             "from ansible.module_utils.no_such_part import x\n",
		"unknown.yml":                  "- hosts: all\n  tasks:\n    - acme.tools.saw: {}\n",
		"included.yml":                 "- hosts: all\n  tasks:\n    - include_tasks: saw.yml\n      when: false\n",
		"saw.yml":                      "- acme.tools.saw: {}\n",
		"library/beside.sh":            "#!/bin/sh\n. \"$1\"\nprintf '{\"said\": \"%s\"}' \"$text\"\n",
		"roles/shelf/library/plane.py": "",
		"roles/shelf/tasks/main.yml":   "- plane: {}\n",
		"collections/ansible_collections/acme/tools/plugins/modules/hammer.py":   "",
		"collections/ansible_collections/acme/tools/plugins/action/mallet.py":    "",
		"collections/ansible_collections/acme/tools/meta/runtime.yml":            "plugin_routing: { modules: { old_debug: { redirect: ansible.builtin.debug } } }\n",
		"collections/ansible_collections/acme/tools/roles/packed/tasks/main.yml": "- hammer: {}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		file, want string
		syntax     bool
		code       int
	}{
		{"site.yml", "syntax: valid", true, 0},
		{"unknown.yml", `module or action "acme.tools.saw" not found`, true, 1},
		{"included.yml", `saw.yml:1:3: module or action "acme.tools.saw" not found`, true, 0},
		{"one.yml", "went on", false, 2},
		{"one.yml", `one.yml:7:7: action plugin "plugin" cannot be run`, false, 2},
		{"two.yml", "it says hello", false, 0},
		{"facts.yml", "it is blue round round local", false, 0},
		{"facts.yml", "ignored variables that host one sent as facts: colour, ansible_connection", false, 0},
		{"python.yml", "python.yml:4:7: ansible.module_utils.no_such_part.x not found on this machine", false, 2},
	} {
		args := []string{"pig", "play", filepath.Join(dir, c.file), "-i", filepath.Join(dir, "hosts")}
		if c.syntax {
			args = append(args, "--syntax-check")
		}
		var out bytes.Buffer
		code := Main(built(), args, strings.NewReader(""), &out, &out)
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: exit status %d, want %d and %q:\n%s", c.file, code, c.code, c.want, out.String())
		}
	}
}
