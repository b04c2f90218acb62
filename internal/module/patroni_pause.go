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
	var live struct {
		Pause bool   `json:"pause"`
		By    string `json:"paused_by"`
	}
	err := p.get(ctx, p.base+"/config", &live)
	if errors.Is(err, node.ErrUnknown) && !errors.Is(err, node.ErrNotYet) {
		return nil, err
	}
	if err != nil && !errors.Is(err, node.ErrNotYet) {
		return nil, postgresTrouble(ctx, c, c.Args.String("unit"), c.Args.Int("patroni_port"), fmt.Errorf("reading the dynamic configuration: %w", err))
	}
	const own = "pig"
	paused := c.Args.String("state") == "paused"
	body := map[string]any{"pause": nil, pausedBy: nil}
	change := node.Change{Kind: "patroni cluster", ID: c.Args.String("cluster"), Action: "resume"}
	if paused {
		body, change.Action = map[string]any{"pause": true, pausedBy: own}, "pause"
	}
	if paused == (live.Pause && live.By == own) || !paused && live.By != own {
		return value.DictOf("resumed", false), nil
	}
	if err := p.send(ctx, "PATCH", p.base+"/config", body, 30*time.Second, change); err != nil {
		return nil, err
	}
	if paused && !c.System.Planned() {
		p.awaitPause(ctx)
	}
	return value.DictOf("resumed", !paused), nil
}

// awaitPause waits until every member that answers knows that it must not act.
func (p patroni) awaitPause(ctx context.Context) {
	for deadline := time.Now().Add(pauseTakes); ; {
		unaware := ""
		view, err := p.glance(ctx)
		for _, m := range view.Members {
			s, err := p.state(ctx, m)
			if err == nil && !s.Paused {
				unaware = m.Name
			}
		}
		if err == nil && unaware == "" {
			return
		}
		if time.Now().After(deadline) || pause(ctx, interval) != nil {
			p.call.Facts.Warn("the cluster is paused, and %s does not know it yet", unaware)
			return
		}
	}
}

// pauseTakes is how long members take at most to notice a pause: one turn of Patroni's loop.
const pauseTakes = 30 * time.Second
