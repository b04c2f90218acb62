package law

import (
	"strings"
	"testing"
)

// What initdb has chosen stays: plan, apply and status warn of another declaration, whether something else changes or not, and nothing fails.
func TestChoicesOfInitdbStay(t *testing.T) {
	whole := settled(t, checkedWorld, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, checkedWorld, "# as before")
		for _, verb := range [][]string{{"plan"}, {"status"}} {
			if out := l.must(verb...); strings.Contains(out, "initdb") {
				t.Errorf("nothing else is declared:\n%s", out)
			}
		}
		for edit, told := range map[string][]string{
			"pg_encoding: LATIN1":    {"pg_encoding is UTF8, but LATIN1 is declared: initdb sets it permanently; write pg_encoding: UTF8, or load a dump into a new cluster"},
			"pg_locale: C.UTF-8":     {"pg_locale is C, but C.UTF-8 is declared"},
			"pg_lc_collate: C.UTF-8": {"pg_lc_collate is C, but C.UTF-8 is declared"},
			"pg_lc_ctype: C.UTF-8":   {"pg_lc_ctype is C, but C.UTF-8 is declared"},
			"pg_checksum: false":     {"pg_checksum is true, but false is declared: initdb sets it permanently; write pg_checksum: true, or change it with pg_checksums while PostgreSQL is stopped on all members"},
		} {
			for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}, {"status"}} {
				l.write(checkedWorld + "    " + edit + "\n")
				says(t, l, 0, told, verb...)
			}
			l.write(checkedWorld + "    " + edit + "\n    pg_parameters: { work_mem: 5MB }\n")
			says(t, l, 0, told, "plan")
		}
	})
}
