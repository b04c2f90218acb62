package cli

import (
	"fmt"

	"pig/internal/graph"
	"pig/internal/plan"
	"pig/internal/product"
)

// refuseStale leaves out of g the units whose kept plan no longer holds, and those that need them. The error is the exit status of what was
// refused: a host that could not be reached says nothing of the plan.
func (s *session) refuseStale(kept, now *plan.Plan, g *graph.Graph[product.Unit]) (*graph.Graph[product.Unit], error) {
	s.tellNewer(kept.Tables)
	left := graph.New[product.Unit]()
	refused := map[string]staleness{}
	var status error
	order, _ := g.Sort() // it was walked already: it has no cycle
	for _, name := range order {
		u, _ := g.Node(name)
		told := s.staleness(kept, now, name)
		for _, need := range g.Needs(name) {
			if r, is := refused[need]; is && told.why == "" {
				told = staleness{"needs unit " + need, r.unchecked, r.away}
			}
		}
		switch {
		case told.why == "":
			left.Add(name, u)
			continue
		case told.unchecked:
			fmt.Fprintf(s.app.err, "%s %s: the plan cannot be checked: %s\n", s.app.paint.Red("refused"), name, s.redacted(told.why))
		default:
			fmt.Fprintf(s.app.err, "%s %s: the plan is stale: %s. Plan again.\n", s.app.paint.Red("refused"), name, told.why)
		}
		refused[name] = told
		if !told.away {
			status = exitStatus(exitFailed)
		} else if status == nil {
			status = exitStatus(exitUnreachable)
		}
	}
	for _, name := range left.Names() {
		left.Like(g, name)
	}
	return left, status
}

// staleness is why a unit is not applied: "" if it is.
type staleness struct {
	why             string
	unchecked, away bool // its plan could not be checked; because hosts could not be reached
}

func (s *source) staleness(kept, planned *plan.Plan, name string) staleness {
	was, now := kept.Unit(name), planned.Unit(name)
	if was == nil {
		return staleness{why: "the unit is not in the plan"}
	}
	why := plan.StaleInputs(*was, *now, s.passwords.Path())
	switch {
	case why != "":
		return staleness{why: why}
	case now.Skipped != "":
		return staleness{"needs unit " + now.Skipped, true, true}
	}
	for _, e := range now.Entries {
		if e.Unreachable && e.Failed != "" {
			return staleness{fmt.Sprintf("%s could not be reached: %s", e.Host, e.Failed), true, true}
		}
	}
	if now.Error != "" {
		return staleness{now.Error, true, false}
	}
	return staleness{why: plan.Stale(kept, planned, name, s.passwords.Path())}
}
