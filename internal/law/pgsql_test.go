package law

import (
	"slices"
	"testing"
)

// A setting that takes a restart goes through a cluster of PostgreSQL as the law wants it: one member at a time, the leader last, but
// first where standbys need as much of the setting as it has.
func TestPostgresRestartsAsACluster(t *testing.T) {
	text, addrs := sample(t, "ha")
	whole := settled(t, text, addrs...)
	const leader = "10.10.10.10" // the declared primary began as one
	for edit, place := range map[string]int{"pg_parameters: { max_connections: 3000 }": 2, "pg_parameters: { max_connections: 333 }": 0} {
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, text, edit)
			l.must("apply", "--yes")
			var order []string
			for _, e := range l.world.Events() {
				if e.Unit == "postgres pg-test" && e.Verb == "stop" {
					order = append(order, e.Machine)
				}
			}
			if n := least(l.world, "postgres pg-test", 3); n != 2 {
				t.Errorf("%s: %d members were up at some time: %v", edit, n, l.world.Events())
			}
			if len(order) != 3 || slices.Index(order, leader) != place {
				t.Errorf("%s: restarted in the order %v", edit, order)
			}
			heals(t, l)
		})
	}
}
