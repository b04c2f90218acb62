package fleet_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pig/internal/agent"
	"pig/internal/fleet"
	"pig/internal/fleet/liar"
	"pig/internal/module"
	"pig/internal/transport"
	"pig/internal/value"
)

// A node whose cable was pulled answers nothing and ends nothing; one that is busy for an hour says so all the time.
func TestANodeThatFallsSilentIsUnreachable(t *testing.T) {
	for name, c := range map[string]struct {
		beats bool
		takes time.Duration
		lost  bool
	}{
		"silent":            {false, time.Hour, true},
		"busy for an hour":  {true, time.Hour, false},
		"quick, and silent": {false, time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answer := func(id uint32, _ agent.Request, out *liar.Out) {
					for began := time.Now(); time.Since(began) < c.takes; time.Sleep(min(c.takes, agent.BeatEvery)) {
						if c.beats {
							out.Frame(agent.Pulse, 0, nil)
						}
					}
					out.Values(id, "said", "yes")
				}
				f := fleet.Over(func(fleet.Host) (io.WriteCloser, io.Reader, error) {
					in, out := liar.Start(answer)
					return swallow(in), out, nil
				}, map[string]module.Module{})
				defer time.Sleep(2 * time.Hour) // the node gets to its end as well
				defer f.Close()
				began := time.Now()
				r, err := f.Run(context.Background(), fleet.Host{Target: transport.Target{Name: "a", Addr: "a"}},
					fleet.Task{Task: module.Task{Module: "m", Args: value.NewDict()}})
				var gone *fleet.Unreachable
				switch {
				case c.lost && (!errors.As(err, &gone) || !errors.Is(err, agent.ErrSilent) || !strings.Contains(err.Error(), "no longer answers")):
					t.Errorf("got %v, %v", r, err)
				case c.lost && time.Since(began) > 50*time.Second:
					t.Errorf("the host counts as unreachable after %s", time.Since(began))
				case !c.lost && (err != nil || value.Str(r.Values.At("said")) != "yes"):
					t.Errorf("got %v, %v", r, err)
				}
			})
		})
	}
}

// swallow takes whatever is written, as the buffers of a connection do.
func swallow(in io.WriteCloser) io.WriteCloser {
	r, w := io.Pipe()
	go func() {
		queue := make(chan []byte, 1<<16)
		go func() {
			for b := range queue {
				if _, err := in.Write(b); err != nil {
					break
				}
			}
			_ = in.Close()
		}()
		for {
			b := make([]byte, 1<<12)
			n, err := r.Read(b)
			if err != nil {
				close(queue)
				return
			}
			queue <- b[:n]
		}
	}()
	return w
}
