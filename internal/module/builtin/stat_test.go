package builtin

import (
	"path/filepath"
	"testing"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// A plan that does not know what will be in a file does not know its checksum either.
func TestTheChecksumOfAPlannedFileIsUnknown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	shadow := node.NewShadow(node.NewLive())
	if r := module.Run(t.Context(), shadow, Table(), module.Task{Module: "x509", Args: value.DictOf("key", at("ca.key"), "cert", at("ca.crt"), "cn", "ca", "authority", true)}); r.Failed != "" {
		t.Fatal(r.Failed)
	}
	r := module.Run(t.Context(), shadow, Table(), module.Task{Module: "stat", Args: value.DictOf("path", at("ca.crt"))})
	st, ok := r.Values.At("stat").(*value.Dict)
	if r.Failed != "" || !ok || st.At("exists") != true {
		t.Fatalf("%s, %v", r.Failed, r.Values)
	}
	if _, unknown := st.At("checksum").(value.Unknown); !unknown {
		t.Errorf("the checksum is %v", st.At("checksum"))
	}
}
