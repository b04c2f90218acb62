package law

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pig/internal/imitation"
)

// etcdSeeds is how many faults are tried on a whole environment: one costs five runs of pig.
const etcdSeeds = 40

// edits are changes of an inventory after which services read something anew.
var edits = []string{
	"etcd_election_timeout: 2000", "node_exporter_port: 9199", "haproxy_admin_password: Another.Password",
	"node_ntp_servers: [ 'pool ntp.example iburst' ]", "etcd_heartbeat_interval: 200", "node_etc_hosts: [ '10.10.10.99 x.example' ]",
}

// least is how many daemons of a unit ran at once, at least, beginning with n.
func least(w *imitation.World, unit string, n int) int {
	low := n
	for _, e := range w.Events() {
		switch {
		case e.Unit != unit:
		case e.Verb == "stop":
			n--
		case e.Verb == "start":
			n++
		}
		low = min(low, n)
	}
	return low
}

// heals applies once more after a fault: that has to be enough.
func heals(t *testing.T, l *lab) {
	t.Helper()
	for _, m := range l.world.Machines() {
		if who := m.Holder(); who != "" {
			t.Errorf("%s is locked by %s", m.Addr(), who)
		}
	}
	if out, code := l.pig("apply", "--yes"); code != 0 {
		t.Errorf("the next apply: exit status %d\n%s", code, out)
	}
	if left := changes(l.plan()); len(left) > 0 {
		t.Errorf("left after it:\n%s", strings.Join(left, "\n"))
	}
	for _, s := range append(l.stale(), l.world.Unknown()...) {
		t.Error(s)
	}
	if n := least(l.world, "etcd.service", 3); n < 2 {
		t.Errorf("%d members of etcd were up at some time: %v", n, l.world.Events())
	}
}

func TestEnvironmentHealsAfterFaults(t *testing.T) {
	whole := settled(t, threeEtcds, threeNodes...)
	deeds, frames := map[string]int{}, map[string]int{}
	for _, edit := range edits {
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, threeEtcds, edit)
			f := imitation.NoFaults()
			if what, out := l.struck(f, "apply", "--yes"); what != "" {
				t.Fatal(out)
			}
			deeds[edit], frames[edit] = f.Deeds(), f.Frames()
			heals(t, l)
			for _, m := range l.world.Machines() {
				for u := range m.Daemons() {
					if c := m.Counts(u); c.Start > 1 || c.Reload > 1 {
						t.Errorf("%s: %s %s: %+v without a fault", edit, m.Addr(), u, c)
					}
				}
			}
		})
	}
	eachSeed(t, etcdSeeds, func(t *testing.T, r *rand.Rand, kind imitation.Fault) string {
		edit := edits[r.IntN(len(edits))]
		l := whole.edited(t, threeEtcds, edit)
		most := deeds[edit]
		if kind >= imitation.Slow {
			most = frames[edit]
		}
		what, out := l.struck(&imitation.Faults{Kind: kind, At: 1 + r.IntN(most)}, "apply", "--yes")
		heals(t, l)
		if t.Failed() {
			t.Logf("%s\n%s", edit, out)
		}
		return what
	})
}
