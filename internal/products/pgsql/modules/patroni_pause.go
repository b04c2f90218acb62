package modules

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// patroniPause puts a cluster into maintenance, or takes it out of it: while it is paused, Patroni changes no leader and starts
// nothing that stops. A cluster that somebody else paused is not resumed: beside the pause stands who is behind it. An operator resumes it
// whoever paused it, and what an operator paused no later apply resumes.
//
// It returns resumed: whether the cluster goes on by itself from here on, which in a plan it does not yet.
func patroniPause() module.Module {
	return module.Module{
		Name: "patroni_pause",
		Spec: module.Spec{Args: append(patroniArgs(),
			module.Arg{Name: "cluster", Required: true},
			module.Arg{Name: "state", Required: true, Choices: []string{"paused", "resumed"}},
			module.Arg{Name: "by", Default: pausedByPig, Choices: []string{pausedByPig, pausedByOperator}},
		)},
		Run: runPatroniPause,
	}
}

// pausedBy is the key of the dynamic configuration that tells who paused the cluster. Patroni has no other use for it.
const pausedBy = "paused_by"

func runPatroniPause(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p := newPatroni(ctx, c)
	if c.Args.String("state") == "paused" {
		_, err := p.pause(ctx, c.Args.String("cluster"), c.Args.String("by"))
		return value.DictOf("resumed", false), err
	}
	resumed, err := p.resume(ctx, c.Args.String("cluster"), c.Args.String("by"))
	return value.DictOf("resumed", resumed), err
}

// resting is what the dynamic configuration says of a pause.
type resting struct {
	Pause bool   `json:"pause"`
	By    string `json:"paused_by"`
}

// Who pauses a cluster: the inventory (patroni_mode), and an operator for a while.
const (
	pausedByPig      = "pig"
	pausedByOperator = "operator"
)

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
	change := node.Change{Kind: "patroni cluster", ID: cluster, Action: "pause", Makes: map[string]string{pauseOf(cluster): "on"}}
	if err := p.configure(ctx, p.base, map[string]any{"pause": true, pausedBy: by}, change); err != nil {
		return false, err
	}
	return true, p.awaitPause(ctx, true)
}

// resume ends a pause in the name of by, and tells whether there was one. An operator ends every pause.
func (p patroni) resume(ctx context.Context, cluster, by string) (bool, error) {
	live, err := p.resting(ctx)
	if err != nil || live.By != by && !(by == pausedByOperator && live.Pause) {
		return false, err
	}
	change := resuming(cluster)
	return true, p.configure(ctx, p.base, map[string]any{"pause": nil, pausedBy: nil}, change)
}

// pauseOf is the fact whether a cluster is paused: on or off.
func pauseOf(cluster string) string { return "pause of " + cluster }

func resuming(cluster string) node.Change {
	return node.Change{Kind: "patroni cluster", ID: cluster, Action: "resume", Makes: map[string]string{pauseOf(cluster): "off"}}
}

// awaitPause waits until every member that answers knows that it must not act, or that it may again.
func (p patroni) awaitPause(ctx context.Context, paused bool) error {
	return p.call.System.Await(ctx, node.Wait{
		Limit: pauseTakes,
		Met: func(ctx context.Context) error {
			view, err := p.glance(ctx)
			if err != nil {
				return err
			}
			for _, m := range view.Members {
				if s, err := p.state(ctx, m); err == nil && s.Paused != paused {
					return &unaware{m.Name}
				}
			}
			return nil
		},
		Late: func(_ context.Context, why error) error {
			var who *unaware
			name := ""
			if errors.As(why, &who) {
				name = who.member
			}
			p.call.Facts.Warn("%s has not yet read whether the cluster is paused", name)
			return nil
		},
	})
}

// pauseTakes is how long members take at most to notice a pause: one turn of Patroni's loop.
const pauseTakes = 30 * time.Second

// unaware is a member that does not know yet whether its cluster is paused.
type unaware struct{ member string }

func (u *unaware) Error() string {
	return u.member + " has not yet read whether the cluster is paused"
}
