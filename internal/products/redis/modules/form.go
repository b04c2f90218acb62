package modules

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// form makes a cluster of instances that hold no data: primaries with equal shares of the slots, replicas on other nodes. It
// can go on where it was interrupted: what is there already stays.
func (n *nativeCluster) form(ctx context.Context) (*value.Dict, error) {
	shards := redis.Place(n.declared, n.call.Args.Int("replicas"))
	change := node.Change{Kind: "redis cluster", ID: n.name, Action: "create"}
	for _, s := range shards {
		text := ""
		for _, r := range s.Replicas {
			text += " " + r.String()
		}
		change.Attrs = append(change.Attrs, node.Attr{Name: s.Primary.String(), After: fmt.Sprintf("slots %d-%d, replicas%s", s.Slots.From, s.Slots.To, text)})
	}
	result := value.DictOf("state", "ok", "slots", int64(redis.Slots))
	err := n.call.System.Do(ctx, change, func(ctx context.Context) (err error) {
		if err = n.make(ctx, shards); err == nil {
			_ = n.look(ctx)
			result, err = n.outcome(nil)
		}
		return err
	})
	return result, err
}

// make takes the steps to the cluster.
func (n *nativeCluster) make(ctx context.Context, shards []redis.Shard) error {
	owned := map[int]bool{}
	for _, v := range n.views {
		for s, id := range v.Owner() {
			owned[s] = owned[s] || id != ""
		}
	}
	for i, s := range shards {
		if err := n.ownSlots(ctx, s, int64(i+1), owned); err != nil {
			return err
		}
	}
	if err := n.meet(ctx, n.declared[0], n.declared[1:]); err != nil {
		return err
	}
	for _, s := range shards {
		leader, _ := n.views[s.Primary].Self()
		for _, r := range s.Replicas {
			if err := n.replicate(ctx, r, leader.ID); err != nil {
				return err
			}
		}
	}
	return n.settle(ctx)
}

// ownSlots gives a primary those of its slots that nobody has. Different epochs keep a new cluster from having to agree on them.
func (n *nativeCluster) ownSlots(ctx context.Context, s redis.Shard, epoch int64, owned map[int]bool) error {
	var slots []string
	for slot := s.Slots.From; slot <= s.Slots.To; slot++ {
		if !owned[slot] {
			slots = append(slots, strconv.Itoa(slot))
		}
	}
	if self, _ := n.views[s.Primary].Self(); self.Epoch == 0 && len(n.views[s.Primary]) == 1 {
		if err := n.at(s.Primary).quietly(ctx, []string{"CLUSTER", "SET-CONFIG-EPOCH", strconv.FormatInt(epoch, 10)}); err != nil && !redis.Refused(err) {
			return err
		}
	}
	if len(slots) == 0 {
		return nil
	}
	return n.at(s.Primary).quietly(ctx, append([]string{"CLUSTER", "ADDSLOTS"}, slots...))
}

// meet introduces others to one instance and waits until all of them know each other. Who has no part in it may be down.
func (n *nativeCluster) meet(ctx context.Context, one redis.Addr, others []redis.Addr) error {
	all := append([]redis.Addr{one}, others...)
	again := time.Time{}
	return n.call.System.Await(ctx, node.Wait{
		Limit: n.limit,
		Met: func(ctx context.Context) error {
			_ = n.look(ctx)
			if err := n.silent(all); err != nil {
				return node.Final(err)
			}
			missing := n.strangersAmong(all)
			if len(missing) == 0 {
				return nil
			}
			if time.Now().After(again) { // a word may get lost
				if err := n.introduce(ctx, one, others); err != nil {
					return node.Final(err)
				}
				again = time.Now().Add(5 * time.Second)
			}
			return fmt.Errorf("instances of %s cannot reach each other: %s and %s: open the bus port, which is the port plus 10000", n.name, missing[0][0], missing[0][1])
		},
	})
}

func (n *nativeCluster) introduce(ctx context.Context, one redis.Addr, others []redis.Addr) error {
	for _, a := range others {
		if _, ok := n.views[one].At(a); ok {
			continue
		}
		if err := n.at(one).quietly(ctx, []string{"CLUSTER", "MEET", a.Host, strconv.Itoa(a.Port)}); err != nil {
			return err
		}
	}
	return nil
}

// strangersAmong are the pairs of instances of which one does not know the other.
func (n *nativeCluster) strangersAmong(all []redis.Addr) [][2]redis.Addr {
	var pairs [][2]redis.Addr
	for _, a := range all {
		for _, b := range all {
			self, _ := n.views[b].Self()
			if m, ok := n.views[a].ByID(self.ID); a != b && (!ok || !m.Up()) {
				pairs = append(pairs, [2]redis.Addr{a, b})
			}
		}
	}
	return pairs
}

// replicate makes an instance the replica of a node.
func (n *nativeCluster) replicate(ctx context.Context, a redis.Addr, leader string) error {
	if self, _ := n.views[a].Self(); self.Leader == leader {
		return nil
	}
	return n.call.System.Await(ctx, node.Wait{
		Limit: n.limit,
		Met: func(ctx context.Context) error {
			err := n.at(a).quietly(ctx, []string{"CLUSTER", "REPLICATE", leader})
			if err != nil && !redis.Refused(err) { // else it may not have heard of that node yet
				return node.Final(err)
			}
			return err
		},
	})
}

// settle waits until every instance says that the cluster is well, and replicas are connected: right after the making commands
// are refused for a moment.
func (n *nativeCluster) settle(ctx context.Context) error {
	return n.call.System.Await(ctx, node.Wait{
		Limit: n.limit,
		Met: func(ctx context.Context) error {
			for _, a := range n.declared {
				if err := n.wellAt(ctx, a); err != nil {
					return fmt.Errorf("%s did not become healthy within %v: %w", n.name, n.limit, err)
				}
			}
			return nil
		},
	})
}

func (n *nativeCluster) wellAt(ctx context.Context, a redis.Addr) error {
	replies, err := n.at(a).ask(ctx, []string{"CLUSTER", "INFO"}, []string{"ROLE"}, []string{"CLUSTER", "NODES"})
	if err != nil {
		return err
	}
	if info := redis.ParseInfo(redis.Text(replies[0])); info["cluster_state"] != "ok" {
		return fmt.Errorf("%s reports cluster state %s, with %s of %d slots", a, info["cluster_state"], info["cluster_slots_ok"], redis.Slots)
	}
	role, err := redis.ParseRole(replies[1])
	if err != nil {
		return err
	}
	if !role.Primary && role.Link != "connected" {
		return fmt.Errorf("%s is not connected to %s: %s", a, role.Follows, role.Link)
	}
	view, err := redis.ParseNodes(redis.Text(replies[2]), a.Host)
	if err != nil {
		return err
	}
	for _, d := range n.declared {
		if m, ok := view.At(d); !ok || !m.Up() {
			return fmt.Errorf("%s does not know %s", a, d)
		}
	}
	if self, ok := view.Self(); ok && slices.ContainsFunc(view, func(m redis.Node) bool { return m.ID != self.ID && !m.Linked && m.Up() }) {
		return fmt.Errorf("%s is not connected to all others", a)
	}
	return nil
}
