package builtin

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// RunLive runs a module on this machine.
func runLive(t *testing.T, name string, args ...value.Value) module.Result {
	t.Helper()
	return module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: name, Args: value.DictOf(args...)})
}

// tree makes files below a new directory.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a test
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // a test
			t.Fatal(err)
		}
	}
	return dir
}

func modeAt(t *testing.T, path string) fs.FileMode {
	t.Helper()
	i, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return i.Mode().Perm()
}

func TestFile(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"a": "a", "b": "b", "d/x": "x", "d/e/y": "y"})
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		args    *value.Dict
		changed bool
		failed  string
	}{
		{value.DictOf("path", in("new/deep"), "state", "directory", "mode", "0750"), true, ""},
		{value.DictOf("path", in("new/deep"), "state", "directory", "mode", "0750"), false, ""},
		{value.DictOf("path", in("a"), "state", "directory"), false, "already exists and is a file"},
		{value.DictOf("path", in("a/b"), "state", "directory"), false, "is not a directory"},
		{value.DictOf("path", in("d"), "recurse", true, "mode", "u=rwX,g=,o="), true, ""},
		{value.DictOf("path", in("d"), "recurse", true, "mode", "u=rwX,g=,o="), false, ""},
		{value.DictOf("path", in("a"), "mode", "600"), true, ""},
		{value.DictOf("path", in("a"), "mode", int64(0o600)), false, ""},
		{value.DictOf("path", in("nosuch")), false, "is absent, cannot continue"},
		{value.DictOf("path", in("t"), "state", "touch", "mode", "g+w"), true, ""},
		{value.DictOf("path", in("t"), "state", "touch", "modification_time", "preserve", "access_time", "preserve"), false, ""},
		{value.DictOf("path", in("l"), "state", "link", "src", "a"), true, ""},
		{value.DictOf("path", in("l"), "state", "link", "src", "a"), false, ""},
		{value.DictOf("path", in("l"), "state", "link", "src", "b"), true, ""},
		{value.DictOf("path", in("l2"), "state", "link", "src", "nosuch"), false, "of the link not found: add force: true"},
		{value.DictOf("path", in("l2"), "state", "link", "src", "nosuch", "force", true), true, ""},
		{value.DictOf("path", in("b"), "state", "link", "src", "a"), false, "is a file; force: true replaces it"},
		{value.DictOf("path", in("b"), "state", "link", "src", "a", "force", true), true, ""},
		{value.DictOf("path", in("new"), "state", "link", "src", "a"), false, "is a directory; force: true replaces it"},
		{value.DictOf("path", in("new"), "state", "link", "src", "a", "force", true), true, ""},
		{value.DictOf("path", in("l3"), "state", "link"), false, "needs src"},
		{value.DictOf("path", in("h"), "state", "hard", "src", in("a")), true, ""},
		{value.DictOf("path", in("h"), "state", "hard", "src", in("a")), false, ""},
		{value.DictOf("path", in("t"), "state", "hard", "src", in("a")), false, "already exists; force: true replaces it"},
		{value.DictOf("path", in("t"), "state", "hard", "src", in("a"), "force", true), true, ""},
		{value.DictOf("path", in("h2"), "state", "hard"), false, "needs src"},
		{value.DictOf("path", in("d"), "state", "absent"), true, ""},
		{value.DictOf("path", in("d"), "state", "absent"), false, ""},
		{value.DictOf("path", in("a"), "mode", "u~x"), false, "has no operator: want +, - or ="},
		{value.DictOf("path", in("a"), "mode", "99999"), false, ""},
	} {
		planned := module.Run(t.Context(), node.NewShadow(node.NewLive()), Table(), module.Task{Module: "file", Args: c.args})
		r := module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: "file", Args: c.args})
		if c.failed == "" && c.args.At("mode") == "99999" {
			if r.Failed == "" {
				t.Error("a mode out of range is taken")
			}
			continue
		}
		if (r.Changed == true) != c.changed || !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") {
			t.Errorf("%v: changed %v, %q", value.Display(c.args), r.Changed, r.Failed)
		}
		if planned.Changed != r.Changed || (planned.Failed == "") != (r.Failed == "") {
			t.Errorf("%v: planned %v %q, did %v %q", value.Display(c.args), planned.Changed, planned.Failed, r.Changed, r.Failed)
		}
	}
	if m := modeAt(t, in("h")); m != 0o600 {
		t.Errorf("a link shares its mode: %o", m)
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode value.Value
		was  node.Info
		want fs.FileMode
		err  string
	}{
		{int64(420), node.Info{}, 0o644, ""}, {"0644", node.Info{}, 0o644, ""}, {"0o2755", node.Info{}, 0o2755, ""}, {int64(-1), node.Info{}, 0, "invalid mode"}, {int64(10000), node.Info{}, 0, "invalid mode"},
		{"77777", node.Info{}, 0, "invalid mode"},
		{"u=rw,g=r,o=", node.Info{Kind: node.File, Mode: 0o777}, 0o640, ""}, {"a+x", node.Info{Kind: node.File, Mode: 0o644}, 0o755, ""}, {"+x", node.Info{Kind: node.File, Mode: 0o600}, 0o711, ""},
		{"go-rwx", node.Info{Kind: node.File, Mode: 0o777}, 0o700, ""}, {"u+s,g+s", node.Info{Kind: node.File, Mode: 0o755}, 0o6755, ""}, {"o+t", node.Info{Kind: node.Dir, Mode: 0o777}, 0o1777, ""},
		{"a+X", node.Info{Kind: node.File, Mode: 0o644}, 0o644, ""}, {"a+X", node.Info{Kind: node.Dir, Mode: 0o700}, 0o711, ""}, {"g=u", node.Info{Kind: node.File, Mode: 0o640}, 0o660, ""},
		{"u=rwx-x", node.Info{Kind: node.File, Mode: 0}, 0o600, ""}, {"u=rwx", node.Info{Kind: node.File, Mode: 0o4644}, 0o744, ""}, {"o=r", node.Info{Kind: node.Absent}, 0o644, ""},
		{"z+x", node.Info{}, 0, `invalid user class "z": want u, g, o or a`}, {"u+q", node.Info{}, 0, `invalid permission "q"`},
	} {
		got, err := ParseMode(c.mode, c.was)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%v: %v", c.mode, err)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%v of %o: %o, %v, want %o", c.mode, c.was.Mode, got, err, c.want)
		}
	}
}

