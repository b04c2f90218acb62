package fleet_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"pig/internal/agent"
	"pig/internal/fleet"
	"pig/internal/fleet/liar"
	"pig/internal/module"
	"pig/internal/transport"
	"pig/internal/value"
)

// An agent that takes the place of another one takes the host's lock before anything else; where somebody else has it by now, nothing is done.
func TestANewAgentTakesTheLockFirst(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var did []string
	refuse := false
	answer := func(id uint32, req agent.Request, out *liar.Out) {
		mu.Lock()
		did = append(did, req.Module)
		no := refuse && req.Module == "node_lock"
		mu.Unlock()
		if no {
			out.Result(id, module.Refused("another run of pig is active on this node: ann"))
			return
		}
		out.Values(id)
	}
	f := fleet.Over(func(fleet.Host) (io.WriteCloser, io.Reader, error) {
		in, out := liar.Start(answer)
		return in, out, nil
	}, nil)
	defer f.Close()
	run := func(name string) error {
		_, err := f.Run(context.Background(), fleet.Host{Target: transport.Target{Name: name, Addr: name}}, fleet.Task{Task: module.Task{Module: "work", Args: value.NewDict()}})
		return err
	}
	reset := func() { f.Reset(fleet.Host{Target: transport.Target{Name: "a"}}) }
	f.First([]string{"a"}, fleet.Task{Task: module.Task{Module: "node_lock", Args: value.NewDict()}})
	var gone *fleet.Unreachable
	switch {
	case run("a") != nil || run("b") != nil || run("a") != nil:
		t.Fatal("a task failed")
	case strings.Join(did, " ") != "node_lock work work work":
		t.Errorf("done: %v", did)
	}
	refuse = true
	reset()
	if err := run("a"); !errors.As(err, &gone) || !strings.Contains(err.Error(), "ann") {
		t.Errorf("on a host that somebody else has locked: %v", err)
	}
	f.First(nil, fleet.Task{})
	reset()
	if err := run("a"); err != nil {
		t.Errorf("after the end of the run: %v", err)
	}
	if strings.Join(did, " ") != "node_lock work work work node_lock work" {
		t.Errorf("done: %v", did)
	}
}
