package product_test

import (
	"errors"
	"strings"
	"testing"

	"pig/internal/product"
)

// A removal begins when no safeguard is on and the name was typed. What hosts take along is told also where the removal failed, what to do next
// is not.
func TestARemoval(t *testing.T) {
	t.Parallel()
	const asked, wants, plays = "asks pg_safeguard", "wants alone: alone and all its data will be removed from 10.0.0.4.", "plays pgsql-rm on 10.0.0.4"
	for name, c := range map[string]struct {
		work  work
		stays bool
		want  []string
		err   string
	}{
		"is done":           {work: work{name: "alone"}, want: []string{asked, wants, plays, "knew pgsql 10.0.0.4 <nil>", "next"}},
		"is guarded":        {work: work{name: "alone", guarded: true}, want: []string{asked}, err: "guarded"},
		"is not confirmed":  {work: work{name: "other"}, want: []string{asked, wants}, err: "not typed"},
		"is planned":        {work: work{planned: true}, want: []string{asked, plays}},
		"is guarded though": {work: work{planned: true, guarded: true}, want: []string{asked}, err: "guarded"},
		"fails":             {work: work{name: "alone", fails: errors.New("away")}, want: []string{asked, wants, plays, "knew pgsql 10.0.0.4 away"}, err: "away"},
		"leaves instances":  {work: work{name: "alone"}, stays: true, want: []string{asked, wants, plays, "next"}},
	} {
		w := &c.work
		err := product.Remove(t.Context(), w, product.Removal{
			Product: "pgsql", Name: "alone", Hosts: []string{"10.0.0.4"}, Safeguard: "pg_safeguard", Stays: c.stays, Hint: "next",
		})
		if got, want := strings.Join(w.said, "\n"), strings.Join(c.want, "\n"); got != want {
			t.Errorf("a removal that %s: %s\nwant %s", name, got, want)
		}
		if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("a removal that %s: %v, want %q", name, err, c.err)
		}
	}
}
