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

// patroniProcess restarts this node's Patroni, and not its PostgreSQL, if one of the files that Patroni reads only when it starts
// is newer than the process: so it is with the certificate that it shows etcd. The cluster is paused meanwhile, so that
// PostgreSQL goes on without Patroni and nobody takes over. Run it with throttle: 1.
//
// It returns restarted. A cluster that somebody else paused stays so; a pause of its own that a run before did not end, ends.
func patroniProcess() module.Module {
	return module.Module{
		Name: "patroni_process",
		Spec: module.Spec{Args: append(patroniArgs(),
			module.Arg{Name: "cluster", Required: true}, module.Arg{Name: "name", Required: true},
			module.Arg{Name: "reads", Type: module.List, Elements: module.Str, Required: true},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(120)},
		)},
		Run: runPatroniProcess,
	}
}

func runPatroniProcess(ctx context.Context, c *module.Call) (*value.Dict, error) {
	unit := c.Args.String("unit")
	services := c.System.Services()
	u, err := services.Unit(ctx, unit)
	if err != nil || !u.Running() {
		return value.DictOf("restarted", false), err
	}
	fresh, err := module.StartedAfter(ctx, c, unit, c.Args.Strings("reads"))
	if err != nil {
		return nil, err
	}
	p := newPatroni(ctx, c)
	p.base = p.own(ctx)
	live, err := p.resting(ctx)
	if err != nil {
		return nil, err
	}
	cluster, self := c.Args.String("cluster"), "pig, for Patroni of "+c.Args.String("name")
	own := !live.Pause || live.By == self
	if fresh {
		_, err := p.resume(ctx, cluster, self)
		return value.DictOf("restarted", false), err
	}
	if own {
		if _, err := p.pause(ctx, cluster, self); err != nil {
			return nil, err
		}
	}
	if err := p.awaitPause(ctx, true); err != nil { // a Patroni that does not know of the pause stops its PostgreSQL
		return nil, err
	}
	if err := services.Restart(ctx, unit, node.UnitOptions{Impact: node.ImpactReload}); err != nil {
		return nil, err
	}
	if err := p.awaitProcess(ctx); err != nil {
		return nil, err
	}
	if own {
		err = p.end(ctx, cluster, self)
	}
	return value.DictOf("restarted", true), err
}

// awaitProcess waits until Patroni has found its PostgreSQL again and the cluster has a leader.
func (p patroni) awaitProcess(ctx context.Context) error {
	limit := time.Duration(p.call.Args.Int("timeout")) * time.Second
	return p.call.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			var s memberState
			if err := p.get(ctx, p.base+"/patroni", &s); err != nil {
				return err
			}
			if s.State != "running" && s.State != "streaming" {
				return fmt.Errorf("PostgreSQL is %q", s.State)
			}
			v, err := p.glance(ctx)
			if _, led := v.Leader(); err == nil && !led {
				err = errors.New("the cluster has no leader")
			}
			return err
		},
		Late: func(ctx context.Context, why error) error {
			return postgresTrouble(ctx, p.call, p.call.Args.String("unit"), p.call.Args.Int("patroni_port"), fmt.Errorf("cannot restart Patroni: %w within %s", why, limit))
		},
	})
}

// end resumes the cluster, unless somebody else has paused it meanwhile, and waits until all members know: else the next member would take
// what they still know of this pause for its own.
func (p patroni) end(ctx context.Context, cluster, by string) error {
	live, err := p.resting(ctx)
	if err != nil || live.Pause && live.By != by {
		return err
	}
	change := resuming(cluster)
	if err := p.configure(ctx, p.base, map[string]any{"pause": nil, pausedBy: nil}, change); err != nil {
		return err
	}
	return p.awaitPause(ctx, false)
}
