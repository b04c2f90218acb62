package law

import (
	"strings"
	"testing"
)

// What runs otherwise than declared is told by plan, apply and status alike, although there is nothing to change.
func TestTheRunningSystemIsAsked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLab(t, threeEtcds, threeNodes...)
		l.must("apply", "--yes")
		for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}, {"status"}} {
			l.must(verb...)
		}
		l.world.RaiseAlarm("etcd", "NOSPACE")
		for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}, {"status"}} {
			out, code := l.pig(verb...)
			if code != 2 || !strings.Contains(out, "alarm NOSPACE of etcd-1: the database has reached its quota") {
				t.Errorf("pig %s: exit status %d\n%s", verb[0], code, out)
			}
		}
		l.write(threeEtcds + "    etcd_election_timeout: 2000\n")
		if out, code := l.pig("plan"); code != 0 || strings.Contains(out, "NOSPACE") {
			t.Errorf("a plan that changes etcd: exit status %d\n%s", code, out)
		}
		if out, code := l.pig("apply", "--yes"); code != 2 || !strings.Contains(out, "not as declared: etcd: etcd-1: alarm NOSPACE") || !strings.Contains(out, "Applied: 0 created, 3 updated") {
			t.Errorf("an apply that changes etcd: exit status %d\n%s", code, out)
		}
	})
}
