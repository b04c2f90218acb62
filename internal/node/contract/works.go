package contract

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/node"
)

// work is what a module might do with a whole System, beside its files.
type work struct {
	name string
	do   func(ctx context.Context, s node.System) error
}

var errNever = errors.New("no wait mends this")

// works are those that come to the same whether the machine acts or is planned. The modules that wait and change are made of them.
func works() []work {
	change := node.Change{Kind: "cluster", ID: "x", Action: "create"}
	return []work{
		{"wait for what is so", func(ctx context.Context, s node.System) error {
			return s.Await(ctx, node.Wait{Met: func(context.Context) error { return nil }})
		}},
		{"wait for what comes", func(ctx context.Context, s node.System) error {
			looks := 0
			return s.Await(ctx, node.Wait{Limit: longEnough, Met: func(context.Context) error {
				if looks++; looks < 3 {
					return errors.New("the answer is on the way")
				}
				return nil
			}})
		}},
		{"wait for what never comes", func(ctx context.Context, s node.System) error {
			return s.Await(ctx, node.Wait{Limit: longEnough, Met: func(context.Context) error { return node.Final(errNever) }})
		}},
		{"wait in vain, with no harm", func(ctx context.Context, s node.System) error {
			return s.Await(ctx, node.Wait{Met: func(context.Context) error { return errNever }, Late: func(context.Context, error) error { return nil }})
		}},
		{"a change of several steps", func(ctx context.Context, s node.System) error {
			return s.Do(ctx, change, func(context.Context) error { return nil })
		}},
		{"a change within a change that is told as one", func(ctx context.Context, s node.System) error {
			return errors.Join(s.Do(ctx, change, func(ctx context.Context) error {
				return s.Await(ctx, node.Wait{Met: func(context.Context) error { return nil }})
			}), s.Do(ctx, node.Change{Kind: "member", ID: "y", Action: "create"}, func(context.Context) error { return nil }))
		}},
	}
}

const longEnough = time.Minute

// compareWorks does each work on both sides and compares what was recorded, and what came of it.
func compareWorks(t *testing.T, sides func(t *testing.T) (want, got Side)) {
	t.Helper()
	for _, w := range works() {
		t.Run(w.name, func(t *testing.T) {
			left, right := sides(t)
			want, wrong := worked(t, left, w)
			got, failed := worked(t, right, w)
			if !slices.Equal(want, got) || errors.Is(wrong, errNever) != errors.Is(failed, errNever) || (wrong == nil) != (failed == nil) {
				t.Errorf("%s: %s, %v\n%s: %s, %v", left.Name, strings.Join(want, ", "), wrong, right.Name, strings.Join(got, ", "), failed)
			}
		})
	}
}

func worked(t *testing.T, s Side, w work) (recorded []string, err error) {
	t.Helper()
	sys, err := s.Machine.For(node.Task{Record: func(c node.Change) { recorded = append(recorded, c.String()) }})
	if err != nil {
		t.Fatal(err)
	}
	err = w.do(t.Context(), sys)
	return recorded, err
}
