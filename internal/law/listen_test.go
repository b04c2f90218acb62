package law

import (
	"strings"
	"testing"
)

// Members that are to listen elsewhere restart, each of them, as the plan names them.
func TestMembersThatListenElsewhereRestartAsPlanned(t *testing.T) {
	text, addrs := sample(t, "ha")
	whole := settled(t, text, addrs...)
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, text, "pg_listen: '${ip},127.0.0.1'")
		out := l.must("apply", "--yes")
		if strings.Contains(out, "not as planned") || strings.Count(out, "restart patroni member") != 4 { // two replicas, planned and done
			t.Error(out)
		}
		heals(t, l)
	})
}
