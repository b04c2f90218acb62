package law

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What somebody has stopped is started again. What its data hold is not known before, so nothing of it is planned to be created.
func TestWhatWasStoppedIsNotEmpty(t *testing.T) {
	whole := settled(t, checkedWorld, "10.10.10.10", "10.10.10.11")
	for unit, addr := range map[string]string{"patroni": "10.10.10.11", "etcd": "10.10.10.10"} {
		t.Run(unit, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				l := whole.edited(t, checkedWorld, "# the same")
				stop := filepath.Join(l.dir, "stop.yml")
				play := fmt.Sprintf("- hosts: %s\n  become: true\n  gather_facts: false\n  tasks: [ { service: { name: %s, state: stopped } } ]\n", addr, unit)
				if err := os.WriteFile(stop, []byte(play), 0o600); err != nil {
					t.Fatal(err)
				}
				l.must("play", stop)
				for _, c := range changes(l.plan()) {
					if !strings.HasSuffix(c, "service "+unit+" start") && !strings.Contains(c, ": UNKNOWN ") {
						t.Errorf("planned: %s", c)
					}
				}
				out := l.must("apply", "--yes")
				if strings.Contains(out, "not as planned") || !strings.Contains(out, "start service "+unit) {
					t.Error(out)
				}
			})
		})
	}
}
