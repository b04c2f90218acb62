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

// etcdHealth waits until etcd is well at every endpoint that is given: usually this node's own.
func etcdHealth() module.Module {
	return module.Module{
		Name: "etcd_health",
		Spec: module.Spec{Args: append(etcdArgs(), module.Arg{Name: "timeout", Type: module.Int, Default: int64(60)})},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			begin := time.Now()
			e := newEtcd(c)
			if err := e.awaitWell(ctx, e.endpoints, time.Duration(c.Args.Int("timeout"))*time.Second); err != nil {
				return nil, err
			}
			return value.DictOf("elapsed", int64(time.Since(begin).Seconds())), nil
		},
	}
}

// awaitWell waits until etcd is well at each of urls.
func (e *etcdClient) awaitWell(ctx context.Context, urls []string, limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for _, at := range urls {
		if err := e.call.System.Await(ctx, node.Wait{
			Limit: time.Until(deadline),
			Met:   func(ctx context.Context) error { return e.well(ctx, at) },
			Late: func(ctx context.Context, why error) error {
				return etcdTrouble(ctx, e.call, fmt.Errorf("etcd did not become healthy within %v: %w", limit, why))
			},
			Assume: func(why error) {
				if !errors.Is(why, node.ErrUnknown) {
					e.call.Facts.Warn("etcd is not healthy now: %v", why)
				}
			},
		}); err != nil {
			return err
		}
	}
	return nil
}
