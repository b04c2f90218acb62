package engine

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"pig/internal/fleet"
	"pig/internal/inventory"
	"pig/internal/module"
)

// endless never ends a task by itself, and tells when one has begun.
type endless struct {
	here
	begun chan struct{}
	why   error
}

func (n *endless) Run(ctx context.Context, _ fleet.Host, _ fleet.Task) (module.Result, error) {
	close(n.begun)
	<-ctx.Done()
	n.why = context.Cause(ctx)
	return module.Result{}, n.why
}

// An interrupted run does not wait for the limit of a job: the job ends for the reason of the interruption.
func TestJobsEndWithAnInterruptedRun(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	n := &endless{here: l.nodes.(here), begun: make(chan struct{})} //nolint:forcetypeassert // newLab gives one
	l.nodes = n
	l.write("play.yml", "- hosts: all\n  tasks:\n    - { command: sleep 9999, async: 9999, poll: 0 }\n")
	inv, _, err := inventory.Load([]string{"a,"}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := l.engine(inv)
	plays, err := e.Loader.Load(filepath.Join(l.dir, "play.yml"))
	if err != nil {
		t.Fatal(err)
	}
	interrupted := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-n.begun
		cancel(interrupted)
	}()
	_ = e.Run(ctx, plays)
	if !errors.Is(n.why, interrupted) {
		t.Errorf("the job ended by %v", n.why)
	}
}
