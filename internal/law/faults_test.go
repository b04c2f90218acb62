package law

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pig/internal/imitation"
)

// seeds is how many faults are tried; PIG_SEED tries one of them again.
const seeds = 1960

const servicesPlay = `
- hosts: all
  become: true
  gather_facts: false
  tasks:
    - name: Configure haproxy
      copy: { dest: /etc/haproxy/haproxy.cfg, content: "global\n# {{ rev }}\nfrontend f\n  bind *:80\n", mode: "0600" }
      notify: reload haproxy
    - name: Make a directory
      file: { path: /etc/haproxy/conf.d, state: directory }
      notify: reload haproxy
    - name: Configure chrony
      copy: { dest: /etc/chrony/chrony.conf, content: "# {{ rev }}\n" }
      notify: restart chrony
    - name: Options of chrony
      lineinfile: { path: /etc/default/chrony, regexp: ^DAEMON_OPTS, line: "DAEMON_OPTS=-r{{ rev }}" }
      notify: restart chrony
    - meta: flush_handlers
    - name: Options of the exporter
      blockinfile: { path: /etc/default/prometheus-node-exporter, block: "# {{ rev }}" }
      notify: restart the exporter
  handlers:
    - name: check haproxy
      listen: reload haproxy
      command: { cmd: haproxy -c -f /etc/haproxy/haproxy.cfg, verify: true }
    - name: reload haproxy
      service: { name: haproxy, state: reloaded }
    - name: restart chrony
      service: { name: chrony, state: restarted }
    - name: restart the exporter
      service: { name: prometheus-node-exporter, state: restarted }
`

// servicesAt1 is a lab of two nodes with three services each, of revision 1.
func servicesAt1(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, "all: { hosts: { 10.0.0.1: {}, 10.0.0.2: {} } }\n", "10.0.0.1", "10.0.0.2")
	bubble(t, func(t *testing.T) { l.begin(t) })
	return l
}

// services is the same inside of a bubble.
func services(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, "all: { hosts: { 10.0.0.1: {}, 10.0.0.2: {} } }\n", "10.0.0.1", "10.0.0.2")
	l.begin(t)
	return l
}

// begin installs and starts the services of a lab.
func (l *lab) begin(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(l.play(), []byte(servicesPlay), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, m := range l.world.Machines() {
		if err := m.Install("haproxy", "chrony", "prometheus-node-exporter"); err != nil {
			t.Fatal(err)
		}
		for _, u := range []string{"haproxy", "chrony", "prometheus-node-exporter"} {
			if err := m.Start(u); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.revise(t, "1")
}

func (l *lab) play() string { return filepath.Join(l.dir, "play.yml") }

// revise applies a revision, which has to go well.
func (l *lab) revise(t *testing.T, rev string) {
	t.Helper()
	if out, code := l.pig("play", l.play(), "-e", "rev="+rev); code != 0 {
		t.Fatalf("revision %s: exit status %d\n%s", rev, code, out)
	}
}

// stale are the daemons that have not read what is on disk.
func (l *lab) stale() (all []string) {
	for _, m := range l.world.Machines() {
		for unit, d := range m.Daemons() {
			if s := d.Stale(); len(s) > 0 {
				all = append(all, fmt.Sprintf("%s %s has not read %s", m.Addr(), unit, strings.Join(s, ", ")))
			}
		}
	}
	return all
}

func TestHandlersRunOnceWhereNothingGoesWrong(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := services(t)
		if s := l.stale(); len(s) > 0 {
			t.Fatal(s)
		}
		before := map[string]imitation.Counts{}
		for _, m := range l.world.Machines() {
			for u := range m.Daemons() {
				before[m.Addr()+u] = m.Counts(u)
			}
		}
		l.revise(t, "2")
		l.revise(t, "2")
		for _, m := range l.world.Machines() {
			for u := range m.Daemons() {
				was, is := before[m.Addr()+u], m.Counts(u)
				if is.Start+is.Reload-was.Start-was.Reload != 1 {
					t.Errorf("%s %s: %+v, then %+v", m.Addr(), u, was, is)
				}
			}
		}
		if n := l.left(); len(n) > 0 {
			t.Errorf("noted: %s", n)
		}
	})
}

// struck runs pig with a fault, and tells what it hit.
func (l *lab) struck(f *imitation.Faults, args ...string) (string, string) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	f.OnCut(func() { cancel(errors.New("killed")) })
	l.world.SetFaults(f)
	out, _ := l.run(ctx, append(args, "-i", l.file)...)
	l.world.Cut()
	time.Sleep(time.Minute) // what the agents have in hand ends
	l.world.SetFaults(imitation.NoFaults())
	return f.Struck(), out
}

// eachSeed tries faults of all kinds, and says which seed fails.
func eachSeed(t *testing.T, n int, try func(t *testing.T, r *rand.Rand, kind imitation.Fault) string) {
	t.Helper()
	first, last := 0, n
	if one, err := strconv.Atoi(os.Getenv("PIG_SEED")); err == nil {
		first, last = one, one+1
	}
	hits := map[string]int{}
	for seed := first; seed < last; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 1)) //nolint:gosec // a test that can be repeated
		kind := imitation.Fault(1 + seed%(imitation.Kinds-1))
		ok := t.Run(fmt.Sprintf("%d", seed), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				time.Sleep(time.Duration(1+seed) * time.Hour) // each has a time of its own, and it is later than all that was done before
				what := try(t, r, kind)
				if what != "" {
					hits[kind.String()]++
				}
				if t.Failed() {
					t.Logf("seed %d: %s at %s; to repeat: PIG_SEED=%d", seed, kind, what, seed)
				}
			})
		})
		if !ok {
			break
		}
	}
	t.Logf("faults that struck: %v", hits)
}

func TestNoHandlerIsLost(t *testing.T) {
	first := servicesAt1(t)
	eachSeed(t, seeds, func(t *testing.T, r *rand.Rand, kind imitation.Fault) string {
		l := first.copy(t)
		what, out := l.struck(&imitation.Faults{Kind: kind, At: 1 + r.IntN(30)}, "play", l.play(), "-e", "rev=2")
		l.revise(t, "2")
		for _, s := range l.stale() {
			t.Errorf("%s\n%s", s, out)
		}
		return what
	})
}
