package products

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/inventory"
)

var update = flag.Bool("update", false, "write the golden files")

func load(t testing.TB, file string) *inventory.Inventory {
	t.Helper()
	inv, _, err := inventory.Load([]string{file}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", file, got)
	}
}

// withEtcd is an inventory with the etcd that its clusters need, on a host of its own.
func withEtcd(text string) string {
	return text + "\netcd: { hosts: { 10.0.9.9: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }\n"
}

func lines(l diag.List) string {
	var b strings.Builder
	for _, d := range l {
		fmt.Fprintf(&b, "%s: %s\n", d.Severity, d)
	}
	return b.String()
}
