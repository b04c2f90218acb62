package cli

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"pig/internal/health"
	"pig/internal/plan"
	"pig/internal/product"
	"pig/internal/ui"
)

// What runs needs a moment after a change: HAProxy checks a member before it leads anybody there, a member tells its new state once a
// round. After a run the questions are repeated that long, with growing pauses; where nothing was changed, once more is enough.
const (
	assureAfterRun = 45 * time.Second
	assureAtRest   = 5 * time.Second
)

// assured tells which of some units run as they are declared: the running systems are asked themselves. It gives the problems of each unit
// that has some, and what of each stays as it was made though something else is declared. A unit that only some hosts or tasks of are part of the run is not asked.
func (s *runner) assured(ctx context.Context, env *product.Environment, units []plan.UnitPlan, patience time.Duration) (problems, kept map[string][]string) {
	subjects := s.subjectsOf(env, units)
	problems, kept = map[string][]string{}, map[string][]string{}
	learn := sync.OnceFunc(s.learnSecrets) // all variables of all hosts: only where there is something to show
	deadline := time.Now().Add(patience)
	for pause := time.Second; len(subjects) > 0; pause = min(2*pause, 8*time.Second) {
		clear(problems)
		for i, c := range s.look(ctx, subjects) {
			if len(c.Problems) > 0 {
				learn()
				problems[subjects[i].Unit] = s.visible(c.Problems)
			}
			if len(c.Kept) > 0 {
				learn()
				kept[subjects[i].Unit] = s.visible(c.Kept)
			}
		}
		subjects = slices.DeleteFunc(subjects, func(t health.Subject) bool { return problems[t.Unit] == nil })
		if len(subjects) == 0 || time.Now().Add(pause).After(deadline) || context.Cause(ctx) != nil {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return problems, kept
}

// subjectsOf are the subjects of units that were gone through, none where only some hosts or tasks of them are part of the run.
func (s *runner) subjectsOf(env *product.Environment, units []plan.UnitPlan) []health.Subject {
	if s.opt.limit != "" || len(s.opt.tags)+len(s.opt.skipTags) > 0 || len(units) == 0 {
		return nil
	}
	return slices.DeleteFunc(s.subjects(env), func(t health.Subject) bool {
		return !slices.ContainsFunc(units, func(u plan.UnitPlan) bool { return u.Unit.Name == t.Unit && u.Error == "" && u.Skipped == "" })
	})
}

// strangers are what lives on of some units and is not in the inventory, and what stays as it was made. Nothing that is planned ends that, so nobody
// waits for it to pass.
func (s *runner) strangers(ctx context.Context, env *product.Environment, units []plan.UnitPlan) map[string][]string {
	subjects := s.subjectsOf(env, units)
	if len(subjects) == 0 {
		return nil
	}
	found := map[string][]string{}
	learn := sync.OnceFunc(s.learnSecrets)
	for i, c := range s.look(ctx, subjects) {
		if len(c.Strangers) > 0 {
			learn()
			found[subjects[i].Unit] = s.visible(c.Strangers)
		}
		if len(c.Kept) > 0 {
			learn()
			found[subjects[i].Unit] = append(found[subjects[i].Unit], s.visible(c.Kept)...)
		}
	}
	return found
}

// assureUnits takes down what is not so of the units of a plan that change nothing: where a plan changes something, it may be what mends.
// What is not in the inventory it does not mend: that is told in any case.
func (s *runner) assureUnits(ctx context.Context, env *product.Environment, units []plan.UnitPlan) {
	changes := func(u plan.UnitPlan) bool {
		sum := plan.Summarize(u)
		return sum.Changes()+sum.Unknown+sum.Bad() > 0
	}
	atRest := slices.DeleteFunc(slices.Clone(units), changes)
	changing := slices.DeleteFunc(slices.Clone(units), func(u plan.UnitPlan) bool { return !changes(u) })
	unit := func(name string) *plan.UnitPlan {
		return &units[slices.IndexFunc(units, func(u plan.UnitPlan) bool { return u.Unit.Name == name })]
	}
	for name, list := range s.strangers(ctx, env, changing) {
		unit(name).Warnings = list
	}
	problems, kept := s.assured(ctx, env, atRest, assureAtRest)
	for name, list := range problems {
		unit(name).Problems = list
	}
	for name, list := range kept {
		unit(name).Warnings = list
	}
}

// assureRun asks what was applied whether it runs as declared. What does not is a failure.
func (s *runner) assureRun(ctx context.Context, env *product.Environment, units []plan.UnitPlan) error {
	problems, _ := s.assured(ctx, env, units, assureAfterRun) // what stays as it was made is told in the plan
	for _, u := range units {
		for _, p := range problems[u.Unit.Name] {
			if s.opt.json {
				_ = s.app.emit(ui.ProblemEvent{Unit: u.Unit.Name, Msg: p})
				continue
			}
			fmt.Fprintf(s.app.err, "%s %s: %s\n", s.app.paint.Red("not as declared:"), u.Unit.Name, p)
		}
	}
	if len(problems) > 0 {
		return exitStatus(exitFailed)
	}
	return nil
}
