package module

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pig/internal/node"
	"pig/internal/value"
)

// etcdHealth waits until etcd is well at every endpoint that is given: usually this node's own.
func etcdHealth() Module {
	return Module{
		Name: "etcd_health",
		Spec: Spec{Args: append(etcdArgs(), Arg{Name: "timeout", Type: Int, Default: int64(60)})},
		Run: func(ctx context.Context, c *Call) (*value.Dict, error) {
			begin := time.Now()
			e := newEtcd(c)
			if err := e.awaitWell(ctx, e.endpoints, time.Duration(c.Args.Int("timeout"))*time.Second); err != nil {
				return nil, err
			}
			return value.DictOf("elapsed", int64(time.Since(begin).Seconds())), nil
		},
	}
}

// awaitWell waits until etcd is well at each of urls. A plan cannot wait: what it starts will be well.
func (e *etcdClient) awaitWell(ctx context.Context, urls []string, limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for _, at := range urls {
		for {
			err := e.well(ctx, at)
			if err == nil || errors.Is(err, node.ErrUnknown) {
				break
			}
			if e.call.System.Planned() {
				e.call.Facts.Warn("etcd is not healthy now: %v", err)
				break
			}
			if time.Now().After(deadline) {
				return etcdTrouble(ctx, e.call, fmt.Errorf("etcd did not become healthy within %v: %w", limit, err))
			}
			if err := pause(ctx, interval); err != nil {
				return err
			}
		}
	}
	return nil
}
