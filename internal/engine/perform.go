package engine

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// perform runs t with its loop, if it has one.
func (r *run) perform(ctx context.Context, t *playbook.Task, s *scope) Result {
	if t.Loop == nil {
		return r.turn(ctx, t, s)
	}
	items, heard, err := r.items(t, s)
	if err != nil {
		// The condition may be what keeps an undefined loop from being looked at.
		if v, why, e := holds(s, t); e == nil && v == false {
			return notMet(why)
		}
		return failed(err)
	}
	if items == nil {
		return unknown("the items of the loop")
	}
	if len(items.Items) == 0 {
		res := skipped("No items in the list")
		res.Items = []Result{}
		return res
	}
	return r.loop(ctx, t, s, items, heard)
}

// items are what the loop goes through, nil if that is unknown, and whether a node had a say in them.
func (r *run) items(t *playbook.Task, s *scope) (items *value.List, heard bool, err error) {
	l := t.Loop
	var v value.Value
	heard = s.Heard(func() { v, err = s.Value(value.Clone(l.Items), l.Pos) })
	if err != nil {
		return nil, heard, err
	}
	if value.IsUnknown(v) {
		return nil, heard, nil
	}
	v = r.e.sealed(l.LoopVar, v)
	if l.With == "" {
		switch v := v.(type) {
		case *value.List:
			return v, heard, nil
		case value.Tuple:
			return value.NewList(v...), heard, nil
		}
		return nil, heard, diag.Errorf(l.Pos, "loop needs a list, and this is %s", value.TypeName(v)).
			WithHint("use with_dict or the filter dict2items for a mapping")
	}
	var args []value.Value
	if list, ok := v.(*value.List); ok {
		args = list.Items
	} else {
		args = []value.Value{v}
	}
	found := s.Heard(func() { items, err = s.RunLookup(l.With, args, value.NewDict(), heard) })
	heard = heard || found
	if err != nil {
		return nil, heard, diag.At(l.Pos, err)
	}
	return items, heard, nil
}

func (r *run) loop(ctx context.Context, t *playbook.Task, s *scope, items *value.List, heard bool) Result {
	l := t.Loop
	var results []Result
	for i, item := range items.Items {
		if err := r.rest(ctx, l, s, i); err != nil {
			results = append(results, failed(err))
			break
		}
		own := loopVars(l, items, i)
		vars := own.Clone()
		if left := r.handlerVars(t); left != nil {
			vars.Update(left)
		}
		turn := r.scope(r.host, t, vars)
		turn.vars.said = heard
		res := r.turn(ctx, t, turn)
		res.Item, res.Loop = item, own
		res.Label = label(turn, l, item)
		results = append(results, res)
		r.e.Sink.ItemDone(r.Name, r.ref(t, turn), res)
		if context.Cause(ctx) != nil || res.Unreachable && !r.ignoresUnreachable(t, s) {
			break
		}
		stop, err := breaks(l, turn)
		if err != nil {
			results = append(results, failed(err))
		}
		if stop {
			break
		}
	}
	all := merge(results)
	all.Heard = all.Heard || heard
	for _, res := range results {
		all.NoLog, all.NoDiff = all.NoLog || res.NoLog, all.NoDiff || res.NoDiff
		all.AsksDiff = all.AsksDiff || res.AsksDiff
	}
	return all
}

// rest is the pause before a turn of a loop. A plan does not wait.
func (r *run) rest(ctx context.Context, l *playbook.Loop, s *scope, turn int) error {
	if l.Pause == nil || turn == 0 {
		return nil
	}
	secs, err := s.seconds(l.Pause, l.Pos)
	if err != nil || r.e.opt.Plan {
		return err
	}
	return r.e.Sleep(ctx, secs)
}

// breaks tells whether break_when ends the loop after a turn; an error ends it too.
func breaks(l *playbook.Loop, turn *scope) (bool, error) {
	if l.BreakIf == nil {
		return false, nil
	}
	v, err := turn.Condition(l.BreakIf, l.Pos)
	return v == true || err != nil, err
}

func (r *run) ignoresUnreachable(t *playbook.Task, s *scope) bool {
	ignore, err := s.flag(r.closest(t, func(k *playbook.Keywords) value.Value { return k.IgnoreUnreachable }), t.Pos, false)
	return ignore && err == nil
}

