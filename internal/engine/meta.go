package engine

import (
	"context"
	"slices"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

// meta changes the course of the run.
func (r *run) meta(ctx context.Context, t *playbook.Task, s *scope, at place) error {
	what := value.Str(t.Args.At("_raw_params"))
	v, err := r.metaHolds(ctx, t, s, at, slices.Contains(ofThePlay, what))
	if err != nil {
		return err
	}
	if v != true {
		return nil
	}
	switch what {
	case "noop":
	case "flush_handlers":
		return r.flush(ctx, at)
	case "end_host":
		return errEndHost
	case "end_role":
		return errEndRole
	case "end_play":
		r.endPlay()
		return errEndHost
	case "end_batch":
		r.abort(errEndHost)
		return errEndHost
	case "clear_facts":
		r.host.mu.Lock()
		r.facts = value.NewDict()
		r.host.mu.Unlock()
	case "clear_host_errors":
		for _, h := range r.runs {
			r.e.fates.forgive(h.Name)
		}
	case "refresh_inventory":
		if err := r.refresh(); err != nil {
			return r.conclude(ctx, t, s, r.ref(t, s), failed(diag.At(t.Pos, err)), 0)
		}
	case "reset_connection":
		c := &call{run: r, task: t, scope: s}
		if h, _, err := c.where(); err == nil {
			r.e.Nodes.Reset(h)
		}
	}
	return nil
}

// metaHolds tells whether the condition of a meta action holds.
func (r *run) metaHolds(ctx context.Context, t *playbook.Task, s *scope, at place, shared bool) (value.Value, error) {
	ref := r.ref(t, s)
	decide := func() (value.Value, error) {
		if r.inStep() {
			r.e.Sink.TaskStarted(ref)
		}
		v, why, err := holds(s, t)
		if err != nil {
			return nil, r.conclude(ctx, t, s, ref, failed(err), 0)
		}
		if v == false {
			r.e.Sink.HostDone(r.Name, ref, notMet(why), 0)
		}
		return v, nil
	}
	if !shared || !r.inStep() {
		if err := r.turnOf(ctx); err != nil { // the hosts are told of one after the other
			return nil, err
		}
		return decide()
	}
	slot, mine, err := r.claim(ctx, t, at)
	if err != nil {
		return nil, err
	}
	if mine {
		v, err := decide()
		slot.result, slot.err = Result{Skipped: v != true}, err
		close(slot.done)
		return v, err
	}
	select {
	case <-slot.done:
		return !slot.result.Skipped && slot.err == nil, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// ofThePlay are actions of meta for all hosts: one host says whether the condition holds, as in Ansible.
var ofThePlay = []string{"end_play", "end_batch", "clear_facts", "clear_host_errors", "refresh_inventory"}
