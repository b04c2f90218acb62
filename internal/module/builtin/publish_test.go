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

func publishTo(t *testing.T, m node.Machine, root, path, content string) module.Result {
	t.Helper()
	files := value.NewList(value.DictOf("path", path, "content", content))
	return module.Run(t.Context(), m, Table(), module.Task{Module: "publish", Args: value.DictOf("root", root, "files", files)})
}

func TestPublishWritesOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	live := node.NewLive()
	for i, want := range []bool{true, false} {
		if r := publishTo(t, live, root, "pgsql/a.yml", "x"); r.Failed != "" || (len(r.Changes) > 0) != want {
			t.Errorf("run %d: %+v", i, r)
		}
	}
	if r := publishTo(t, node.NewShadow(live), root, "pgsql/a.yml", "y"); len(r.Changes) != 1 {
		t.Errorf("plan: %+v", r)
	}
	if text, err := os.ReadFile(filepath.Join(root, "pgsql/a.yml")); err != nil || string(text) != "x" {
		t.Errorf("%q, %v", text, err)
	}
	r := module.Run(t.Context(), live, Table(), module.Task{Module: "publish", Args: value.DictOf("root", root, "absent", value.NewList("pgsql/a.yml", "pgsql/b.yml"))})
	if r.Failed != "" || len(r.Changes) != 1 {
		t.Errorf("removal: %+v", r)
	}
}

func TestPublishStaysBelowItsRootAndWarnsWhereNobodyReads(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	live := node.NewLive()
	for _, path := range []string{"../x", "/etc/x", "a/../../x", ""} {
		if r := publishTo(t, live, root, path, "x"); r.Failed == "" {
			t.Errorf("%q was written", path)
		}
	}
	r := publishTo(t, live, filepath.Join(root, "missing"), "a.yml", "x")
	if r.Failed != "" || len(r.Changes) > 0 || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "pig infra") {
		t.Errorf("%+v", r)
	}
	args := value.DictOf("root", filepath.Join(root, "missing"), "optional", true, "files", value.NewList(value.DictOf("path", "a.yml", "content", "x")))
	if r := module.Run(t.Context(), live, Table(), module.Task{Module: "publish", Args: args}); r.Failed != "" || len(r.Changes) > 0 || len(r.Warnings) > 0 {
		t.Errorf("where nobody has to read: %+v", r)
	}
	shadow := node.NewShadow(live)
	module.Run(t.Context(), shadow, Table(), module.Task{Module: "command", Args: value.DictOf("argv", value.NewList("make", "it"))}) // it may make the directory
	if r := module.Run(t.Context(), shadow, Table(), module.Task{Module: "publish", Args: args}); len(r.Changes) > 0 || !value.IsUnknown(r.Changed) {
		t.Errorf("where a plan cannot know whether somebody will read: %+v", r)
	}
}
