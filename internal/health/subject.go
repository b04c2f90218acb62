package health

import (
	"slices"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// Subject is something whose state can be asked for: what its nodes are asked, and what their answers tell.
type Subject struct {
	Name, Unit string // Unit is the one of a plan that makes it
	Ask        func(on func(host string) *Question)
	// Then asks what follows from the first answers; nil for nothing.
	Then func(answers map[string]Answer, on func(host string) *Question)
	Tell func(answers map[string]Answer) Cluster
}

// Question is what a node is asked.
type Question struct {
	Units []string
	Asks  []Ask
}

// Ask is a module that answers a question, and what it is asked about.
type Ask struct {
	About  string
	Module string
	Args   *value.Dict
}

// Runs adds units that the node should run.
func (q *Question) Runs(units ...string) *Question {
	for _, u := range units {
		if u += ".service"; !slices.Contains(q.Units, u) {
			q.Units = append(q.Units, u)
		}
	}
	return q
}

// Ask adds a question for a module.
func (q *Question) Ask(about, module string, args *value.Dict) *Question {
	q.Asks = append(q.Asks, Ask{about, module, args})
	return q
}

// Wanted are units, and those that the variables of a host switch on: switched are pairs of a parameter and its unit.
func Wanted(vars *value.Dict, units []string, switched ...string) []string {
	for i := 0; i+1 < len(switched); i += 2 {
		if v := vars.At(switched[i]); v == nil || params.ToBool(v) {
			units = append(units, switched[i+1])
		}
	}
	return units
}

// Observed is a product whose clusters can be looked at. varsOf gives the variables of a host.
type Observed interface {
	Subjects(e *product.Environment, varsOf func(host string) *value.Dict) []Subject
}
