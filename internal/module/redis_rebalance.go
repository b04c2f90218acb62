package module

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pig/internal/node"
	"pig/internal/redis"
	"pig/internal/value"
)

// redisRebalance moves slots with their keys until every primary of a native cluster has an equal share, or until those at without
// have none. It runs only when it is asked to, and can be interrupted: what has moved has moved, and it goes on from there.
//
// It returns moved, the number of slots.
func redisRebalance() Module {
	return Module{
		Name: "redis_rebalance",
		Spec: Spec{Args: append(redisArgs(),
			Arg{Name: "name", Required: true},
			Arg{Name: "endpoints", Type: List, Elements: Str, Required: true},
			Arg{Name: "without", Type: List, Elements: Str},
			Arg{Name: "timeout", Type: Int, Default: int64(60)},
		)},
		Run: runRedisRebalance,
	}
}

func runRedisRebalance(ctx context.Context, c *Call) (*value.Dict, error) {
	n, err := newNativeCluster(c)
	if err != nil {
		return nil, err
	}
	without, err := redisAddrs(c, "without")
	if err != nil {
		return nil, err
	}
	wrong := n.look(ctx)
	joined, _ := n.joined()
	if len(joined) == 0 {
		if wrong != nil && !errors.Is(wrong, node.ErrUnknown) {
			return nil, wrong
		}
		return value.DictOf("moved", int64(0)), nil
	}
	_, view := n.best(joined)
	moved, err := n.rebalance(ctx, view, without)
	return value.DictOf("moved", int64(moved)), err
}

func (n *nativeCluster) rebalance(ctx context.Context, view redis.View, without []redis.Addr) (int, error) {
	if covered := view.Covered(); covered < redis.Slots {
		return 0, fmt.Errorf("%s serves %d of %d slots: slots are moved only in a cluster that is well", n.name, covered, redis.Slots)
	}
	if err := n.mend(ctx, view); err != nil {
		return 0, err
	}
	var to []string
	for _, m := range view {
		if m.Primary() && m.Up() && !contains(without, m.Addr) {
			to = append(to, m.ID)
		}
	}
	if len(to) == 0 {
		return 0, fmt.Errorf("no primary of %s is left to take the slots", n.name)
	}
	moved := 0
	for _, move := range redis.Balance(view, to) {
		from, _ := view.ByID(move.From)
		into, _ := view.ByID(move.To)
		var ranges []string
		for _, r := range redis.Ranges(move.Slots) {
			ranges = append(ranges, fmt.Sprintf("%d-%d", r.From, r.To))
		}
		change := node.Change{Kind: "redis slots", ID: n.name + " " + from.Addr.String() + " to " + into.Addr.String(), Action: "move", Impact: node.ImpactReload,
			Attrs: []node.Attr{{Name: "slots", After: fmt.Sprintf("%d (%s)", len(move.Slots), strings.Join(ranges, " "))}}}
		if !n.call.System.Planned() {
			for _, slot := range move.Slots {
				if err := n.moveSlot(ctx, from, into, slot); err != nil {
					return moved, fmt.Errorf("moving slot %d from %s to %s: %w", slot, from.Addr, into.Addr, err)
				}
				moved++
			}
			n.announce(ctx, view, move)
		}
		if err := n.at(into.Addr).tell(ctx, change, []string{"PING"}); err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// announce tells the primaries that had no part in a move whose the slots are now. Gossip would, a little later.
func (n *nativeCluster) announce(ctx context.Context, view redis.View, move redis.Move) {
	var commands [][]string
	for _, slot := range move.Slots {
		commands = append(commands, []string{"CLUSTER", "SETSLOT", strconv.Itoa(slot), "NODE", move.To})
	}
	for _, m := range view {
		if m.Primary() && m.Up() && m.ID != move.From && m.ID != move.To {
			_ = n.at(m.Addr).quietly(ctx, commands...) // it learns it anyway
		}
	}
}

func contains(all []redis.Addr, a redis.Addr) bool {
	for _, o := range all {
		if o == a {
			return true
		}
	}
	return false
}

// mend ends moves of slots that somebody began and did not end.
func (n *nativeCluster) mend(ctx context.Context, view redis.View) error {
	for _, m := range view {
		if !m.Primary() || !m.Up() || n.call.System.Planned() {
			continue
		}
		reply, err := n.at(m.Addr).ask1(ctx, "CLUSTER", "NODES")
		if err != nil {
			return err
		}
		for line := range strings.SplitSeq(redis.Text(reply), "\n") {
			if !strings.Contains(line, "myself") {
				continue
			}
			for _, word := range strings.Fields(line) {
				if slot, to, ok := strings.Cut(strings.Trim(word, "[]"), "->-"); ok && strings.HasPrefix(word, "[") {
					into, known := view.ByID(to)
					number, err := strconv.Atoi(slot)
					if err != nil || !known {
						return fmt.Errorf("slot %s of %s is on its way to a node that is not known: redis-cli --cluster fix", slot, m.Addr)
					}
					if err := n.moveSlot(ctx, m, into, number); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// moveSlot moves one slot with its keys. Clients are led to the right place all the while.
func (n *nativeCluster) moveSlot(ctx context.Context, from, into redis.Node, slot int) error {
	s := strconv.Itoa(slot)
	source, target := n.at(from.Addr), n.at(into.Addr)
	source.timeout, target.timeout = 2*time.Minute, time.Minute
	if err := target.quietly(ctx, []string{"CLUSTER", "SETSLOT", s, "IMPORTING", from.ID}); err != nil && !redis.Refused(err) {
		return err
	}
	if err := source.quietly(ctx, []string{"CLUSTER", "SETSLOT", s, "MIGRATING", into.ID}); err != nil {
		return err
	}
	for {
		reply, err := source.ask1(ctx, "CLUSTER", "GETKEYSINSLOT", s, "100")
		if err != nil {
			return err
		}
		keys := redis.List(reply)
		if len(keys) == 0 {
			break
		}
		command := []string{"MIGRATE", into.Addr.Host, strconv.Itoa(into.Addr.Port), "", "0", "60000", "REPLACE"}
		if p := n.call.Args.String("password"); p != "" {
			command = append(command, "AUTH", p)
		}
		command = append(command, "KEYS")
		for _, k := range keys {
			command = append(command, redis.Text(k))
		}
		if err := source.quietly(ctx, command); err != nil {
			return err
		}
	}
	// The one who gets it learns first: then nobody is without an owner when the other lets go.
	if err := target.quietly(ctx, []string{"CLUSTER", "SETSLOT", s, "NODE", into.ID}); err != nil {
		return err
	}
	if err := source.quietly(ctx, []string{"CLUSTER", "SETSLOT", s, "NODE", into.ID}); err != nil {
		return err
	}
	return nil
}
