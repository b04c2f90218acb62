package builtin_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// repositories is a directory with a repository of two commits on main, a tag on the first, and a branch with a third.
func repositories(t *testing.T) (dir string, git func(in string, words ...string) string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("it needs git")
	}
	dir = t.TempDir()
	git = func(in string, words ...string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), "git", words...)
		c.Dir = filepath.Join(dir, in)
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=n", "GIT_AUTHOR_EMAIL=n@x", "GIT_COMMITTER_NAME=n", "GIT_COMMITTER_EMAIL=n@x")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %s", words, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("", "init", "-q", "-b", "main", "r")
	for _, text := range []string{"1", "2", "3"} {
		if text == "3" {
			git("r", "checkout", "-q", "-b", "dev")
		}
		if err := os.WriteFile(filepath.Join(dir, "r/f"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		git("r", "add", "f")
		git("r", "commit", "-q", "-m", text)
		if text == "1" {
			git("r", "tag", "-a", "-m", "t", "v1")
		}
	}
	git("r", "checkout", "-q", "main")
	return dir, git
}

func TestClonesAreAtTheirVersion(t *testing.T) {
	t.Parallel()
	dir, git := repositories(t)
	dest := filepath.Join(dir, "d")
	short := git("r", "rev-parse", "--short=8", "dev")
	live := node.NewLive()
	for _, c := range []struct {
		before func()
		more   []value.Value
		makes  string
		text   string // of f
		failed string
	}{
		{nil, []value.Value{"clone", false, "update", false}, "", "", ""},
		{nil, nil, "create", "2", ""},
		{nil, nil, "", "2", ""},
		{nil, []value.Value{"version", "dev"}, "update", "3", ""},
		{nil, []value.Value{"version", short}, "", "3", ""},
		{nil, []value.Value{"version", "v1"}, "update", "1", ""},
		{nil, []value.Value{"version", git("r", "rev-parse", "main")}, "update", "2", ""},
		{nil, []value.Value{"version", "nosuch"}, "", "2", "Could not determine remote revision for nosuch"},
		{func() { git("d", "reset", "-q", "--hard", "HEAD~1") }, []value.Value{"update", false}, "", "1", ""},
		{nil, []value.Value{"version", "main"}, "update", "2", ""},
		{func() { _ = os.WriteFile(dest+"/f", []byte("mine"), 0o600) }, nil, "", "mine", "Local modifications exist in the destination: " + dest + " (force=no)."},
		{nil, []value.Value{"force", true}, "update", "2", ""},
		{func() { git("d", "remote", "set-url", "origin", "/nosuch") }, nil, "update", "2", ""},
		{nil, []value.Value{"repo", dir + "/nosuch"}, "", "2", "Failed to download remote objects and refs"},
		{nil, []value.Value{"umask", "x"}, "", "2", "umask: invalid mode"},
		{nil, []value.Value{"key_file", "/a b"}, "", "2", `invalid key_file "/a b"`},
		{nil, []value.Value{"verify_commit", true}, "", "2", "only False can be used"},
		{func() { _ = os.RemoveAll(dest) }, []value.Value{"depth", 1, "version", "dev", "single_branch", true, "recursive", false, "remote", "up"}, "create", "3", ""},
	} {
		if c.before != nil {
			c.before()
		}
		a := args("repo", dir+"/r", "dest", dest)
		a.Update(args(c.more...))
		want := ""
		if c.makes != "" {
			want = "git " + dest + " " + c.makes
		}
		planned := run(t, node.NewShadow(live), "git", a)
		r := run(t, live, "git", a)
		if fake.Keys(planned.Changes) != want || fake.Keys(r.Changes) != want || planned.Failed != r.Failed || !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") {
			t.Errorf("%s: planned %q %q, did %q %q, want %q", value.Display(a), fake.Keys(planned.Changes), planned.Failed, fake.Keys(r.Changes), r.Failed, want)
		}
		if text, _ := os.ReadFile(dest + "/f"); string(text) != c.text {
			t.Errorf("%s: f is %q, want %q", value.Display(a), text, c.text)
		}
		if c.makes != "" && (value.Str(r.Values.At("after")) != git("d", "rev-parse", "HEAD") || value.Str(planned.Values.At("after")) != value.Str(r.Values.At("after"))) {
			t.Errorf("%s: after is %s, planned %s", value.Display(a), value.Str(r.Values.At("after")), value.Str(planned.Values.At("after")))
		}
	}
	if got := git("d", "rev-list", "--count", "HEAD"); got != "1" {
		t.Errorf("a clone of depth 1 has %s commits", got)
	}
	bare := args("repo", dir+"/r", "dest", dir+"/b", "bare", true)
	for _, want := range []string{"git " + dir + "/b create", ""} {
		if r := run(t, live, "git", bare); fake.Keys(r.Changes) != want || r.Failed != "" {
			t.Errorf("a bare clone: %q %q, want %q", fake.Keys(r.Changes), r.Failed, want)
		}
	}
}
