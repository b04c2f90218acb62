package builtin

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func TestCandidatesComeFromTheIndexWhereListsAreNotReadYet(t *testing.T) {
	t.Parallel()
	index := filepath.Join(t.TempDir(), "Packages.gz")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("Package: pig-test-here\nVersion: 1\n\nPackage: other\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(index, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	shadow := node.NewShadow(node.NewLive())
	ask := func(only bool) module.Result {
		return module.Run(t.Context(), shadow, Table(), module.Task{Module: "package_candidates", Args: value.DictOf(
			"names", value.NewList("pig-test-here", "pig-test-missing"), "index", index, "only", only)})
	}
	refresh := module.Run(t.Context(), shadow, Table(), module.Task{Module: "apt", Args: value.DictOf("update_cache", true)})
	if refresh.Failed != "" {
		t.Skip("this machine has no apt: " + refresh.Failed)
	}
	r := ask(true)
	if r.Failed != "" || value.Display(r.Values.At("available")) != "['pig-test-here']" || value.Display(r.Values.At("missing")) != "['pig-test-missing']" {
		t.Errorf("only that repository: %+v %v", r, r.Values)
	}
}
