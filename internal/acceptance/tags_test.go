//go:build linux

package acceptance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pig/internal/parity"
)

// TestTags runs each of Pigsty's tags by itself on nodes that are as declared: it ends well, runs nothing that it does not select,
// and changes nothing. Those of removal are planned only.
func TestTags(t *testing.T) {
	thorough(t)
	table, err := parity.Read()
	if err != nil {
		t.Fatal(err)
	}
	spare := strings.Replace(sampleInventory(t, "full"), "\n  vars:\n    admin_ip", "\n    spare: { hosts: { 10.10.10.14: { } } }\n\n  vars:\n    admin_ip", 1)
	l := labFrom(t, spare)
	l.must(0, "apply", "--yes")
	before := l.units()
	for _, p := range table.Playbooks {
		l.sub(t, p.Name, func(t *testing.T) {
			for _, tag := range p.Tags {
				if table.Why(p.Name, tag) == "" {
					l.runTag(p.Name, tag)
				}
			}
		})
	}
	after := l.units()
	for unit, id := range before {
		if after[unit] != id {
			t.Errorf("restarted: %s", unit)
		}
	}
}

func (l *lab) runTag(playbook, tag string) {
	l.t.Helper()
	args := []string{playbook, "-t", tag, "--json"}
	removal, removes := removals[playbook]
	if removes {
		args = append(append(args, removal...), "--check")
	}
	code, out := l.run(args...)
	if code != 0 {
		l.t.Errorf("pig %s: exit status %d\n%s", strings.Join(args, " "), code, tail(out))
		return
	}
	ran := 0
	for line := range strings.Lines(out) {
		var e struct {
			Event, Task, Host, State string
			Tags                     []string
			Changes                  []json.RawMessage
		}
		if json.Unmarshal([]byte(line), &e) != nil || e.Event != "result" {
			continue
		}
		switch {
		case slices.Contains(e.Tags, tag):
			ran++
		case !slices.Contains(e.Tags, "always"):
			l.t.Errorf("pig %s -t %s also runs %q", playbook, tag, e.Task)
		}
		if len(e.Changes) > 0 && !removes {
			l.t.Errorf("pig %s -t %s: %q changes something on %s: %s", playbook, tag, e.Task, e.Host, e.Changes)
		}
	}
	if ran == 0 {
		l.t.Errorf("pig %s -t %s runs nothing", playbook, tag)
	}
}

// removals are the arguments of verbs that take data away.
var removals = map[string][]string{
	"infra-rm": {},
	"node-rm":  {"10.10.10.14"},
	"etcd-rm":  {},
	"minio-rm": {},
	"pgsql-rm": {"pg-test"},
	"redis-rm": {"redis-test"},

	"pgsql-pitr": {"pg-test", "--latest"},
}
