package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// step takes the host through one task: it waits for its turn, runs it, and draws the consequences.
func (r *run) step(ctx context.Context, t *playbook.Task, at place) error {
	tags := t.AllTags()
	if !t.Handler && !r.e.tags.Selects(tags) {
		return nil
	}
	if !r.e.reached(t) {
		return nil
	}
	if err := r.mayGo(ctx); err != nil {
		return err
	}
	if err := r.arrive(ctx, at); err != nil {
		return err
	}
	if r.e.stopping() {
		return ErrStopped
	}
	if err := r.hear(t, at); err != nil {
		return err
	}
	s := r.scope(r.host, t, r.handlerVars(t))
	switch t.Action {
	case "meta":
		return r.meta(ctx, t, s, at)
	case "include_tasks", "include_role":
		return r.include(ctx, t, s, at)
	}
	return r.execute(ctx, t, s, at)
}

// mayGo tells why the host must not begin another task.
func (r *run) mayGo(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if r.e.stopping() {
		return ErrStopped
	}
	return r.abortCause()
}

// reached tells whether --start-at-task has been passed.
func (e *Engine) reached(t *playbook.Task) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	matches := func(name string) bool {
		ok, err := path.Match(e.opt.StartAt, name)
		return name == e.opt.StartAt || ok && err == nil
	}
	if !e.started && (matches(t.Name) || matches(t.Title())) {
		e.started = true
	}
	return e.started
}

