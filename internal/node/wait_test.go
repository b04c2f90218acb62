//go:build linux

package node

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var errAway = errors.New("the service is away")

// What a wait does that is not met at once, on both sides.
func TestAwait(t *testing.T) {
	for name, c := range map[string]struct {
		answers    []error // of one look after the other; the last one stays
		late       func(context.Context, error) error
		live, plan string // what Await returns
		took       time.Duration
		assumed    string
	}{
		"met at once":            {answers: []error{nil}},
		"met later":              {answers: []error{errAway, errAway, nil}, took: 225 * time.Millisecond, assumed: "the service is away"},
		"never met":              {answers: []error{errAway}, live: "the service is away", took: 10 * time.Second, assumed: "the service is away"},
		"never met, diagnosed":   {answers: []error{errAway}, late: diagnosed, live: "the service is away: the disk is full", took: 10 * time.Second, assumed: "the service is away"},
		"never met, and no harm": {answers: []error{errAway}, late: harmless, took: 10 * time.Second, assumed: "the service is away"},
		"hopeless":               {answers: []error{errAway, Final(errors.New("a wrong password"))}, late: diagnosed, live: "a wrong password: the disk is full", took: 100 * time.Millisecond, assumed: "the service is away"},
		"hopeless at once":       {answers: []error{Final(errors.New("a wrong password"))}, late: diagnosed, live: "a wrong password: the disk is full", plan: "a wrong password"},
		"only a run can tell":    {answers: []error{ErrUnknown, nil}, took: 100 * time.Millisecond, assumed: "known after apply"},
	} {
		for side, machine := range map[string]System{"live": mustFor(t, NewLive(), nil), "shadow": mustFor(t, NewShadow(Bare{}), nil), "bare": bare{"root"}} {
			t.Run(name+", "+side, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					looks, assumed := 0, ""
					begin := time.Now()
					err := machine.Await(t.Context(), Wait{Limit: 10 * time.Second, Late: c.late, Assume: func(why error) { assumed += why.Error() }, Met: func(context.Context) error {
						looks++
						return c.answers[min(looks, len(c.answers))-1]
					}})
					want, took, assumes := c.plan, time.Duration(0), c.assumed
					if side == "live" {
						want, took, assumes = c.live, c.took, ""
					} else if looks != 1 {
						t.Errorf("it looked %d times", looks)
					}
					if text(err) != want || time.Since(begin) != took || assumed != assumes {
						t.Errorf("%q after %s, assumed %q", text(err), time.Since(begin), assumed)
					}
				})
			})
		}
	}
}

func diagnosed(_ context.Context, why error) error {
	return errors.New(why.Error() + ": the disk is full")
}
func harmless(context.Context, error) error { return nil }

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// As long as the aim comes nearer nobody gives up; then the whole limit counts anew.
func TestAwaitCountsFromTheLastProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		err := mustFor(t, NewLive(), nil).Await(t.Context(), Wait{Limit: 10 * time.Second, Met: func(context.Context) error {
			if time.Since(begin) < time.Hour {
				return Nearer(errors.New("loading"))
			}
			return errAway
		}})
		if took := time.Since(begin); !errors.Is(err, errAway) || took < time.Hour+9*time.Second || took > time.Hour+11*time.Second {
			t.Errorf("%v after %s", err, took)
		}
	})
}

// Pauses grow, unless somebody says how long they are; a cancelled task waits no longer.
func TestAwaitPauses(t *testing.T) {
	for name, c := range map[string]struct {
		every, limit time.Duration
		looks        int
	}{"growing": {0, time.Minute, 70}, "fixed": {20 * time.Second, time.Minute, 4}, "by now": {0, 0, 1}} {
		synctest.Test(t, func(t *testing.T) {
			looks := 0
			err := mustFor(t, NewLive(), nil).Await(t.Context(), Wait{Limit: c.limit, Every: c.every, Met: func(context.Context) error { looks++; return errAway }})
			if !errors.Is(err, errAway) || looks > c.looks || looks < c.looks*9/10 {
				t.Errorf("%s: it looked %d times: %v", name, looks, err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errors.New("enough")) })
		begin := time.Now()
		err := mustFor(t, NewLive(), nil).Await(ctx, Wait{Limit: time.Hour, Every: time.Minute, Met: func(context.Context) error { return errAway }})
		if text(err) != "enough" || time.Since(begin) != time.Second {
			t.Errorf("cancelled: %v after %s", err, time.Since(begin))
		}
	})
}

// A change of several steps is one change; one that fails half-way is none. A plan takes no step.
func TestDo(t *testing.T) {
	change := Change{Kind: "cluster", ID: "x", Action: "create"}
	for name, c := range map[string]struct {
		steps      error
		live, plan string // what is recorded
	}{"done": {nil, "cluster x create", "cluster x create"}, "half-way": {errAway, "", "cluster x create"}} {
		for side, machine := range map[string]Machine{"live": NewLive(), "shadow": NewShadow(Bare{})} {
			var recorded []string
			took := false
			sys := mustFor(t, machine, func(c Change) { recorded = append(recorded, c.Key()) })
			err := sys.Do(t.Context(), change, func(context.Context) error { took = true; return c.steps })
			want := c.plan
			if side == "live" {
				want = c.live
			}
			if strings.Join(recorded, ", ") != want || took != (side == "live") || errors.Is(err, errAway) != (side == "live" && c.steps != nil) {
				t.Errorf("%s, %s: %v, took the steps: %t, %v", name, side, recorded, took, err)
			}
		}
	}
}
