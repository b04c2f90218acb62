package law

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A server that somebody has stopped is started again. What its data hold is not known before, so nothing of it is planned to be created.
func TestAStoppedServerIsNotEmpty(t *testing.T) {
	whole := settled(t, checkedWorld, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, checkedWorld, "# the same")
		stop := filepath.Join(l.dir, "stop.yml")
		if err := os.WriteFile(stop, []byte("- hosts: 10.10.10.11\n  become: true\n  gather_facts: false\n  tasks: [ { service: { name: patroni, state: stopped } } ]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		l.must("play", stop)
		for _, c := range changes(l.plan()) {
			if c != "pgsql:pg-test 10.10.10.11: service patroni start" && !strings.Contains(c, ": UNKNOWN pgsql : ") {
				t.Errorf("planned: %s", c)
			}
		}
		out := l.must("apply", "--yes")
		if strings.Contains(out, "not as planned") || !strings.Contains(out, "start service patroni") {
			t.Error(out)
		}
	})
}
