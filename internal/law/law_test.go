package law

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// oneInfra is an infra node and a node that it watches.
const oneInfra = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    nodes: { hosts: { 10.10.10.11: { node_seq: 1 } }, vars: { node_cluster: nodes } }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: local
    node_tune: none
`

const threeEtcds = `
all:
  children:
    etcd:
      hosts:
        10.10.10.10: { etcd_seq: 1 }
        10.10.10.11: { etcd_seq: 2 }
        10.10.10.12: { etcd_seq: 3 }
      vars: { etcd_cluster: etcd }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: local
    node_tune: none
    ca_create: true
`

var threeNodes = []string{"10.10.10.10", "10.10.10.11", "10.10.10.12"}

func TestPlanLaw(t *testing.T) {
	t.Run("infra", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			l := newLab(t, oneInfra, "10.10.10.10", "10.10.10.11")
			if err := l.world.Machine("10.10.10.10").HoldRepository("/www/pigsty"); err != nil {
				t.Fatal(err)
			}
			holds(t, l)
		})
	})
	t.Run("etcd", func(t *testing.T) { bubble(t, func(t *testing.T) { holds(t, newLab(t, threeEtcds, threeNodes...)) }) })
}

// sample reads a sample inventory, and the addresses of its hosts.
func sample(t *testing.T, name string) (text string, addrs []string) {
	t.Helper()
	b, err := os.ReadFile("../../inventory/" + name + ".yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range address.FindAllString(string(b), -1) {
		if !slices.Contains(addrs, a) {
			addrs = append(addrs, a)
		}
	}
	return string(b), addrs
}

var address = regexp.MustCompile(`10\.10\.10\.1\d`)

func TestSamples(t *testing.T) {
	files, err := filepath.Glob("../../inventory/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yml")
		t.Run(name, func(t *testing.T) {
			text, addrs := sample(t, name)
			bubble(t, func(t *testing.T) {
				l := newLab(t, text, addrs...)
				if err := l.world.Machine(addrs[0]).HoldRepository("/www/pigsty"); err != nil {
					t.Fatal(err)
				}
				holds(t, l)
			})
		})
	}
}

// bubbles counts them: the clock of a library, which outlives a bubble, waits in the next one until the time that the last one reached.
var bubbles int

// bubble runs a test whose time is its own. What still waits for its time at the end gets it.
func bubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bubbles++
		defer time.Sleep(time.Duration(bubbles) * 2 * time.Hour)
		test(t)
	})
}

// holds takes the machines of an inventory from bare to what it declares: what is planned is what is applied, then a plan is
// empty, and nothing that runs lacks what is on disk.
func holds(t *testing.T, l *lab) {
	t.Helper()
	for _, c := range changes(l.plan()) {
		if strings.Contains(c, "FAILED") {
			t.Fatal(c)
		}
	}
	out := l.must("apply", "--yes")
	if strings.Contains(out, "not as planned") {
		t.Error(out)
	}
	if left := changes(l.plan()); len(left) > 0 {
		out, _ := l.pig("plan", "--diff")
		t.Errorf("left after apply:\n%s\n%s", strings.Join(left, "\n"), out)
	}
	before := len(l.world.Events())
	l.must("apply", "--yes")
	if more := l.world.Events()[before:]; len(more) > 0 {
		t.Errorf("another apply: %v", more)
	}
	for _, u := range append(l.world.Unknown(), l.stale()...) {
		t.Error(u)
	}
}
