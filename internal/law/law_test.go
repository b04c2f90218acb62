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
			bubble(t, func(t *testing.T) { holds(t, newLab(t, text, addrs...)) })
		})
	}
}

// bubble runs a test whose time is its own. What still waits for its time at the end, such as the clock of a library, gets it.
func bubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Hour)
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
		t.Errorf("left after apply:\n%s", strings.Join(left, "\n"))
	}
	for _, u := range l.world.Unknown() {
		t.Error(u)
	}
}
