package law

import (
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
		for _, verb := range [][]string{{"apply", "--yes"}, {"node"}} {
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
