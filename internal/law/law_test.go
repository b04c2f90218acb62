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

	"github.com/dlclark/regexp2"

	"pig/internal/imitation"
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
			l.repositories(t)
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

var ofInfra = regexp.MustCompile(`(10\.10\.10\.1\d): \{ infra_seq`)

// lawless are samples that Debian cannot hold, and what they are refused with before anything is changed.
var lawless = map[string]string{"citus": "no repository of this node has postgresql-17-citus"}

// older are the hosts of samples that run the release before.
var older = map[string][]string{"mixed": {"10.10.10.11", "10.10.10.13"}}

// TestSamples holds every sample inventory to the law of plans.
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
				l := newLab(t, text)
				for _, a := range addrs {
					if slices.Contains(older[name], a) {
						l.world.AddOf(a, imitation.Debian12())
					} else {
						l.world.Add(a)
					}
				}
				l.repositories(t)
				if why := lawless[name]; why != "" {
					refused(t, l, why)
					return
				}
				holds(t, l)
			})
		})
	}
}

// repositories puts the packages of its release on each infra node, as an offline installation does.
func (l *lab) repositories(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(l.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ofInfra.FindAllStringSubmatch(string(text), -1) {
		if err := l.world.Machine(m[1]).HoldRepository("/www/pigsty"); err != nil {
			t.Fatal(err)
		}
	}
}

// refused tries to apply what cannot be: it is told why, and nothing is changed.
func refused(t *testing.T, l *lab, why string) {
	t.Helper()
	out, code := l.pig("apply", "--yes")
	if code != 2 || !strings.Contains(out, why) {
		t.Errorf("exit status %d\n%s", code, out)
	}
	for _, m := range l.world.Machines() {
		if n := m.Deeds(); n > 0 {
			t.Errorf("%s was changed %d times", m.Addr(), n)
		}
	}
}

// bubble runs a test whose time is its own. What still waits for its time at the end gets it.
func bubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		defer regexp2.StopTimeoutClock() // it is one for the whole process, and must not outlive its bubble
		defer time.Sleep(time.Minute)
		test(t)
	})
}

// inRealTime is for a test that is in no bubble. The clock of the regular expressions counts from its first use in the process: one that began in
// the present would keep a later bubble, which begins in the year 2000, from ending.
func inRealTime(t *testing.T) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		re := regexp2.MustCompile("a", regexp2.None)
		re.MatchTimeout = time.Second
		if found, err := re.MatchString("a"); err != nil || !found {
			t.Fatal(err)
		}
	})
	t.Cleanup(regexp2.StopTimeoutClock)
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
