package law

import (
	"fmt"
	"testing"
	"time"
)

// A first apply ends well whichever host is ahead of the others, and nothing is left after it.
func TestFirstApplyOfUnevenHosts(t *testing.T) {
	for seed := range uint64(2) {
		uneven(t, fmt.Sprint(seed), func(l *lab) { l.world.Unevenly(seed) })
	}
	// What the members of a cluster do together waits for the last of them, however long it installs packages.
	for name, hosts := range map[string][]string{"the first is behind": sixes[:1], "the first is ahead": sixes[1:]} {
		uneven(t, name, func(l *lab) {
			for _, h := range hosts {
				l.world.Behind(h, 10*time.Second)
			}
		})
	}
}

func uneven(t *testing.T, name string, pace func(*lab)) {
	t.Run(name, func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			l := newSixes(t)
			pace(l)
			l.must("apply", "--yes")
			if left := changes(l.plan()); len(left) > 0 {
				t.Errorf("left after apply: %v", left)
			}
		})
	})
}
