package module

import (
	"context"
	"fmt"
	"time"

	"pig/internal/node"
	"pig/internal/redis"
)

// heal mends what a cluster does not mend by itself: primaries that are lost for good, because another instance has their address
// by now. The cluster waits for them for ever: a replica takes their slots over, and those without slots are forgotten. It gives
// the view after that.
func (n *nativeCluster) heal(ctx context.Context, at redis.Addr, view redis.View) (redis.View, error) {
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
				return view, fmt.Errorf("%s takes over the slots of %s, which is lost: %w", f.Addr, m.ID, err)
			}
			lost = true
			break
		}
	}
	if lost && !n.call.System.Planned() {
		if view = n.await(ctx, at, func(v redis.View) bool { return v.Covered() == redis.Slots }); view == nil {
			return nil, fmt.Errorf("%s does not serve all slots, although replicas have taken over", n.name)
		}
	}
	var left redis.View
	for _, m := range view {
		if !m.Has("noaddr") || m.Slots() > 0 {
			left = append(left, m)
			continue
		}
		if !n.call.System.Planned() {
			n.forget(ctx, view, m.ID)
		}
		change := node.Change{Kind: "redis cluster member", ID: m.ID, Action: "delete"}
		if err := n.at(at).tell(ctx, change, []string{"PING"}); err != nil {
			return view, err
		}
	}
	return left, nil
}

// await looks until the view of the one at at is as wanted; nil if it does not get so in time.
func (n *nativeCluster) await(ctx context.Context, at redis.Addr, wanted func(redis.View) bool) redis.View {
	for deadline := time.Now().Add(n.limit); time.Now().Before(deadline); {
		_ = n.look(ctx)
		if v := n.views[at]; wanted(v) {
			return v
		}
		if pause(ctx, interval) != nil {
			return nil
		}
	}
	return nil
}
