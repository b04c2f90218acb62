//go:build linux

package builtin_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/payload"
	"pig/internal/value"
)

// program is what the controller asks for a module whose text is this.
func program(style, interpreter, text string, params *value.Dict, more ...value.Value) *value.Dict {
	sum := sha256.Sum256([]byte(text))
	d := value.DictOf("name", "acme.tools.hammer", "style", style, "content", text, "digest", hex.EncodeToString(sum[:]), "params", params)
	if interpreter != "" {
		d.Set("interpreter", value.Strings([]string{interpreter}))
	}
	d.Update(value.DictOf(more...))
	return d
}

// leftovers are the directories that runs have left for their programs.
func leftovers(t *testing.T, of string) (all []string) {
	t.Helper()
	dirs, err := filepath.Glob("/tmp/.pig-*/module")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if text, err := os.ReadFile(dir); err == nil && strings.Contains(string(text), of) {
			all = append(all, dir)
		}
	}
	return all
}

func TestModulesOfOtherLanguages(t *testing.T) {
	t.Parallel()
	mark := t.TempDir() // no other run has it
	params := value.DictOf("text", "it's a \"b\"", "list", value.NewList(int64(1), "two"), "none", nil, "yes", true)
	for _, c := range []struct {
		name, style, text string
		says, failed      string
		makes             string
	}{
		{"JSON in a file", "want_json", `cat "$1"`, `{'text': 'it\'s a "b"', 'list': [1, 'two'], 'none': None, 'yes': True`, "", ""},
		{"pairs in a file", "old", `. "$1"; printf '{"got": "%s %s %s", "changed": true}' "$list" "$none" "$yes"`, `'got': "[1, 'two'] None True"`, "", "module acme.tools.hammer run"},
		{"JSON in its text", "json_args", "cat <<'END'\n<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>\nEND\n", `'list': [1, 'two']`, "", ""},
		{"noise", "want_json", "echo hello; echo '{\"a\":'; echo '1}'; echo; echo bye", `{'a': 1, 'warnings': ['Module invocation had junk after the JSON data: \nbye']`, "", ""},
		{"no result", "want_json", "echo why >&2; echo nothing; exit 3", `'module_stdout': 'nothing\n', 'module_stderr': 'why\n', 'rc': 3`, "Module result deserialization failed: No start of json char found", ""},
		{"half a result", "want_json", "echo '{\"a\": 1'", `'rc': 0`, "No end of json char found", ""},
		{"failed", "want_json", `echo '{"failed": true, "msg": "because", "changed": true}'`, `{'msg': 'because'}`, "because", ""},
		{"failed without a word", "want_json", `echo '{"failed": true, "msg": ""}'`, `{'msg': ''}`, "Unknown error.", ""},
		{"rc tells", "want_json", `echo '{"rc": 2}'`, `'rc': 2`, "Unknown error.", ""},
		{"rc tells nothing", "want_json", `echo '{"rc": 2, "failed": false}'`, `'rc': 2`, "", ""},
		{"Ansible's own keys", "want_json", `printf %s '{"invocation": {}, "a": [{"_ansible_b": 1, "c": 2}], "results": 1, "stdout": "x\ny\n"}'`,
			`{'a': [{'c': 2}], 'stdout': 'x\ny\n', 'ansible_module_results': 1, 'warnings': ["Found internal 'results' key in module return, renamed to 'ansible_module_results'."], 'stdout_lines': ['x', 'y']}`, "", ""},
		{"messages of ansible-core 2.19", "want_json", `echo '{"failed": true, "exception": {"__ansible_type": "ErrorSummary", "event": {"msg": "boom", "chain": {"event": {"msg": "below"}}}}, "warnings": [{"__ansible_type": "WarningSummary", "event": {"msg": "careful"}}]}'`,
			`'warnings': ['careful'], 'msg': 'Task failed: Module failed: boom: below'`, "boom: below", ""},
	} {
		r := module.Run(t.Context(), node.NewLive(), builtin.Table(), module.Task{Module: "ansible_module", Args: program(c.style, "/bin/sh", "# "+mark+"\n"+c.text, params)})
		if (c.failed == "") != (r.Failed == "") || !strings.Contains(r.Failed, c.failed) {
			t.Errorf("%s: failed %q, want %q", c.name, r.Failed, c.failed)
		}
		if said := value.Display(r.Values); !strings.Contains(said, strings.TrimSuffix(strings.TrimPrefix(c.says, "{"), "}")) {
			t.Errorf("%s: said %s, want %s in it", c.name, said, c.says)
		}
		if got := fake.Keys(r.Changes); got != c.makes {
			t.Errorf("%s: changes %q, want %q", c.name, got, c.makes)
		}
	}
	if left := leftovers(t, mark); left != nil {
		t.Errorf("left behind: %q", left)
	}
}

