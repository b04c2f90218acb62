package cli

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"pig/internal/engine"
	"pig/internal/graph"
	"pig/internal/plan"
	"pig/internal/playbook"
	"pig/internal/product"
)

// walk takes every unit of g through its playbook, each as soon as what it needs is done, and tells what changed. What is planned is sealed with
// the keys of bindings, if there are any.
func (s *runner) walk(ctx context.Context, e recapped, g *graph.Graph[product.Unit], bindings map[string]plan.Binding) ([]plan.UnitPlan, error) {
	done := make(chan struct{})
	defer close(done)
	go s.app.watch(e.Engine, done)
	records := map[string]*plan.Record{}
	for _, name := range g.Names() {
		records[name] = plan.NewRecord(e.sink)
	}
	var mu sync.Mutex
	took := map[string]time.Duration{}
	outcomes, err := g.Walk(ctx, s.room(), func(ctx context.Context, name string, u product.Unit) error {
		begin := time.Now()
		err := s.unit(ctx, e.With(records[name]).Keyed(bindings[name].Key), u)
		mu.Lock()
		defer mu.Unlock()
		took[name] = time.Since(begin)
		return err
	})
	if err != nil {
		return nil, err
	}
	order, err := g.Sort()
	if err != nil {
		return nil, err
	}
	var units []plan.UnitPlan
	for _, name := range order {
		u, _ := g.Node(name)
		up := plan.UnitPlan{Unit: u, Entries: records[name].Entries(), Skipped: outcomes[name].Skipped, Took: took[name]}
		if err := outcomes[name].Err; err != nil {
			up.Error = err.Error()
			if errors.Is(err, engine.ErrStopped) || errors.Is(err, errInterrupted) {
				return append(units, up), err
			}
		}
		bound := bindings[name]
		up.Inputs, up.Extra, up.Passwords = bound.Inputs, bound.Extra, bound.Passwords
		units = append(units, up)
	}
	return units, context.Cause(ctx)
}

// room keeps the units at work to those whose hosts have a turn: what is begun is finished before more is begun, and the memory for the
// hosts of a thousand clusters is not needed at once.
func (s *runner) room() graph.Room[product.Unit] {
	return graph.Room[product.Unit]{Total: 2 * s.base.Forks, Of: func(u product.Unit) int { return len(u.Hosts) }}
}

// bind digests what the units of g are made of, slowly, for a plan that is kept.
func (s *source) bind(g *graph.Graph[product.Unit], salt string, rounds int) (map[string]plan.Binding, error) {
	binder, err := plan.NewBinder(s.inventory, s.extra, s.passwords.Saved(), salt, rounds)
	if err != nil {
		return nil, err
	}
	bindings := map[string]plan.Binding{}
	for _, name := range g.Names() {
		u, _ := g.Node(name)
		if bindings[name], err = binder.Bind(u); err != nil {
			return nil, err
		}
	}
	return bindings, nil
}

// unit runs a unit's playbook on its hosts. It fails if any of them does: what needs the unit must not begin then.
func (s *runner) unit(ctx context.Context, e *engine.Engine, u product.Unit) error {
	plays, err := s.own(u.Playbook)
	if err != nil {
		return err
	}
	if err := e.Run(ctx, plays, u.Hosts...); err != nil {
		return err
	}
	if bad := e.Failed(u.Hosts); len(bad) > 0 {
		return failedOn{bad, len(e.Unreachable(bad)) == len(bad)}
	}
	return nil
}

// own reads one of pig's playbooks, once for all units of a module: nobody changes what was read.
func (s *runner) own(name string) ([]*playbook.Play, error) {
	s.owned.Lock()
	defer s.owned.Unlock()
	if plays, ok := s.plays[name]; ok {
		return plays, nil
	}
	plays, err := s.load([]string{playbookPath(name)})
	if err != nil {
		return nil, err
	}
	if s.plays == nil {
		s.plays = map[string][]*playbook.Play{}
	}
	s.plays[name] = plays
	return plays, nil
}

// failedOn is how a unit fails. Where its hosts only could not be reached, nothing is known to be wrong with what they have
// done before: those who do not need them at work go on.
type failedOn struct {
	hosts []string
	away  bool
}

func (f failedOn) Error() string  { return "failed on " + strings.Join(f.hosts, ", ") }
func (f failedOn) Bearable() bool { return f.away }

func playbookPath(name string) string { return playbook.Embedded + "playbooks/" + name + ".yml" }
