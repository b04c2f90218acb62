package module

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pig/internal/node"
	"pig/internal/value"
)

// patroniPause puts a cluster into maintenance, or takes it out of it: while it is paused, Patroni changes no leader and starts
// nothing that stops. A cluster that somebody else paused is not resumed: beside the pause stands who is behind it.
//
// It returns resumed: whether the cluster goes on by itself from here on, which in a plan it does not yet.
func patroniPause() Module {
	return Module{
		Name: "patroni_pause",
		Spec: Spec{Args: append(patroniArgs(),
			Arg{Name: "cluster", Required: true},
			Arg{Name: "state", Required: true, Choices: []string{"paused", "resumed"}},
		)},
		Run: runPatroniPause,
	}
}

// pausedBy is the key of the dynamic configuration that tells who paused the cluster. Patroni has no other use for it.
const pausedBy = "paused_by"

func runPatroniPause(ctx context.Context, c *Call) (*value.Dict, error) {
	p := newPatroni(ctx, c)
	if c.Args.String("state") == "paused" {
		_, err := p.pause(ctx, c.Args.String("cluster"), pausedByPig)
		return value.DictOf("resumed", false), err
	}
	resumed, err := p.resume(ctx, c.Args.String("cluster"), pausedByPig)
	return value.DictOf("resumed", resumed), err
}

// resting is what the dynamic configuration says of a pause.
type resting struct {
	Pause bool   `json:"pause"`
	By    string `json:"paused_by"`
}

const pausedByPig = "pig"

func (p patroni) resting(ctx context.Context) (live resting, err error) {
	err = p.get(ctx, p.base+"/config", &live)
	switch {
	case errors.Is(err, node.ErrNotYet):
		return live, nil
	case err != nil && !errors.Is(err, node.ErrUnknown):
		a := p.call.Args
		err = postgresTrouble(ctx, p.call, a.String("unit"), a.Int("patroni_port"), fmt.Errorf("cannot read the dynamic configuration: %w", err))
	}
	return live, err
}

// pause puts the cluster into maintenance in the name of by, and tells whether that was done here.
func (p patroni) pause(ctx context.Context, cluster, by string) (bool, error) {
	live, err := p.resting(ctx)
	if err != nil || live.Pause && live.By == by {
		return false, err
	}
	change := node.Change{Kind: "patroni cluster", ID: cluster, Action: "pause"}
	if err := p.send(ctx, "PATCH", p.base+"/config", map[string]any{"pause": true, pausedBy: by}, 30*time.Second, change); err != nil {
		return false, err
	}
	if !p.call.System.Planned() {
		p.awaitPause(ctx, true)
	}
	return true, nil
}

// resume ends a pause in the name of by, and tells whether there was one.
func (p patroni) resume(ctx context.Context, cluster, by string) (bool, error) {
	live, err := p.resting(ctx)
	if err != nil || live.By != by {
		return false, err
	}
	change := node.Change{Kind: "patroni cluster", ID: cluster, Action: "resume"}
	return true, p.send(ctx, "PATCH", p.base+"/config", map[string]any{"pause": nil, pausedBy: nil}, 30*time.Second, change)
}

// awaitPause waits until every member that answers knows that it must not act, or that it may again.
func (p patroni) awaitPause(ctx context.Context, paused bool) {
	for deadline := time.Now().Add(pauseTakes); ; {
		unaware := ""
		view, err := p.glance(ctx)
		for _, m := range view.Members {
			s, err := p.state(ctx, m)
			if err == nil && s.Paused != paused {
				unaware = m.Name
			}
		}
		if err == nil && unaware == "" {
			return
		}
		if time.Now().After(deadline) || pause(ctx, interval) != nil {
			p.call.Facts.Warn("%s does not know yet whether the cluster is paused", unaware)
			return
		}
	}
}

// pauseTakes is how long members take at most to notice a pause: one turn of Patroni's loop.
const pauseTakes = 30 * time.Second
