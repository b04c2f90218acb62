package model

import (
	"os"
	"strings"
	"testing"

	"pig/internal/value"
)

// docs/pgsql.md says of every computed setting what it is and why.
func TestThePageHasTheComputedSettings(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/pgsql.md")
	if err != nil {
		t.Fatal(err)
	}
	s := Sizing{Template: OLTP, Version: 18, SharedBufferRatio: 0.25, Libs: "citus, timescaledb"}
	computed := s.Tune(Machine{CPU: 8, MemMB: 16384, Disk: 100 << 30, Deb: true, Major: 13})
	for name := range computed.All() {
		if name := value.KeyText(name); !strings.Contains(string(page), "\n| `"+name+"` | ") {
			t.Errorf("docs/pgsql.md does not say how %s is computed", name)
		}
	}
	if computed.Len() < 15 {
		t.Errorf("%d settings are computed", computed.Len())
	}
}