// A binary module is started by itself.
func TestBinaryModule(t *testing.T) {
	t.Parallel()
	text := "#!/bin/sh\ncat \"$1\"\n" // what makes it binary does not matter here
	r := module.Run(t.Context(), node.NewLive(), builtin.Table(), module.Task{Module: "ansible_module", Args: program("binary", "", text, value.DictOf("a", int64(1)))})
	if got := value.Display(r.Values); r.Failed != "" || got != "{'a': 1}" {
		t.Errorf("%q, %s", r.Failed, got)
	}
}

func TestInterpreterThatIsNotThere(t *testing.T) {
	t.Parallel()
	r := module.Run(t.Context(), node.NewLive(), builtin.Table(), module.Task{Module: "ansible_module", Args: program("old", "/no/such/shell", "x", nil)})
	if r.Failed != "The module interpreter '/no/such/shell' was not found." || r.Values.At("rc") != int64(127) {
		t.Errorf("%q, %s", r.Failed, value.Display(r.Values))
	}
}

// Arguments stand neither in the arguments of a process, nor where others may read them.
func TestArgumentsOfModulesArePrivate(t *testing.T) {
	t.Parallel()
	text := `d=$(dirname "$1"); printf '{"modes": "%s", "words": "%s"}' "$(stat -c %a "$d" "$1" | tr '\n' ' ')" "$(tr '\0' ' ' </proc/$$/cmdline)"`
	r := module.Run(t.Context(), node.NewLive(), builtin.Table(), module.Task{Module: "ansible_module", Args: program("want_json", "/bin/sh", text, value.DictOf("password", "open sesame"))})
	if got := value.Display(r.Values); r.Failed != "" || !strings.Contains(got, "'modes': '700 600 '") || strings.Contains(got, "sesame") {
		t.Errorf("%q, %s", r.Failed, got)
	}
}

// A plan starts a module only if it is told that the module handles check mode, and trusts it only while nothing else is planned.
func TestModulesInAPlan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shadow := node.NewShadow(node.NewLive())
	table := builtin.Table()
	run := func(text string, check bool) module.Result {
		return module.Run(t.Context(), shadow, table, module.Task{Module: "ansible_module", Args: program("want_json", "/bin/sh", text, nil, "check", check)})
	}
	if r := run("touch "+dir+"/made; echo '{}'", false); !value.IsUnknown(r.Changed) {
		t.Errorf("it is not known to handle check mode: changed is %v, %q", r.Changed, r.Failed)
	}
	if _, err := os.Stat(dir + "/made"); err == nil {
		t.Error("the plan started it")
	}
	shadow = node.NewShadow(node.NewLive())
	if r := run(`echo '{"changed": false}'`, true); r.Changed != false {
		t.Errorf("changed is %v, want false: %q", r.Changed, r.Failed)
	}
	if r := run(`printf %s '{"changed": true, "diff": {"before": "a\n", "after": "b\n"}}'`, true); r.Changed != true || fake.Keys(r.Changes) != "module acme.tools.hammer run" || !strings.Contains(r.Changes[0].Diff, "+b") {
		t.Errorf("changed is %v, changes %v", r.Changed, r.Changes)
	}
	for _, text := range []string{`echo '{"changed": false}'`, `echo '{"failed": true, "msg": "no such file"}'`} {
		if r := run(text, true); !value.IsUnknown(r.Changed) || r.Failed != "" {
			t.Errorf("%s after a planned change: changed is %v, failed %q, want unknown", text, r.Changed, r.Failed)
		}
	}
	if r := run(`echo '{"changed": true}'`, true); r.Changed != true {
		t.Errorf("what changes now will change then: %v", r.Changed)
	}
}