func label(s *scope, l *playbook.Loop, item value.Value) string {
	if l.Label != nil {
		if v, err := s.Value(l.Label, l.Pos); err == nil {
			return value.Display(v)
		}
	}
	return value.Display(item)
}

func loopVars(l *playbook.Loop, items *value.List, i int) *value.Dict {
	d := value.DictOf(l.LoopVar, items.Items[i], "ansible_loop_var", l.LoopVar)
	if l.IndexVar != "" {
		d.Set(l.IndexVar, int64(i))
		d.Set("ansible_index_var", l.IndexVar)
	}
	if l.Extended {
		n := len(items.Items)
		ext := value.DictOf("index", int64(i+1), "index0", int64(i), "first", i == 0, "last", i == n-1,
			"length", int64(n), "revindex", int64(n-i), "revindex0", int64(n-i-1))
		if l.AllItems {
			ext.Set("allitems", items)
		}
		if i > 0 {
			ext.Set("previtem", items.Items[i-1])
		}
		if i < n-1 {
			ext.Set("nextitem", items.Items[i+1])
		}
		d.Set("ansible_loop", ext)
	}
	return d
}

func (s *scope) seconds(v value.Value, pos diag.Pos) (time.Duration, error) {
	r, err := s.Value(v, pos)
	if err != nil {
		return 0, err
	}
	return seconds(r, pos)
}

// maxSeconds is the longest span that a time.Duration holds.
const maxSeconds = float64(1<<63-1) / float64(time.Second)

// seconds reads a span from a value that is rendered already.
func seconds(v value.Value, pos diag.Pos) (time.Duration, error) {
	f, err := strconv.ParseFloat(value.Str(v), 64)
	if err != nil || !(f >= 0 && f < maxSeconds) {
		return 0, diag.Errorf(pos, "invalid number of seconds %s: want a number such as 30", value.Display(v))
	}
	return time.Duration(f * float64(time.Second)), nil
}

// turn is a task once: its condition, its attempts, and what counts as changed and failed.
func (r *run) turn(ctx context.Context, t *playbook.Task, s *scope) Result {
	noLog, err := r.noLog(t, s)
	if err != nil {
		return failed(err)
	}
	v, why, err := holds(s, t)
	var res Result
	switch {
	case err != nil:
		res = failed(err)
	case v == false:
		res = notMet(why)
	case value.IsUnknown(v):
		res = unknown("whether its condition holds")
	default:
		res = r.attempts(ctx, t, s)
	}
	if res.Unknown() && t.Args != nil && t.Args.At("staged") != nil {
		r.vague(value.Str(t.Args.At("staged")))
	}
	res.NoLog = noLog
	if res.Delegate == "" && !res.Skipped {
		res.Delegate = r.delegatedTo(t, s)
	}
	showDiff, err := s.flag(r.closest(t, func(k *playbook.Keywords) value.Value { return k.Diff }), t.Pos, true)
	if err != nil {
		return failed(err)
	}
	res.NoDiff = !showDiff
	res.AsksDiff = showDiff && r.closest(t, func(k *playbook.Keywords) value.Value { return k.Diff }) != nil
	return res
}

// attempts repeats the task until its condition is met, if it has one.
func (r *run) attempts(ctx context.Context, t *playbook.Task, s *scope) Result {
	tries, delay, err := r.patience(t, s)
	if err != nil {
		return failed(err)
	}
	for n := 1; ; n++ {
		res := r.e.sealedResult(t.Register, r.act(ctx, t, s))
		r.learn(res)
		res = r.judge(t, s, res)
		if t.Until == nil && t.Retries == nil {
			return res
		}
		res.Attempts = n
		done := !res.Failed
		if t.Until != nil {
			v, err := s.Condition(t.Until, t.Pos)
			if err != nil {
				return failed(err)
			}
			done = v == true || value.IsUnknown(v) // a plan does not wait for what only a run can bring
		}
		if done {
			return res
		}
		if r.e.opt.Plan && t.Until != nil && !res.Unreachable {
			return unknown("what the wait ends with: the condition of until is not met now") // a run waits
		}
		if n >= tries || res.Unreachable || context.Cause(ctx) != nil || r.e.opt.Plan {
			res.Failed = true
			if n > 1 && n == tries {
				res.Attempts = n - 1 // as in Ansible: what retries says
			}
			if res.Msg == "" {
				res.Msg = fmt.Sprintf("gave up after %d attempts", n)
			}
			return res
		}
		r.e.Sink.Retrying(r.Name, r.ref(t, s), n, tries)
		if err := r.e.Sleep(ctx, delay); err != nil {
			return failed(err)
		}
	}
}

