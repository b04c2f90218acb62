package engine

import (
	"context"
	"slices"

	"pig/internal/playbook"
	"pig/internal/value"
)

// With any_errors_fatal one host that fails makes all others fail at the same task: each goes through the rescue and always of the blocks
// that it is in, as if the failure were its own. Hosts that do not go in step (strategy free) cannot: they stop.

// inStep tells whether the hosts of the play go through it together.
func (r *run) inStep() bool {
	_, ok := r.sched.(*linear)
	return ok
}

// raise makes a failure that of all hosts.
func (r *run) raise(result Result, at place) {
	r.playRun.mu.Lock()
	defer r.playRun.mu.Unlock()
	r.alarms++
	r.alarm, r.alarmAt = result, at
	r.alarmed = r.alarms
}

// hear gives the failure of another host that this one has to take for its own, before it begins the task at a place: not while it has yet to
// do the very task at which the other one failed.
func (r *run) hear(t *playbook.Task, at place) error {
	r.playRun.mu.Lock()
	defer r.playRun.mu.Unlock()
	if r.alarmed == r.alarms || at != nil && slices.Equal(at, r.alarmAt) {
		return nil
	}
	r.alarmed = r.alarms
	r.e.fates.leave(r.Name)
	return &hostError{task: t, result: r.alarm, shared: true}
}

// together waits for the other hosts at a task with any_errors_fatal, and gives what becomes of this one.
func (r *run) together(ctx context.Context, t *playbook.Task, s *scope, at place, err error) error {
	fatal, _ := s.flag(r.closest(t, func(k *playbook.Keywords) value.Value { return k.AnyErrorsFatal }), t.Pos, false)
	if err != nil || !fatal || !r.inStep() {
		return err
	}
	if err := r.arrive(ctx, at.at(0)); err != nil {
		return err
	}
	return r.hear(t, nil)
}
