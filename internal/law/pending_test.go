package law

import (
	"os"
	"strings"
	"testing"

	"pig/internal/imitation"
)

// left are the notes of handlers on all machines.
func (l *lab) left() (all []string) {
	for _, m := range l.world.Machines() {
		for _, f := range m.Below("/var/lib/pig/pending") {
			all = append(all, m.Addr()+" "+m.Content(f))
		}
	}
	return all
}

// A plan after an interrupted run says what is still to be done, and an apply does that and no more.
func TestAPlanShowsWhatAnInterruptedRunLeft(t *testing.T) {
	whole := settled(t, threeEtcds, threeNodes...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, threeEtcds, "etcd_election_timeout: 2000")
		what, _ := l.struck(&imitation.Faults{Kind: imitation.KilledAfter, At: 1, What: "write /etc/etcd/etcd.conf"}, "apply", "--yes")
		struck, _, _ := strings.Cut(what, ":")
		if notes := strings.Join(l.left(), ""); !strings.Contains(notes, struck+` {"handler":"etcd : restart etcd","cause":"etcd : Configure etcd"}`) {
			t.Errorf("noted: %s", notes)
		}
		out := l.must("plan")
		if want := "restart service etcd [restart] (left from an interrupted run)"; !strings.Contains(out, want) {
			t.Errorf("the plan does not show %q:\n%s", want, out)
		}
		l.must("apply", "--yes")
		if n := l.left(); len(n) > 0 {
			t.Errorf("still noted: %s", n)
		}
		heals(t, l)
		for _, m := range l.world.Machines() {
			if c := m.Counts("etcd"); c.Start != 1 {
				t.Errorf("%s: etcd was restarted %d times", m.Addr(), c.Start)
			}
		}
	})
}

const failingPlay = `
- hosts: all
  become: true
  gather_facts: false
  tasks:
    - name: Configure chrony
      copy: { dest: /etc/chrony/chrony.conf, content: "# {{ rev }}\n" }
      notify: restart chrony
    - name: Look at chrony
      command: { argv: [ cat, /etc/chrony/chrony.conf ] }
      changed_when: false
      notify: reload haproxy
    - name: Configure haproxy of the other
      copy: { dest: /etc/haproxy/haproxy.cfg, content: "global\n# {{ rev }}\n" }
      delegate_to: 10.0.0.2
      run_once: true
      notify: reload haproxy
    - name: Fail
      when: broken | default(false)
      fail: { msg: broken }
  handlers:
    - name: restart chrony
      service: { name: chrony, state: restarted }
    - name: reload haproxy
      service: { name: haproxy, state: reloaded }
      delegate_to: 10.0.0.2
`

// A playbook of somebody else's that fails between a change and its handler.
func TestAFailureLosesNoHandler(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := services(t)
		if err := os.WriteFile(l.play(), []byte(failingPlay), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, code := l.pig("play", l.play(), "-e", "rev=2", "-e", "broken=true"); code != 2 {
			t.Fatalf("exit status %d\n%s", code, out)
		}
		notes := strings.Join(l.left(), "")
		if strings.Count(notes, "restart chrony") != 2 || strings.Count(notes, "reload haproxy") != 1 {
			t.Errorf("noted: %s", notes)
		}
		if out, code := l.pig("play", l.play(), "-e", "rev=2", "--check"); code != 0 || strings.Count(out, "restart chrony (left from an interrupted run)") != 2 || len(l.left()) != 3 {
			t.Errorf("a check: exit status %d\n%s", code, out)
		}
		before := len(l.world.Events())
		l.revise(t, "2")
		events := l.world.Events()[before:]
		if len(events) != 5 { // two restarts, and a reload of haproxy
			t.Errorf("it did %v", events)
		}
		if s := append(l.stale(), l.left()...); len(s) > 0 {
			t.Error(s)
		}
		before = len(l.world.Events())
		l.revise(t, "2")
		if more := l.world.Events()[before:]; len(more) > 0 {
			t.Errorf("a third run: %v", more)
		}
	})
}
