package law

import (
	"strings"
	"testing"
)

// A setting with which PostgreSQL does not start fails the run. The corrected file is planned and applied as any other: no other verb, and
// nothing by hand.
func TestASettingThatKeepsPostgreSQLFromStartingIsCorrected(t *testing.T) {
	whole := settled(t, checkedWorld, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, checkedWorld, "pg_parameters: { shared_buffers: 1TB }")
		if out, code := l.pig("apply", "--yes"); code != 2 {
			t.Fatalf("PostgreSQL starts with 1TB: exit status %d\n%s", code, out)
		}
		l.write(checkedWorld + "    pg_parameters: { shared_buffers: 256MB }\n")
		out, code := l.pig("plan")
		if code != 0 || !strings.Contains(out, "256MB") {
			t.Errorf("the corrected file is planned: exit status %d\n%s", code, out)
		}
		if out := l.must("apply", "--yes"); strings.Contains(out, "not as planned") {
			t.Error(out)
		}
		heals(t, l)
	})
}
