package cli

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"pig/internal/node"
	"pig/internal/plan"
	"pig/internal/product"
)

func lossOf(names ...string) *plan.Plan {
	e := plan.Entry{Host: "a", Task: "remove", Changes: []node.Change{{Kind: "file", ID: "/x", Action: "update", Impact: node.ImpactRestart}}}
	for _, n := range names {
		e.Changes = append(e.Changes, node.Change{Kind: "postgres database", ID: n, Action: "delete", Impact: node.ImpactDataLoss})
	}
	return &plan.Plan{Units: []plan.UnitPlan{{Unit: product.Unit{Name: "pgsql:a"}, Entries: []plan.Entry{e}}}}
}

func TestNothingIrreversibleWithOneKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		yes     bool
		planned bool
		confirm []string
		lost    []string
		allowed bool
	}{
		{name: "nobody said yes"},
		{name: "yes", yes: true, allowed: true},
		{name: "a plan file", planned: true, allowed: true},
		{name: "yes is not the name of what is lost", yes: true, lost: []string{"meta"}},
		{name: "a plan file is not the name of what is lost", planned: true, lost: []string{"meta"}},
		{name: "another name", yes: true, lost: []string{"meta"}, confirm: []string{"test"}},
		{name: "one of two names", yes: true, lost: []string{"meta", "test"}, confirm: []string{"test"}},
		{name: "both names", yes: true, lost: []string{"meta", "test"}, confirm: []string{"test", "meta"}, allowed: true},
		{name: "the name without a yes", lost: []string{"meta"}, confirm: []string{"meta"}},
	} {
		var said bytes.Buffer
		a := newConfirmer(strings.NewReader("meta\nyes\n"), &said) // a pipe: nobody is asked
		o := &applyOptions{yes: c.yes}
		o.confirm = c.confirm
		err := a.consent(o, c.planned, lossOf(c.lost...))
		if (err == nil) != c.allowed {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && !strings.HasPrefix(said.String(), "Nothing was changed") {
			t.Errorf("%s: %q", c.name, said.String())
		}
	}
}

func TestOnlyTheAnswerThatIsWantedCounts(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{"pg-test\n": true, " pg-test \n": true, "pg-tes\n": false, "y\n": false, "\n": false, "pg-test": false} {
		a := newConfirmer(nil, &bytes.Buffer{})
		if got := a.answers(bufio.NewReader(strings.NewReader(line)), "? ", "pg-test"); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func TestARemovalNeedsTheNameOfWhatIsRemoved(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]bool{"pg-test": true, "pg-meta": false, "": false, "yes": false} {
		s := newConfirmer(strings.NewReader("pg-test\n"), &bytes.Buffer{})
		if err := s.typed("pg-test", given, "All data goes."); (err == nil) != want {
			t.Errorf("--confirm %q: %v", given, err)
		}
	}
}
