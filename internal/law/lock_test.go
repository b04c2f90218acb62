package law

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/imitation"
	"pig/internal/node"
)

const twoNodes = `
all:
  children:
    nodes: { hosts: { 10.10.10.10: { node_seq: 1 }, 10.10.10.11: { node_seq: 2 } } }
  vars:
    admin_ip: 10.10.10.10
    node_repo_modules: local
    node_tune: none
    ca_create: true
`

const oneMoreName = `node_etc_hosts: [ "10.10.10.99 x.example" ]`

// Somebody else is at work on one node: an apply begins nowhere, and says who it is.
func TestNobodyAppliesToALockedNode(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoNodes, oneMoreName)
		other, err := l.world.Machine("10.10.10.11").For(node.Task{})
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Lock("ann@elsewhere"); err != nil {
			t.Fatal(err)
		}
		before := l.must("plan")
		if !strings.Contains(before, "/etc/hosts") {
			t.Fatalf("there is nothing to do:\n%s", before)
		}
		play := filepath.Join(l.dir, "somebody.yml")
		if err := os.WriteFile(play, []byte("- hosts: nodes\n  become: true\n  gather_facts: false\n  tasks: [ { copy: { dest: /etc/motd, content: hello } } ]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, code := l.pig("play", play, "--check"); code != 0 {
			t.Errorf("a check needs no lock: exit status %d\n%s", code, out)
		}
		for _, verb := range [][]string{{"apply", "--yes"}, {"node"}, {"play", play}} {
			out, code := l.pig(verb...)
			if code == 0 || !strings.Contains(out, "ann@elsewhere") || !strings.Contains(out, "10.10.10.11") {
				t.Errorf("pig %s: exit status %d\n%s", verb[0], code, out)
			}
		}
		if after := l.must("plan"); after != before {
			t.Errorf("something was changed:\n%s\nbefore:\n%s", after, before)
		}
		if err := other.Unlock(); err != nil {
			t.Fatal(err)
		}
		l.must("apply", "--yes")
		l.must("play", play)
		for _, m := range l.world.Machines() {
			if who := m.Holder(); who != "" {
				t.Errorf("%s is still locked by %s", m.Addr(), who)
			}
		}
	})
}

// In the middle of what an apply does to the nodes, it has the locks of all of them.
func TestAnApplyHoldsTheLocks(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		frames := func(l *lab, args ...string) int {
			f := imitation.NoFaults()
			l.world.SetFaults(f)
			l.must(args...)
			return f.Frames()
		}
		probe := whole.edited(t, twoNodes, oneMoreName)
		planned, all := frames(probe, "plan"), frames(probe, "apply", "--yes")
		l := whole.edited(t, twoNodes, oneMoreName)
		l.world.SetFaults(&imitation.Faults{Kind: imitation.Slow, At: (planned + all) / 2})
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.must("apply", "--yes")
		}()
		time.Sleep(30 * time.Second) // half of the time that the slow answer takes
		for _, m := range l.world.Machines() {
			if m.Holder() == "" {
				t.Errorf("nobody has the lock of %s while an apply is at work (answer %d of %d)", m.Addr(), (planned+all)/2, all)
			}
		}
		<-done
	})
}

// A controller that is stopped, or cut off, ends no connection. A minute later nothing of its run goes on anywhere, all locks are free,
// and another controller takes up what is left.
func TestAVanishedControllerLeavesNoLock(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	struck := 0
	for seed := range 6 {
		r := rand.New(rand.NewPCG(uint64(seed), 7)) //nolint:gosec // a test that can be repeated
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, twoNodes, oneMoreName)
			ctx, cancel := context.WithCancelCause(context.Background())
			defer cancel(nil)
			f := &imitation.Faults{Kind: imitation.Silent, At: 100 + r.IntN(250)}
			gone := make(chan struct{})
			f.OnCut(func() { close(gone) })
			l.world.SetFaults(f)
			done := make(chan struct{})
			go func() {
				defer close(done)
				_, _ = l.run(ctx, "apply", "--yes", "-i", l.file)
			}()
			select {
			case <-done:
				return // it was done before that answer
			case <-gone:
			}
			struck++
			time.Sleep(time.Minute)
			deeds := 0
			for _, m := range l.world.Machines() {
				deeds += m.Deeds()
				if who := m.Holder(); who != "" {
					t.Errorf("at %d: %s is still locked by %s", f.At, m.Addr(), who)
				}
			}
			cancel(errors.New("killed"))
			<-done
			for _, m := range l.world.Machines() {
				deeds -= m.Deeds()
			}
			if deeds != 0 {
				t.Errorf("at %d: %d deeds after the end", f.At, -deeds)
			}
			l.world.SetFaults(imitation.NoFaults())
			heals(t, l)
		})
	}
	if struck < 2 {
		t.Errorf("the fault struck %d times: it proves nothing", struck)
	}
}
