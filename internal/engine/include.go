package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// include runs the tasks of include_tasks or include_role, once for each turn of its loop. With run_once the first host does,
// and the others go on with what it registered.
func (r *run) include(ctx context.Context, t *playbook.Task, s *scope, at place) error {
	once, err := s.flag(r.closest(t, func(k *playbook.Keywords) value.Value { return k.RunOnce }), t.Pos, false)
	if err != nil {
		return r.conclude(ctx, t, s, r.ref(t, s), failed(err), 0)
	}
	slot, mine := &onceSlot{done: make(chan struct{})}, true
	if once {
		if slot, mine, err = r.claim(ctx, t, at); err != nil {
			return err
		}
	}
	if !mine {
		select {
		case <-slot.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		r.keep(t, slot.result)
		var he *hostError
		if errors.As(slot.err, &he) {
			return &hostError{task: t, result: he.result, shared: true}
		}
		return nil
	}
	r.announce(at, r.ref(t, s))
	if err := r.turnOf(ctx); err != nil { // what hosts bring runs in their order
		return err
	}
	turns, res, err := r.turnsOf(ctx, t, s)
	slot.result, slot.err = res, err
	close(slot.done)
	if err != nil {
		return err
	}
	r.keep(t, res)
	r.conclusion(t, s, res)
	for i, blocks := range turns {
		for j, b := range blocks {
			if err := r.block(ctx, b.block, at.at(i).at(b.id).at(j)); err != nil {
				return err
			}
		}
	}
	return nil
}

// turnsOf gives what an include brings, turn by turn, and what register keeps of it. As in Ansible, all turns are decided before
// the first of them runs.
func (r *run) turnsOf(ctx context.Context, t *playbook.Task, s *scope) ([][]inclusion, Result, error) {
	if t.Loop == nil {
		blocks, res, err := r.included(t, s, nil, false)
		if err != nil {
			res = r.notIncluded(t, s, err)
			return nil, res, r.conclude(ctx, t, s, r.ref(t, s), res, 0)
		}
		r.tellTurn(t, s, res)
		return [][]inclusion{blocks}, res, nil
	}
	items, heard, err := r.items(t, s)
	if err != nil {
		res := r.notIncluded(t, s, err)
		return nil, res, r.conclude(ctx, t, s, r.ref(t, s), res, 0)
	}
	if items == nil {
		res := unknown("the items of the loop")
		return nil, res, r.conclude(ctx, t, s, r.ref(t, s), res, 0)
	}
	turns, results := [][]inclusion{}, []Result{}
	for i, item := range items.Items {
		local := loopVars(t.Loop, items, i)
		turn := r.scope(r.host, t, local)
		turn.vars.said = heard
		err := r.rest(ctx, t.Loop, s, i)
		var blocks []inclusion
		var res Result
		if err == nil {
			blocks, res, err = r.included(t, turn, local, heard)
		}
		stop := false
		if err == nil {
			stop, err = breaks(t.Loop, turn)
		}
		if err != nil {
			res = r.notIncluded(t, turn, err)
			return nil, res, r.conclude(ctx, t, turn, r.ref(t, turn), res, 0)
		}
		res.Item, res.Loop = item, local
		res.Label = label(turn, t.Loop, item)
		r.tellTurn(t, turn, res)
		turns, results = append(turns, blocks), append(results, res)
		if stop {
			break
		}
	}
	all := merge(results)
	all.Heard = all.Heard || heard
	return turns, all, nil
}

// tellTurn tells what a turn of an include brings.
func (r *run) tellTurn(t *playbook.Task, s *scope, res Result) {
	switch {
	case res.Skipped && t.Loop != nil:
		r.e.Sink.ItemDone(r.Name, r.ref(t, s), res)
	case !res.Skipped && !res.Unknown():
		r.e.Sink.Included(r.Name, r.ref(t, s), res.Brought, res.Label)
	}
}

// conclusion counts an include, and tells of one that brings nothing.
func (r *run) conclusion(t *playbook.Task, s *scope, res Result) {
	if !res.Skipped && !res.Unknown() {
		for range max(1, len(included(res))) {
			r.e.count(r.Name, func(s *Stats) { s.OK++ })
		}
		return
	}
	r.tally(res)
	res.Source = r.source(t, res)
	r.e.Sink.HostDone(r.Name, r.ref(t, s), res, 0)
}

// included are the turns of an include that brought something.
func included(res Result) (turns []Result) {
	for _, i := range res.Items {
		if !i.Skipped {
			turns = append(turns, i)
		}
	}
	return turns
}

// notIncluded is the result of an include that failed; what no_log covers may be in the message.
func (r *run) notIncluded(t *playbook.Task, s *scope, why error) Result {
	res := failed(why)
	noLog, err := r.noLog(t, s)
	res.NoLog = noLog || err != nil
	return res
}

// inclusion is a file of tasks as it was included; hosts that include the same share it, so that they stay in step.
type inclusion struct {
	block *playbook.Block
	id    int
}

// included gives the blocks of one turn, none if its condition does not hold, and what register keeps of it.
func (r *run) included(t *playbook.Task, s *scope, local *value.Dict, heard bool) ([]inclusion, Result, error) {
	v, why, err := holds(s, t)
	if err != nil {
		return nil, Result{}, err
	}
	if v != true {
		res := notMet(why)
		if value.IsUnknown(v) {
			res = unknown("whether its condition holds")
		}
		return nil, res, nil
	}
	args, said, err := r.arguments(t, s)
	if err != nil {
		return nil, Result{}, err
	}
	if err := r.mayInclude(t, args, said); err != nil {
		return nil, Result{}, err
	}
	if args == nil {
		return nil, Result{}, diag.Errorf(t.Pos, "the file to include is known only after apply")
	}
	res := ok(value.DictOf("include", value.Str(firstOf(args, "file", "name", "role", "_raw_params"))))
	res.Brought = r.brought(t, args)
	key := fmt.Sprintf("%p %t %s %s", t, heard, value.PlainJSON(args), value.Repr(localOrEmpty(local)))
	r.playRun.mu.Lock()
	defer r.playRun.mu.Unlock()
	if blocks, ok := r.loaded[key]; ok {
		return blocks, res, nil
	}
	blocks, err := r.bring(t, args, local, heard)
	if err != nil {
		return nil, Result{}, err
	}
	incs := make([]inclusion, len(blocks))
	for i, b := range blocks {
		incs[i] = inclusion{b, len(r.loaded)}
	}
	r.loaded[key] = incs
	return incs, res, nil
}

// brought names what an include brings: a file by its path, a role by its name.
func (r *run) brought(t *playbook.Task, args *value.Dict) string {
	name := value.Str(firstOf(args, "file", "name", "role", "_raw_params"))
	if t.Action != "include_tasks" {
		return name
	}
	path, _, err := (&lookupFiles{r.playRun, t}).find("tasks", strings.TrimSpace(name))
	if err != nil {
		return name
	}
	return absolute(path)
}

// firstOf is the first of the arguments that is given.
func firstOf(args *value.Dict, names ...string) value.Value {
	for _, n := range names {
		if v := args.At(n); v != nil {
			return v
		}
	}
	return nil
}

func localOrEmpty(d *value.Dict) *value.Dict {
	if d == nil {
		return value.NewDict()
	}
	return d
}

// bring reads what an include brings, holding the lock of the play run. Handlers of its roles are the play's from then on.
func (r *run) bring(t *playbook.Task, args, local *value.Dict, heard bool) ([]*playbook.Block, error) {
	before := len(r.playRun.play.Roles)
	blocks, err := r.e.Loader.Include(t, args, local, heard, r.playRun.play)
	if err != nil {
		return nil, err
	}
	for _, role := range r.playRun.play.Roles[before:] {
		for _, h := range role.Handlers {
			if !contains(r.handlers, h) {
				r.playRun.handlers = append(r.playRun.handlers, h)
			}
		}
	}
	if t.Action == "include_role" && args.At("public") != true { // its variables stay its own
		r.playRun.play.Roles = r.playRun.play.Roles[:before]
	}
	return blocks, nil
}

// gather collects facts at the beginning of a play, if it wants them.
func (r *run) gather(ctx context.Context, at place) error {
	p := r.playRun.play
	if !r.playRun.settings.gather {
		return nil
	}
	t := &playbook.Task{Name: "Gathering Facts", Action: "setup", Pos: p.Pos, Args: value.NewDict(), Keywords: playbook.Keywords{Tags: []string{"always"}}}
	if p.GatherWhat != nil {
		t.Args.Set("gather_subset", p.GatherWhat)
	}
	if p.GatherTime != nil {
		t.Timeout = p.GatherTime
	}
	t.Parent = &playbook.Block{Keywords: p.Keywords, Pos: p.Pos}
	t.Parent.When = nil
	return r.step(ctx, t, at)
}
