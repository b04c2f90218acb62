package fleet_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"pig/internal/agent"
	"pig/internal/fleet"
	"pig/internal/fleet/liar"
	"pig/internal/module"
	"pig/internal/transport"
	"pig/internal/value"
)

// An agent that ended between two tasks has done nothing of the second one: another agent does it, once. A plan ends, since what it has
// foreseen was the first agent's.
func TestATaskThatWasNotSentIsSentAnew(t *testing.T) {
	for name, c := range map[string]struct {
		planned bool
		deaf    int32 // how many agents end after their first task
		agents  int32
		lost    bool
	}{
		"one agent ended":      {false, 1, 2, false},
		"the next one, too":    {false, 2, 2, false}, // it ends after it has done the task
		"a plan":               {true, 1, 1, true},
		"both agents are deaf": {false, -2, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			var started, done atomic.Int32
			f := fleet.Over(func(fleet.Host) (io.WriteCloser, io.Reader, error) {
				n := started.Add(1)
				in, out := liar.Start(func(id uint32, _ agent.Request, out *liar.Out) {
					done.Add(1)
					out.Values(id, "said", "yes")
				})
				if n <= max(c.deaf, -c.deaf) {
					in = &once{WriteCloser: in, left: 1 + min(0, c.deaf)}
				}
				return in, out, nil
			}, map[string]module.Module{})
			defer f.Close()
			run := func() error {
				_, err := f.Run(context.Background(), fleet.Host{Target: transport.Target{Name: "a", Addr: "a"}},
					fleet.Task{Task: module.Task{Module: "m", Args: value.NewDict()}, Planned: c.planned})
				return err
			}
			first, second := error(nil), error(nil)
			if c.deaf > 0 {
				first = run()
			}
			second = run()
			var gone *fleet.Unreachable
			if first != nil || errors.As(second, &gone) != c.lost || second != nil != c.lost {
				t.Errorf("the first task: %v, the second one: %v", first, second)
			}
			if started.Load() != c.agents {
				t.Errorf("%d agents were started, want %d", started.Load(), c.agents)
			}
			if want := map[bool]int32{true: 1, false: 2}[c.lost]; c.deaf > 0 && done.Load() != want {
				t.Errorf("%d tasks were done, want %d", done.Load(), want)
			}
		})
	}
}

// once is a stream that takes some tasks, and no more.
type once struct {
	io.WriteCloser
	left int32
}

func (o *once) Write(p []byte) (int, error) {
	if o.left--; o.left < 0 {
		return 0, io.EOF
	}
	return o.WriteCloser.Write(p)
}
