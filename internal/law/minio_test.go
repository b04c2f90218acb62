package law

import (
	"strings"
	"testing"

	"pig/internal/imitation"
)

// Nodes of MinIO with different settings do not find each other: a restart that an interrupted run left is one of all that need it.
func TestMinioRestartsTogetherAfterAnInterruption(t *testing.T) {
	text, addrs := sample(t, "minio")
	whole := settled(t, text, addrs...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, text, `minio_extra_vars: "MINIO_BROWSER=off"`)
		what, out := l.struck(&imitation.Faults{Kind: imitation.Gone, At: 3, What: "write /etc/default/minio"}, "apply", "--yes")
		if what == "" {
			t.Fatal(out)
		}
		for _, m := range l.world.Machines() {
			if !strings.Contains(m.Content("/etc/default/minio"), "MINIO_BROWSER=off") {
				t.Fatalf("%s has not got its settings before the run ended", m.Addr())
			}
		}
		heals(t, l)
	})
}