func (r *run) execute(ctx context.Context, t *playbook.Task, s *scope, at place) error {
	ref := r.ref(t, s)
	r.announce(at, ref)
	once, err := s.flag(r.closest(t, func(k *playbook.Keywords) value.Value { return k.RunOnce }), t.Pos, false)
	if err != nil {
		return r.conclude(ctx, t, s, ref, failed(err), 0)
	}
	once = once || (t.Action == "add_host" || t.Action == "pause") && r.inStep() // the first host does it for all
	if len(r.notifications(t)) > 0 {
		if err := r.recall(ctx); err != nil {
			return r.conclude(ctx, t, s, ref, failed(err), 0)
		}
	}
	begin := r.e.Now()
	if !once {
		r.e.Sink.HostStarted(r.Name, ref)
		result := r.perform(ctx, t, s)
		if err := context.Cause(ctx); err != nil && result.Failed {
			return err
		}
		return r.together(ctx, t, s, at, r.conclude(ctx, t, s, ref, result, r.e.Now().Sub(begin)))
	}
	slot, mine, err := r.claim(ctx, t, at)
	if err != nil {
		return err
	}
	if !mine {
		select {
		case <-slot.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		r.keep(t, slot.result)
		if slot.result.Failed && !slot.result.Ignored {
			return &hostError{task: t, result: slot.result, shared: true}
		}
		return slot.err
	}
	r.e.Sink.HostStarted(r.Name, ref)
	slot.result = r.perform(ctx, t, s)
	slot.err = r.conclude(ctx, t, s, ref, slot.result, r.e.Now().Sub(begin))
	var he *hostError
	if errors.As(slot.err, &he) {
		slot.result = he.result
	} else if slot.err == nil && slot.result.Failed {
		slot.result.Ignored = true // for those who wait for it too
	}
	close(slot.done)
	return slot.err
}

// failed is the result of a task that an error ended. The error may quote what a node said.
func failed(err error) Result {
	r := failure(err.Error())
	r.Heard = true
	r.Values.Set("msg", "Task failed: "+words(err))
	var worded *wordedError
	if errors.As(err, &worded) {
		r.Values.Set("msg", worded.text)
	}
	return r
}

func (r *run) announce(at place, ref TaskRef) {
	key := fmt.Sprint(at)
	r.telling.Lock()
	defer r.telling.Unlock()
	r.playRun.mu.Lock()
	first := !r.started[key]
	r.started[key] = true
	r.playRun.mu.Unlock()
	if first {
		r.e.Sink.TaskStarted(ref)
	}
}

func (r *run) ref(t *playbook.Task, s *scope) TaskRef {
	ref := TaskRef{Name: t.Name, Action: t.Action, Pos: t.Pos, Tags: t.AllTags(), Handler: t.Handler}
	if t.Role != nil {
		ref.Role = t.Role.Name
	}
	if ref.Name == "" {
		ref.Name = cmp.Or(t.Called, t.Action)
		if name := firstOf(localOrEmpty(t.Args), "name", "role"); t.Action == "include_role" && name != nil {
			if text, err := s.text(name, t.Pos); err == nil {
				ref.Name += " : " + text
			}
		}
	} else {
		ref.Name = s.title(t.Name, t.Pos)
	}
	ref.Left = r.left[t]
	return ref
}

// keep registers a result.
func (r *run) keep(t *playbook.Task, result Result) {
	if t.Register != "" {
		r.register(t.Register, result.Registered(), result.Heard)
	}
}

// conclude registers, counts and tells a result, notifies handlers, and gives the error that ends the host's play if the
// task failed for good.
func (r *run) conclude(ctx context.Context, t *playbook.Task, s *scope, ref TaskRef, result Result, took time.Duration) error {
	if result.Failed && !result.Unreachable {
		ignore, err := s.flag(r.closest(t, func(k *playbook.Keywords) value.Value { return k.IgnoreErrors }), t.Pos, false)
		if err != nil {
			result.Msg += "; and ignore_errors: " + err.Error()
		}
		result.Ignored = ignore
	}
	if result.Unreachable {
		result.Ignored = r.ignoresUnreachable(t, s)
	}
	r.keep(t, result)
	r.tally(result)
	result.Source = r.source(t, result)
	r.e.Sink.HostDone(r.Name, ref, result, took)
	if (result.DidChange() || result.Unknown()) && !result.Failed {
		for _, n := range r.notifications(t) {
			if err := r.notify(t, n, s); err != nil {
				return r.conclude(ctx, &playbook.Task{Pos: t.Pos, Parent: t.Parent, Action: t.Action, Name: t.Name}, s, ref, failed(err), 0)
			}
		}
	}
	if err := r.settle(ctx, t, s, result); err != nil {
		return r.conclude(ctx, &playbook.Task{Pos: t.Pos, Parent: t.Parent, Action: t.Action, Name: t.Name}, s, ref, failed(err), 0)
	}
	if (result.Failed || result.Unreachable) && !result.Ignored {
		fatal, _ := s.flag(r.closest(t, func(k *playbook.Keywords) value.Value { return k.AnyErrorsFatal }), t.Pos, false)
		switch {
		case fatal && r.inStep():
			r.raise(result, r.at)
		case fatal:
			r.abort(fmt.Errorf("%w: %s failed on %s", errAborted, ref.Title(), r.Name))
		}
		return &hostError{task: t, result: result, unreachable: result.Unreachable}
	}
	return nil
}

// notifications are those of the task and of the blocks and imports around it.
func (r *run) notifications(t *playbook.Task) []value.Value {
	var all []value.Value
	given := slices.Clone(t.Notify)
	for b := t.Parent; b != nil && !t.Handler; b = b.Parent { // a handler of a role in a block would notify without end
		given = append(given, b.Notify...)
	}
	for _, v := range given {
		if l, ok := v.(*value.List); ok {
			all = append(all, l.Items...)
			continue
		}
		all = append(all, v)
	}
	return slices.Clip(all)
}

func (r *run) tally(result Result) {
	r.e.count(r.Name, func(s *Stats) {
		switch {
		case result.Unreachable:
			s.Unreachable++
		case result.Failed && result.Ignored:
			s.OK++
			s.Ignored++
			if result.DidChange() { // as in Ansible's recap
				s.Changed++
			}
		case result.Failed:
			s.Failed++
		case result.Skipped:
			s.Skipped++
		default:
			s.OK++
			if result.DidChange() {
				s.Changed++
			} else if result.Unknown() {
				s.Unknown++
			}
		}
	})
}

// closest gives a keyword as the innermost of task, blocks and play has it.
func (r *run) closest(t *playbook.Task, get func(*playbook.Keywords) value.Value) value.Value {
	if v := get(&t.Keywords); v != nil {
		return v
	}
	for b := t.Parent; b != nil; b = b.Parent {
		if v := get(&b.Keywords); v != nil {
			return v
		}
	}
	return get(&r.playRun.play.Keywords)
}

// noLog tells whether no_log covers a task.
func (r *run) noLog(t *playbook.Task, s *scope) (bool, error) {
	return s.flag(r.closest(t, func(k *playbook.Keywords) value.Value { return k.NoLog }), t.Pos, false)
}

// checks tells whether a task runs in check mode, as its keywords say or else the run.
func (r *run) checks(t *playbook.Task, s *scope) (bool, error) {
	return s.flag(r.closest(t, func(k *playbook.Keywords) value.Value { return k.CheckMode }), t.Pos, r.e.opt.Plan)
}

// conditions are all that must hold for a task, outermost first.
func conditions(t *playbook.Task) []playbook.Expr {
	var all []playbook.Expr
	chain := t.Chain()
	for i := len(chain) - 1; i >= 0; i-- {
		all = append(all, chain[i].When...)
	}
	return append(all, t.When...)
}

// holds evaluates the conditions of t: true, false or unknown. The first that does not hold comes with it.
func holds(s *scope, t *playbook.Task) (result, failing value.Value, err error) {
	result = true
	for _, c := range conditions(t) {
		if text, ok := value.Plain(c.Value); ok && strings.TrimSpace(text) == "" {
			return nil, nil, diag.Errorf(c.Pos, "Empty conditional expressions are not allowed.")
		}
		v, err := s.Condition(c.Value, c.Pos)
		if err != nil {
			return nil, nil, &conditionError{diag.At(c.Pos, err)}
		}
		if v == false {
			return false, c.Value, nil
		}
		if value.IsUnknown(v) {
			result = v
		}
	}
	return result, nil, nil
}
