package builtin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// checkedDir is a directory of configuration, and a check that refuses lines that begin with wrong.
func checkedDir(t *testing.T, files map[string]string) (dir, check string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("a view of one's own needs root")
	}
	dir = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, "sh -c '! grep -n ^wrong " + dir + "/*.cfg /dev/null >&2'"
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}

func TestAFileThatItsCheckRefusesIsNotWritten(t *testing.T) {
	t.Parallel()
	dir, check := checkedDir(t, map[string]string{"a.cfg": "old\n"})
	live := node.NewLive()
	shadow := node.NewShadow(live)
	for _, m := range []node.Machine{live, shadow} {
		args := value.DictOf("dest", dir+"/a.cfg", "content", "good\nwrong thing\n", "check", check)
		r := module.Run(t.Context(), m, Table(), module.Task{Module: "copy", Args: args})
		want := "sh refuses the new configuration, so nothing was replaced:\n" + dir + "/a.cfg:2:wrong thing\n" + dir + "/a.cfg:2: wrong thing"
		if r.Failed != want || len(r.Changes) > 0 {
			t.Errorf("%+v, not %q", r, want)
		}
	}
	if got := read(t, dir+"/a.cfg"); got != "old\n" {
		t.Errorf("a.cfg: %q", got)
	}
	args := value.DictOf("dest", dir+"/a.cfg", "content", "good\n", "check", check)
	if r := module.Run(t.Context(), live, Table(), module.Task{Module: "copy", Args: args}); r.Failed != "" || read(t, dir+"/a.cfg") != "good\n" {
		t.Errorf("%+v", r)
	}
}

// One file of a configuration needs another: only together they pass.
func TestAConfigurationIsCheckedAsAWhole(t *testing.T) {
	t.Parallel()
	dir, _ := checkedDir(t, map[string]string{"a.cfg": "use x\n", "x.cfg": "define x\n", "gone.cfg": "# mine\n", "kept.cfg": "# theirs\n"})
	check := "sh -c 'cd " + dir + "; for n in $(sed -n \"s/^use //p\" *.cfg); do grep -q \"^define $n\" *.cfg || { echo \"no $n\"; exit 1; }; done'"
	file := func(name, text string) *value.Dict { return value.DictOf("dest", dir+"/"+name, "content", text) }
	task := func(files ...value.Value) module.Task {
		return module.Task{Module: "configuration", Args: value.DictOf("staged", "it", "check", check, "files", value.NewList(files...),
			"prune", value.NewList(value.DictOf("path", dir, "marker", "# mine")))}
	}
	live := node.NewLive()
	r := module.Run(t.Context(), live, Table(), task(file("a.cfg", "use y\n"), file("x.cfg", "define z\n")))
	if !strings.Contains(r.Failed, "no y") || len(r.Changes) > 0 || read(t, dir+"/gone.cfg") == "" {
		t.Errorf("%+v", r)
	}
	for _, changes := range []int{3, 0} {
		r = module.Run(t.Context(), live, Table(), task(file("a.cfg", "use y\n"), file("x.cfg", "define y\n")))
		if r.Failed != "" || len(r.Changes) != changes {
			t.Errorf("%+v", r)
		}
	}
	if read(t, dir+"/gone.cfg") != "" || read(t, dir+"/kept.cfg") == "" || read(t, dir+"/x.cfg") != "define y\n" {
		t.Error("the files are not those of the configuration")
	}
}

// What is wrong with another file is no reason to keep away a file that is right; one that is wrong as well is refused.
func TestACheckForgivesWhatStandsThere(t *testing.T) {
	t.Parallel()
	dir, check := checkedDir(t, map[string]string{"a.cfg": "old\n", "b.cfg": "wrong before\n"})
	copied := func(text string) module.Result {
		return module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: "copy", Args: value.DictOf("dest", dir+"/a.cfg", "content", text, "check", check)})
	}
	if r := copied("wrong too\n"); !strings.Contains(r.Failed, "a.cfg:1:wrong too") || strings.Contains(r.Failed, "wrong before") {
		t.Errorf("%+v", r)
	}
	if r := copied("new\n"); r.Failed != "" || read(t, dir+"/a.cfg") != "new\n" {
		t.Errorf("%+v", r)
	}
}

// A plan does not say that a configuration is wrong because what the run will make is not there yet.
func TestAPlanTakesForRightWhatItCannotJudge(t *testing.T) {
	t.Parallel()
	dir, check := checkedDir(t, map[string]string{"a.cfg": "old\n"})
	shadow := node.NewShadow(node.NewLive())
	module.Run(t.Context(), shadow, Table(), module.Task{Module: "command", Args: value.DictOf("argv", value.NewList("make", "it"))})
	r := module.Run(t.Context(), shadow, Table(), module.Task{Module: "copy", Args: value.DictOf("dest", dir+"/a.cfg", "content", "wrong\n", "check", check)})
	if r.Failed != "" || len(r.Changes) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestWhatACheckMayBeOverruledIn(t *testing.T) {
	t.Parallel()
	dir, check := checkedDir(t, map[string]string{"a.cfg": "old\n"})
	args := value.DictOf("dest", dir+"/a.cfg", "content", "wrong, but allowed\n", "check", check, "check_allows", value.NewList("but allowed$"))
	if r := module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: "copy", Args: args}); r.Failed != "" || len(r.Changes) != 1 {
		t.Errorf("%+v", r)
	}
}
