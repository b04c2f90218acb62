package modules

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
)

// join lets instances into the cluster that the one at at is in: as primaries without slots, or as replicas.
func (n *nativeCluster) join(ctx context.Context, at redis.Addr, view redis.View, lone []redis.Addr) error {
	if empty, err := n.empty(ctx, lone); err != nil || !empty {
		if err == nil {
			err = fmt.Errorf("cannot join %s: the joining instance has data that would be lost: empty the instance first", n.name)
		}
		return err
	}
	forgotten, view, err := n.gone(view, lone)
	if err != nil {
		return err
	}
	joins := redis.Joins(view, lone, len(n.declared), n.call.Args.Int("replicas"))
	ids := map[string]string{} // address of one that joins: its ID
	for _, a := range lone {
		self, _ := n.views[a].Self()
		ids[a.String()] = self.ID
	}
	meet := sync.OnceValue(func() error { // a step of the first of them
		for _, id := range forgotten {
			n.forget(ctx, view, id)
		}
		return n.meet(ctx, at, lone)
	})
	leaders := map[redis.Addr]string{}
	for _, j := range joins {
		leader, role := j.Leader, "primary without slots"
		if id, ok := ids[leader]; ok {
			leader = id
		}
		if j.Leader != "" {
			role = "replica of " + n.addressOf(view, j.Leader)
		}
		leaders[j.Addr] = leader
		change := node.Change{Kind: "redis cluster member", ID: j.Addr.String(), Action: "create", Attrs: []node.Attr{{Name: "cluster", After: n.name}, {Name: "as", After: role}}}
		if j.Moves {
			change.Action, change.Impact = "update", node.ImpactReload
		}
		if err := n.call.System.Do(ctx, change, func(ctx context.Context) error {
			if err := meet(); err != nil || j.Leader == "" {
				return err
			}
			if j.Moves {
				n.awaitLinks(ctx, joins)
			}
			if err := n.replicate(ctx, j.Addr, leader); err != nil {
				return fmt.Errorf("%s joins as a replica: %w", j.Addr, err)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return n.agree(ctx, leaders)
}

// awaitLinks waits until those that have joined as replicas have the data: one of them may take the place of a replica that moves on.
func (n *nativeCluster) awaitLinks(ctx context.Context, joins []redis.Join) {
	_ = n.call.System.Await(ctx, node.Wait{ //nolint:errcheck // whoever has no data yet gets them
		Limit: n.limit,
		Met: func(ctx context.Context) error {
			for _, j := range joins {
				if role, err := n.at(j.Addr).role(ctx); err != nil || !role.Primary && role.Link != "connected" {
					return cmp.Or(err, module.ErrNotSo)
				}
			}
			return nil
		},
	})
}

// agree waits until all who answer know whom those that have joined replicate: word of it goes from one to another.
func (n *nativeCluster) agree(ctx context.Context, leaders map[redis.Addr]string) error {
	return n.call.System.Await(ctx, node.Wait{
		Limit: n.limit,
		Met: func(ctx context.Context) error {
			_ = n.look(ctx) // one that is down need not know
			for _, v := range n.views {
				for a, leader := range leaders {
					if m, ok := v.At(a); !ok || m.Leader != leader {
						return module.ErrNotSo
					}
				}
			}
			return nil
		},
		Late: func(context.Context, error) error {
			n.call.Facts.Warn("%s: not all instances know the replicas yet", n.name)
			return nil
		},
	})
}

func (n *nativeCluster) addressOf(view redis.View, leader string) string {
	if m, ok := view.ByID(leader); ok {
		return m.Addr.String()
	}
	return leader
}

// gone finds the failed nodes in whose places instances come back that have lost their memory. One that still has slots cannot
// be replaced: nobody has its data.
func (n *nativeCluster) gone(view redis.View, lone []redis.Addr) (ids []string, left redis.View, err error) {
	for _, m := range view {
		switch {
		case !slices.Contains(lone, m.Addr) || m.Up():
			left = append(left, m)
		case m.Slots() > 0:
			return nil, nil, fmt.Errorf("%s has restarted without its data, and the cluster %s has no other copy of its %d slots: restore its data, or give up the slots (CLUSTER FAILOVER TAKEOVER, DELSLOTS)",
				m.Addr, n.name, m.Slots())
		default:
			ids = append(ids, m.ID)
		}
	}
	return ids, left, nil
}

// forget makes all instances forget a node. They refuse for a minute to learn of it again.
func (n *nativeCluster) forget(ctx context.Context, view redis.View, id string) {
	for _, m := range view {
		if m.ID == id || !m.Up() {
			continue
		}
		if err := n.at(m.Addr).quietly(ctx, []string{"CLUSTER", "FORGET", id}); err != nil && !strings.Contains(err.Error(), "Unknown node") {
			n.call.Facts.Warn("%s does not forget %s: %v", m.Addr, id, err)
		}
	}
}
