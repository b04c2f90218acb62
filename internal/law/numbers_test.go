package law

import (
	"strings"
	"testing"

	"pig/internal/imitation"
)

// Files have numbers, not names: a group that gets another one leaves them behind, and a plan foresees which ones are given to it anew.
func TestAnotherUserIDOfTheAdministrator(t *testing.T) {
	const edit = "node_admin_uid: 89"
	whole := settled(t, switchable, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, switchable, edit)
		planned := strings.Join(changes(l.plan()), "\n")
		for _, want := range []string{"user dba update", "file /home/dba/.ssh/authorized_keys write", "file /home/dba/.pgpass write", "file /etc/pki/etcdctl.key write"} {
			if !strings.Contains(planned, want) {
				t.Errorf("not planned: %s\n%s", want, planned)
			}
		}
		l.switches(nil, true)
	})
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, switchable, edit)
		l.world.Machine("10.10.10.11").Put(imitation.Laid{Path: "/proc/4711/status", Content: "Name:\tbash\nUid:\t88\t88\t88\t88\n"})
		deeds := l.deeds()
		for _, verb := range [][]string{{"plan"}, {"apply", "--yes"}} {
			says(t, l, 2, []string{"dba cannot get user id 89 in place of 88 while processes run as dba, such as bash (4711)"}, verb...)
		}
		if n := l.deeds(); n != deeds {
			t.Errorf("%d deeds were done", n-deeds)
		}
	})
}