// A module is sent once.
func TestModuleIsKept(t *testing.T) {
	t.Parallel()
	table := builtin.Table()
	run := func(d *value.Dict) module.Result {
		return module.Run(t.Context(), node.NewLive(), table, module.Task{Module: "ansible_module", Args: d})
	}
	full := program("want_json", "/bin/sh", `echo '{"a": 1}'`, nil)
	short := full.Clone()
	short.Delete("content")
	if r := run(short); !r.Values.Has(builtin.WantsContent) {
		t.Errorf("it was never sent: %s", value.Display(r.Values))
	}
	lie := program("want_json", "/bin/sh", `echo '{"a": 2}'`, nil)
	lie.Set("digest", full.At("digest"))
	if r := run(lie); r.Values.At("a") != int64(2) {
		t.Errorf("%s", value.Display(r.Values))
	}
	if r := run(short); !r.Values.Has(builtin.WantsContent) {
		t.Errorf("another text was kept under this digest: %s", value.Display(r.Values))
	}
	run(full)
	if r := run(short); r.Values.At("a") != int64(1) {
		t.Errorf("it was sent before: %s", value.Display(r.Values))
	}
}

func TestModuleInPython(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("/usr/bin/python3"); err != nil {
		t.Skip("there is no Python")
	}
	path := filepath.Join(t.TempDir(), "hammer.py")
	text := `#!/usr/bin/python
from ansible.module_utils.basic import (
    AnsibleModule,
)
import os
m = AnsibleModule({}, supports_check_mode=True)
if m.params.get("crash"):
    raise ValueError("boom")
if m.params.get("why"):
    m.fail_json(m.params["why"], tmp=os.listdir(m.internal["_ansible_tmpdir"]))
m.exit_json(changed=True, params=m.params, internal=sorted(m.internal), name=__name__, file=__file__)
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	utils, err := filepath.Abs("testdata/ansible/module_utils")
	if err != nil {
		t.Fatal(err)
	}
	p, err := payload.Sources{Read: os.ReadFile, Utils: []string{utils}}.Of("hammer", path)
	if err != nil {
		t.Fatal(err)
	}
	run := func(params *value.Dict) module.Result {
		params.Update(value.DictOf("_ansible_check_mode", false, "_ansible_news", 1))
		args := program(string(p.Style), "python", string(p.Content), params, "python_name", p.Module)
		return module.Run(t.Context(), node.NewLive(), builtin.Table(), module.Task{Module: "ansible_module", Args: args})
	}
	r := run(value.DictOf("text", "über \"x\"", "path", "/p"))
	got := value.Display(r.Values)
	for _, want := range []string{`'params': {'text': 'über "x"', 'path': '/p'}`, `'internal': ['_ansible_check_mode', '_ansible_tmpdir']`, "'name': '__main__'", "module.zip/ansible/legacy/hammer.py'"} {
		if r.Failed != "" || !strings.Contains(got, want) {
			t.Errorf("%q, %s: want %s", r.Failed, got, want)
		}
	}
	if keys := fake.Keys(r.Changes); keys != "module acme.tools.hammer /p run" {
		t.Errorf("changes %q", keys)
	}
	if r := run(value.DictOf("why", "no nail")); r.Failed != "no nail" || !strings.Contains(value.Display(r.Values), "'module.zip', 'start.py'") && !strings.Contains(value.Display(r.Values), "'start.py', 'module.zip'") {
		t.Errorf("%q, %s", r.Failed, value.Display(r.Values))
	}
	if r := run(value.DictOf("crash", true)); !strings.Contains(value.Display(r.Values), "ValueError: boom") || r.Values.At("rc") != int64(1) {
		t.Errorf("%q, %s", r.Failed, value.Display(r.Values))
	}
}
