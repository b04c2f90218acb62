package modules

import (
	"context"
	"fmt"

	"pig/internal/node"
	redis "pig/internal/products/redis/model"
)

// heal mends what a cluster does not mend by itself: primaries that are lost for good, because another instance has their address
// by now. The cluster waits for them for ever: a replica takes their slots over, and those without slots are forgotten. It gives
// the view after that.
func (n *nativeCluster) heal(ctx context.Context, at redis.Addr, view redis.View) (redis.View, error) {
	healed := view // once replicas have taken over
	lost := false
	for _, m := range view {
		if !m.Has("noaddr") || m.Slots() == 0 {
			continue
		}
		for _, f := range view.Followers(m.ID) {
			if !f.Up() {
				continue
			}
			change := node.Change{Kind: "redis cluster", ID: n.name, Action: "failover", Impact: node.ImpactFailover,
				Attrs: []node.Attr{{Name: "primary", Before: m.ID + ", which is lost", After: f.Addr.String()}}}
			if err := n.at(f.Addr).tell(ctx, change, []string{"CLUSTER", "FAILOVER", "TAKEOVER"}); err != nil {
				return view, fmt.Errorf("promoting %s for the slots of the lost %s: %w", f.Addr, m.ID, err)
			}
			healed, lost = healed.Given(m.SlotList(), f.ID), true
			break
		}
	}
	if lost {
		var err error
		if view, err = n.awaitWhole(ctx, at, healed); err != nil {
			return nil, err
		}
	}
	var left redis.View
	for _, m := range view {
		if !m.Has("noaddr") || m.Slots() > 0 {
			left = append(left, m)
			continue
		}
		change := node.Change{Kind: "redis cluster member", ID: m.ID, Action: "delete"}
		if err := n.call.System.Do(ctx, change, func(ctx context.Context) error { n.forget(ctx, view, m.ID); return nil }); err != nil {
			return view, err
		}
	}
	return left, nil
}

// awaitWhole waits until the one at at sees all slots served, and gives its view: healed, as long as there is none but a plan.
func (n *nativeCluster) awaitWhole(ctx context.Context, at redis.Addr, healed redis.View) (redis.View, error) {
	err := n.call.System.Await(ctx, node.Wait{
		Limit: n.limit,
		Met: func(ctx context.Context) error {
			_ = n.look(ctx)
			if v := n.views[at]; v.Covered() == redis.Slots {
				healed = v
				return nil
			}
			return fmt.Errorf("%s does not serve all slots, although replicas were promoted", n.name)
		},
	})
	return healed, err
}