func (r *run) patience(t *playbook.Task, s *scope) (tries int, delay time.Duration, err error) {
	tries, delay = 1, 5*time.Second
	if t.Until != nil {
		tries = 3
	}
	if t.Retries != nil {
		v, err := s.text(t.Retries, t.Pos)
		if err != nil {
			return 0, 0, err
		}
		n, err := strconv.Atoi(v)
		if err != nil {
			return 0, 0, diag.Errorf(t.Pos, "invalid retries %q: want a number", v)
		}
		tries = n + 1
	}
	if t.Delay != nil {
		delay, err = s.seconds(t.Delay, t.Pos)
	}
	return tries, delay, err
}

// judge applies changed_when and failed_when, which see the result under the name that it is registered as.
func (r *run) judge(t *playbook.Task, s *scope, res Result) Result {
	s.see(t, res)
	if t.FailedWhen != nil && !res.Unreachable {
		v, err := s.Condition(t.FailedWhen, t.Pos)
		if err != nil {
			return failed(err)
		}
		if b, ok := v.(bool); ok {
			if b && !res.Failed && res.Msg == "" {
				res.Msg = "failed_when holds: " + value.Display(t.FailedWhen)
			}
			if b && !res.Failed {
				res.Of = "Action"
				if !res.Values.Has("msg") {
					res.Values.Set("msg", "")
				}
			}
			res.Failed = b
			res.Values.Set("failed_when_result", b)
		}
	}
	if t.ChangedWhen != nil && !res.Skipped {
		v, err := s.Condition(t.ChangedWhen, t.Pos)
		if err != nil {
			res.Failed, res.Of, res.Msg = true, "Action", err.Error()
			res.Values.Set("changed_when_result", "Error while evaluating conditional: "+words(err))
			if !res.Values.Has("msg") {
				res.Values.Set("msg", "")
			}
			s.see(t, res)
			return res
		}
		res.Changed = v
	}
	s.see(t, res)
	return res
}

// see lets the conditions of a task look at its result so far.
func (s *scope) see(t *playbook.Task, res Result) {
	if t.Register == "" {
		return
	}
	s.vars.local.Set(t.Register, res.Registered())
	s.vars.said = s.vars.said || res.Heard
	s.Forget()
}

// act renders the arguments and does what the task says.
func (r *run) act(ctx context.Context, t *playbook.Task, s *scope) Result {
	if t.Missing != nil {
		return failed(t.Missing)
	}
	t, err := r.named(t, s)
	if err != nil {
		return failed(err)
	}
	r.reachDelegate(t, s)
	act, local := r.e.actions[t.Action]
	args := r.withDefaults(t)
	if local && act.raw && t.ArgsText != nil && t.Action != "template" {
		return failed(diag.Errorf(t.Pos, "the arguments of %s cannot be one template", t.Action).WithHint("write a template for each argument"))
	}
	var heard said
	if !local || !act.raw {
		if args, heard, err = r.arguments(t, s); err != nil {
			return failed(err)
		}
		if args == nil {
			return unknown("the arguments")
		}
	}
	c := &call{run: r, task: t, scope: s, args: args, said: heard}
	if t.Script != "" {
		return c.onDisk(ctx)
	}
	if !local {
		return c.node(ctx, t.Action, args)
	}
	if err := act.accepts(t.Action, args); err != nil {
		return failed(err)
	}
	limit, err := c.timeout()
	if err != nil {
		return failed(err)
	}
	if limit > 0 && act.waits { // what goes to a node is bounded there
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, fmt.Errorf("timed out after %s", limit))
		defer cancel()
	}
	var res Result
	inArgs := s.Heard(func() { res = act.run(ctx, c) })
	res.Heard = res.Heard || inArgs || c.said.any()
	return res
}
