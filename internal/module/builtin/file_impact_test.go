package builtin

import (
	"os"
	"path/filepath"
	"testing"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func TestFileTellsWhatItsLossMeans(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, m := range []node.Machine{node.NewShadow(node.NewLive()), node.NewLive()} {
		r := module.Run(t.Context(), m, Table(), module.Task{Module: "file", Args: value.DictOf("path", dir, "state", "absent", "impact", "data loss")})
		if r.Failed != "" || len(r.Changes) != 1 || r.Changes[0].Impact != node.ImpactDataLoss {
			t.Errorf("%v, %s", r.Changes, r.Failed)
		}
	}
}
