package node

import (
	"context"
	"errors"
	"time"
)

// Wait is for what comes about without a further deed of the task: a service comes up, a member follows its leader.
type Wait struct {
	// Met looks once: nil where it has come about, else why not. What Final makes of an error ends the wait at once, what Nearer makes of it
	// says that the aim has come nearer.
	Met func(ctx context.Context) error
	// Limit bounds the wait. It counts from the last time that the aim came nearer. 0 is for what has to be so by now, because an earlier
	// task of the run has brought it about, maybe on another host.
	Limit time.Duration
	// Every is the pause between two looks. 0: a tenth of a second at first, a second in the end.
	Every time.Duration
	// Late says, on a machine that acts, what follows from a wait that ends unmet: a diagnosis of why, as a rule, or nil where the task can go
	// on. Await returns it. Without Late it returns why.
	Late func(ctx context.Context, why error) error
	// Assume is called on a Shadow where what is not met counts as met: for a note, or to take down how things will stand by then.
	Assume func(why error)
}

// Final is an err that no wait mends.
func Final(err error) error { return &waiting{error: err, final: true} }

// Nearer is an err that will pass: the aim has come nearer since the last look.
func Nearer(err error) error { return &waiting{error: err} }

type waiting struct {
	error
	final bool
}

func (w *waiting) Unwrap() error { return w.error }

// judged takes an answer of Met apart.
func judged(err error) (final, nearer bool, why error) {
	var w *waiting
	if !errors.As(err, &w) {
		return false, false, err
	}
	return w.final, !w.final, w.error
}

// Pauses between two looks grow from the first to the longest.
const firstRest, longestRest = 100 * time.Millisecond, time.Second

// Poll is Await on a machine that acts.
func Poll(ctx context.Context, w Wait) error {
	late := func(why error) error {
		if w.Late == nil {
			return why
		}
		return w.Late(ctx, why)
	}
	deadline := time.Now().Add(w.Limit)
	for rest := firstRest; ; rest = min(rest*5/4, longestRest) {
		final, nearer, why := judged(w.Met(ctx))
		switch {
		case why == nil:
			return nil
		case final:
			return late(why)
		case nearer:
			deadline = time.Now().Add(w.Limit)
		}
		left := time.Until(deadline)
		if left <= 0 {
			return late(why)
		}
		if w.Every > 0 {
			rest = w.Every
		}
		if err := Sleep(ctx, min(rest, left)); err != nil {
			return err
		}
	}
}

// Look is Await on a Shadow.
func Look(ctx context.Context, w Wait) error {
	final, _, why := judged(w.Met(ctx))
	switch {
	case why == nil:
	case final:
		return why
	case w.Assume != nil:
		w.Assume(why)
	}
	return nil
}

// Sleep lasts for d, or until ctx ends, which it tells.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
