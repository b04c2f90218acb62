package law

import (
	"fmt"
	"testing"
)

// A first apply ends well whichever host is ahead of the others, and nothing is left after it.
func TestFirstApplyOfUnevenHosts(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				l := newSixes(t)
				l.world.Unevenly(seed)
				l.must("apply", "--yes")
				if left := changes(l.plan()); len(left) > 0 {
					t.Errorf("left after apply: %v", left)
				}
			})
		})
	}
}
