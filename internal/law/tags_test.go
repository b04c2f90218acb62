package law

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/parity"
)

// modulesOfTags are the playbooks whose tags are parts of the work on what stands, and their verbs.
var modulesOfTags = []string{"infra", "node", "etcd", "minio", "pgsql"}

// Whatever part of the work a tag selects, on hosts that are as declared it finds all that its tasks need, and changes nothing.
func TestEveryTagFindsWhatItNeeds(t *testing.T) {
	table, err := parity.Read()
	if err != nil {
		t.Fatal(err)
	}
	l := settled(t, fiveLines, "10.10.10.10")
	bubble(t, func(t *testing.T) {
		inner := *l
		inner.t = t
		for _, p := range table.Playbooks {
			if !slices.Contains(modulesOfTags, p.Name) {
				continue
			}
			for _, tag := range p.Tags {
				if table.Why(p.Name, tag) != "" {
					continue // it selects nothing
				}
				out, code := inner.pig(p.Name, "-t", tag)
				if code != 0 || !strings.Contains(out, "changed=0") || strings.Contains(out, "    create ") || strings.Contains(out, "    update ") {
					t.Errorf("pig %s -t %s: exit status %d\n%s", p.Name, tag, code, out)
				}
			}
		}
	})
}