func TestLineinfile(t *testing.T) {
	t.Parallel()
	const text = "# head\nport = 1\n#port = 2\nport = 3\nend\n"
	for _, c := range []struct {
		args    *value.Dict
		was     string // "-" for no file
		want    string
		changed bool
		failed  string
	}{
		{value.DictOf("line", "new"), text, text + "new\n", true, ""},
		{value.DictOf("line", "end"), text, text, false, ""},
		{value.DictOf("line", "new"), "no newline", "no newline\nnew\n", true, ""},
		{value.DictOf("regexp", "^port", "line", "port = 9"), text, "# head\nport = 1\n#port = 2\nport = 9\nend\n", true, ""},
		{value.DictOf("regexp", "^port", "line", "port = 9", "firstmatch", true), text, "# head\nport = 9\n#port = 2\nport = 3\nend\n", true, ""},
		{value.DictOf("regexp", "^(po)rt = (.)", "line", `\1: \2`, "backrefs", true), text, "# head\nport = 1\n#port = 2\npo: 3\nend\n", true, ""},
		{value.DictOf("regexp", "^nosuch", "line", "x", "backrefs", true), text, text, false, ""},
		{value.DictOf("search_string", "#port", "line", "port = 2"), text, "# head\nport = 1\nport = 2\nport = 3\nend\n", true, ""},
		{value.DictOf("line", "x", "insertafter", "^port"), text, "# head\nport = 1\n#port = 2\nport = 3\nx\nend\n", true, ""},
		{value.DictOf("line", "x", "insertafter", "^port", "firstmatch", true), text, "# head\nport = 1\nx\n#port = 2\nport = 3\nend\n", true, ""},
		{value.DictOf("line", "x", "insertbefore", "^port"), text, "# head\nport = 1\n#port = 2\nx\nport = 3\nend\n", true, ""},
		{value.DictOf("line", "x", "insertbefore", "BOF"), text, "x\n" + text, true, ""},
		{value.DictOf("line", "x", "insertafter", "EOF"), text, text + "x\n", true, ""},
		{value.DictOf("line", "x", "insertbefore", "^nosuch"), text, text + "x\n", true, ""},
		{value.DictOf("regexp", "^port", "state", "absent"), text, "# head\n#port = 2\nend\n", true, ""},
		{value.DictOf("line", "end", "state", "absent"), text, "# head\nport = 1\n#port = 2\nport = 3\n", true, ""},
		{value.DictOf("line", "nosuch", "state", "absent"), text, text, false, ""},
		{value.DictOf("line", "x", "state", "absent"), "-", "-", false, ""},
		{value.DictOf("line", "x"), "-", "-", false, "does not exist"},
		{value.DictOf("line", "x", "create", true), "-", "x\n", true, ""},
		{value.DictOf("regexp", "(", "line", "x"), text, text, false, "regexp: "},
		{value.DictOf("line", "x", "validate", "grep -q nosuch %s"), text, text, false, "validat"},
		{value.DictOf("line", "x", "validate", "grep -q end %s", "backup", true), text, text + "x\n", true, ""},
		{value.DictOf("state", "present"), text, text, false, "line"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "deep", "f")
		if c.was != "-" {
			path = filepath.Join(tree(t, map[string]string{"f": c.was}), "f")
		}
		c.args.Set("path", path)
		planned := module.Run(t.Context(), node.NewShadow(node.NewLive()), Table(), module.Task{Module: "lineinfile", Args: value.Clone(c.args).(*value.Dict)})
		r := module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: "lineinfile", Args: c.args})
		got, err := os.ReadFile(path)
		if err != nil {
			got = []byte("-")
		}
		if string(got) != c.want || (r.Changed == true) != c.changed || !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") {
			t.Errorf("%v: %q, changed %v, %q", value.Display(c.args), got, r.Changed, r.Failed)
		}
		if planned.Changed != r.Changed && !strings.Contains(c.failed, "validat") {
			t.Errorf("%v: planned %v, did %v", value.Display(c.args), planned.Changed, r.Changed)
		}
		if c.args.Has("backup") {
			if saved, _ := filepath.Glob(path + ".*"); len(saved) != 1 {
				t.Errorf("backups: %v", saved)
			}
		}
	}
	if r := runLive(t, "lineinfile", "path", t.TempDir(), "line", "x"); !strings.Contains(r.Failed, "is a directory") {
		t.Error(r.Failed)
	}
}
