package law

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/node"
)

// takenBy makes somebody else hold the lock of a machine.
func (l *lab) takenBy(t *testing.T, addr, who string) node.System {
	t.Helper()
	other, err := l.world.Machine(addr).For(node.Task{})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Lock(who); err != nil {
		t.Fatal(err)
	}
	return other
}

// An apply waits for the end of another run as long as it is told to, names who that is, and holds no lock meanwhile.
func TestAnApplyWaitsForALock(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoNodes, oneMoreName)
		other := l.takenBy(t, "10.10.10.11", "ann@elsewhere")
		began := time.Now()
		out, code := l.pig("apply", "--yes", "--lock-timeout", "2m")
		if took := time.Since(began); code != 1 || !strings.Contains(out, "ann@elsewhere") || took < 2*time.Minute || took > 4*time.Minute {
			t.Errorf("after %s: exit status %d\n%s", took, code, out)
		}
		if n := strings.Count(out, "Waiting up to 2m0s"); n != 1 {
			t.Errorf("the holder is named %d times:\n%s", n, out)
		}
		go func() {
			time.Sleep(5 * time.Minute)
			if who := l.world.Machine("10.10.10.10").Holder(); who != "" {
				t.Errorf("who waits holds a lock: %s", who)
			}
			if err := other.Unlock(); err != nil {
				t.Error(err)
			}
		}()
		out = l.must("apply", "--yes", "--lock-timeout", "10m")
		if !strings.Contains(out, "Waiting up to 10m0s") || strings.Contains(out, "not as planned") {
			t.Errorf("%s", out)
		}
		l.must("plan", "--detailed-exitcode")
	})
}

// What was planned before the other run ended is not applied if that run has changed what follows.
func TestAPlanOfBeforeTheWaitIsLookedAtAgain(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoNodes, oneMoreName)
		other := l.takenBy(t, "10.10.10.11", "ann@elsewhere")
		go func() {
			time.Sleep(5 * time.Minute)
			if err := other.Files().Remove("/etc/profile.d/node.sh"); err != nil {
				t.Error(err)
			}
			if err := other.Unlock(); err != nil {
				t.Error(err)
			}
		}()
		out, code := l.pig("apply", "--yes", "--lock-timeout", "10m")
		if code != 1 || !strings.Contains(out, "plan again") || strings.Contains(out, "Applied") {
			t.Errorf("exit status %d\n%s", code, out)
		}
		for _, m := range l.world.Machines() {
			if who := m.Holder(); who != "" {
				t.Errorf("%s is still locked by %s", m.Addr(), who)
			}
		}
	})
}

// pig lock tells who holds locks, and ends who does, not without a yes.
func TestLocksAreListedAndBroken(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoNodes, oneMoreName)
		if out := l.must("lock", "list"); !strings.Contains(out, "No host is locked.") {
			t.Errorf("%s", out)
		}
		l.takenBy(t, "10.10.10.11", "ann@elsewhere")
		if out := l.must("lock", "list"); !strings.Contains(out, "10.10.10.11  ann@elsewhere") || strings.Contains(out, "10.10.10.10 ") {
			t.Errorf("%s", out)
		}
		if out := l.must("lock", "list", "--json"); !strings.Contains(out, `"holder":"ann@elsewhere","host":"10.10.10.11","locked":true`) {
			t.Errorf("%s", out)
		}
		if out, code := l.pig("lock", "break", "10.10.10.1"); code != 1 || !strings.Contains(out, "did you mean") {
			t.Errorf("a host that is none: exit status %d\n%s", code, out)
		}
		if out, code := l.pig("lock", "break", "10.10.10.11"); code != 7 || l.world.Machine("10.10.10.11").Holder() == "" {
			t.Errorf("without a yes: exit status %d\n%s", code, out)
		}
		if out := l.must("lock", "break", "10.10.10.11", "--yes"); !strings.Contains(out, "Lock of 10.10.10.11 broken: ann@elsewhere") {
			t.Errorf("%s", out)
		}
		l.must("apply", "--yes")
	})
}

// A playbook waits as well. While it does, it has no lock, also none of the plays that come before the one that has to wait.
func TestAPlaybookWaitsForALock(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoNodes, "# as before")
		l.edit("two.yml", "", `
- { hosts: 10.10.10.10, become: true, gather_facts: false, tasks: [ { copy: { dest: /etc/motd, content: one } } ] }
- { hosts: 10.10.10.11, become: true, gather_facts: false, tasks: [ { copy: { dest: /etc/motd, content: two } } ] }
`)
		other := l.takenBy(t, "10.10.10.11", "ann@elsewhere")
		go func() {
			time.Sleep(time.Minute + time.Second/2)
			if who := l.world.Machine("10.10.10.10").Holder(); who != "" {
				t.Errorf("who waits holds a lock: %s", who)
			}
			if err := other.Unlock(); err != nil {
				t.Error(err)
			}
		}()
		if out := l.must("play", filepath.Join(l.dir, "two.yml"), "--lock-timeout", "5m"); !strings.Contains(out, "Waiting up to 5m0s") {
			t.Errorf("%s", out)
		}
		for _, m := range l.world.Machines() {
			if who := m.Holder(); who != "" {
				t.Errorf("%s is still locked by %s", m.Addr(), who)
			}
		}
	})
}
