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

func TestNamePattern(t *testing.T) {
	cases := []struct {
		patterns []string
		regex    bool
		none     bool
		name     string
		want     bool
	}{
		{nil, false, true, "x", true},
		{nil, false, false, "x", false},
		{[]string{"*.list", "*.sources"}, false, true, "debian.sources", true},
		{[]string{"*.list"}, false, true, "list", false},
		{[]string{`a\d+`}, true, true, "a12b", true},
		{[]string{`\d`}, true, true, "a1", false}, // as Python's match: from the beginning
	}
	for _, c := range cases {
		match, err := namePattern(c.patterns, c.regex, c.none)
		if err != nil {
			t.Fatal(err)
		}
		if got := match(c.name); got != c.want {
			t.Errorf("%v (regex %v) on %q: %v", c.patterns, c.regex, c.name, got)
		}
	}
	for _, bad := range []bool{true, false} {
		if _, err := namePattern([]string{"["}, bad, true); err == nil {
			t.Errorf("[ is no pattern (regex %v)", bad)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"a.conf", "b.conf", ".hidden.conf", "sub/c.conf", "sub/deep/d.conf", "x.txt"} {
		path := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases := []struct {
		args *value.Dict
		want int64
	}{
		{value.DictOf("patterns", "*.conf"), 2},
		{value.DictOf("patterns", "*.conf", "excludes", "b*"), 1},
		{value.DictOf("patterns", "*.conf", "hidden", true), 3},
		{value.DictOf("patterns", "*.conf", "recurse", true), 4},
		{value.DictOf("patterns", "*.conf", "recurse", true, "depth", int64(2)), 3},
		{value.DictOf("file_type", "directory"), 1},
		{value.DictOf("file_type", "any"), 4},
	}
	ask := func(args *value.Dict) *value.Dict {
		r := module.Run(t.Context(), node.NewShadow(node.NewLive()), Table(), module.Task{Module: "find", Args: args})
		if r.Failed != "" || len(r.Changes) > 0 {
			t.Fatalf("%s %v", r.Failed, r.Changes)
		}
		return r.Values
	}
	for _, c := range cases {
		c.args.Set("paths", dir)
		out := ask(c.args)
		if got := out.At("matched"); got != c.want {
			t.Errorf("%v: %v found, want %d", c.args, got, c.want)
		}
	}
	out := ask(value.DictOf("paths", filepath.Join(dir, "nothing")))
	if out.At("matched") != int64(0) {
		t.Error("found something in nothing")
	}
}

func TestGlobs(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"a/x.conf": "", "a/y.conf": "", "a/z.txt": "", "a/.hidden.conf": "", "b/x.conf": "", "f": ""})
	s, err := liveMachine.For(node.Task{})
	if err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]string{
		"a/*.conf": "a/x.conf a/y.conf", "*/x.conf": "a/x.conf b/x.conf", "[b]/*": "b/x.conf", "nosuch/*": "", "a/.h*": "a/.hidden.conf", "f/*": "", "a/z.tx?": "a/z.txt",
	} {
		found, err := module.Glob(s.Files(), dir+"/"+pattern)
		if got := strings.ReplaceAll(strings.Join(found, " "), dir+"/", ""); err != nil || got != want {
			t.Errorf("%s: %q, %v", pattern, got, err)
		}
	}
	if _, err := module.Glob(s.Files(), dir+"/a/["); err == nil {
		t.Error("a pattern without an end")
	}
	if err := os.Remove(dir + "/f"); err != nil {
		t.Error(err)
	}
}
