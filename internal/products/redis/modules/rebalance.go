package modules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// redisRebalance moves slots with their keys until every primary of a native cluster has an equal share, or until those at without
// have none. It runs only when it is asked to, and can be interrupted: what has moved has moved, and it goes on from there.
//
// It returns moved, the number of slots.
func redisRebalance() module.Module {
	return module.Module{
		Name: "redis_rebalance",
		Spec: module.Spec{Args: append(redisArgs(),
			module.Arg{Name: "name", Required: true},
			module.Arg{Name: "endpoints", Type: module.List, Elements: module.Str, Required: true},
			module.Arg{Name: "without", Type: module.List, Elements: module.Str},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(60)},
		)},
		Run: runRedisRebalance,
	}
}

func runRedisRebalance(ctx context.Context, c *module.Call) (*value.Dict, error) {
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
		return 0, fmt.Errorf("cannot move slots of %s: only %d of %d slots are served", n.name, covered, redis.Slots)
	}
	moved, view, err := n.mend(ctx, view)
	if err != nil {
		return moved, err
	}
	var to []string
	for _, m := range view {
		self, answers := n.views[m.Addr].Self()
		if m.Primary() && m.Up() && !contains(without, m.Addr) && (!answers || self.Primary()) { // by its own word, too
			to = append(to, m.ID)
		}
	}
	if len(to) == 0 {
		return moved, fmt.Errorf("no primary of %s is left to take the slots", n.name)
	}
	for _, m := range redis.Balance(view, to) {
		some, err := n.move(ctx, view, m)
		if moved += some; err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// move is one change: slots go from one primary to another. It tells how many have gone.
func (n *nativeCluster) move(ctx context.Context, view redis.View, m redis.Move) (moved int, err error) {
	from, _ := view.ByID(m.From)
	into, _ := view.ByID(m.To)
	err = n.call.System.Do(ctx, n.moving(from, into, m.Slots), func(ctx context.Context) error {
		for some := range slices.Chunk(m.Slots, slotsAtOnce) {
			if err := n.moveSlots(ctx, from, into, some); err != nil {
				return fmt.Errorf("cannot move slots %d to %d from %s to %s: %w", some[0], some[len(some)-1], from.Addr, into.Addr, err)
			}
			moved += len(some)
		}
		n.announce(ctx, view, m)
		return nil
	})
	if err == nil {
		moved = len(m.Slots)
	}
	return moved, err
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

// mend ends moves of slots that somebody began and did not end. It tells how many slots they were, and how the cluster is then.
func (n *nativeCluster) mend(ctx context.Context, view redis.View) (moved int, after redis.View, err error) {
	after = view
	for _, m := range view {
		if !m.Primary() || !m.Up() {
			continue
		}
		moves, err := n.begun(ctx, view, m)
		if err != nil {
			return moved, after, err
		}
		for _, move := range moves {
			some, err := n.move(ctx, after, move)
			if moved += some; err != nil {
				return moved, after, err
			}
			after = after.Given(move.Slots, move.To)
		}
	}
	return moved, after, nil
}

// begun are the moves from a primary that were not ended: one for each that gets slots.
func (n *nativeCluster) begun(ctx context.Context, view redis.View, m redis.Node) (moves []redis.Move, err error) {
	reply, err := n.at(m.Addr).ask1(ctx, "CLUSTER", "NODES")
	if err != nil {
		return nil, err
	}
	for line := range strings.SplitSeq(redis.Text(reply), "\n") {
		if !strings.Contains(line, "myself") {
			continue
		}
		for _, word := range strings.Fields(line) {
			slot, to, ok := strings.Cut(strings.Trim(word, "[]"), "->-")
			if !ok || !strings.HasPrefix(word, "[") {
				continue
			}
			number, err := strconv.Atoi(slot)
			if _, known := view.ByID(to); err != nil || !known {
				return nil, fmt.Errorf("slot %s of %s is migrating to an unknown node: redis-cli --cluster fix", slot, m.Addr)
			}
			if i := slices.IndexFunc(moves, func(o redis.Move) bool { return o.To == to }); i >= 0 {
				moves[i].Slots = append(moves[i].Slots, number)
			} else {
				moves = append(moves, redis.Move{From: m.ID, To: to, Slots: []int{number}})
			}
		}
	}
	return moves, nil
}

// moving is the change that a move of slots makes.
func (n *nativeCluster) moving(from, into redis.Node, slots []int) node.Change {
	var ranges []string
	for _, r := range redis.Ranges(slots) {
		ranges = append(ranges, fmt.Sprintf("%d-%d", r.From, r.To))
	}
	return node.Change{
		Kind: "redis slots", ID: n.name + " " + from.Addr.String() + " to " + into.Addr.String(), Action: "move", Impact: node.ImpactReload,
		Attrs: []node.Attr{{Name: "slots", After: fmt.Sprintf("%d (%s)", len(slots), strings.Join(ranges, " "))}},
	}
}

// slotsAtOnce are how many slots are on their way at the same time: few enough that an interruption leaves little to mend.
const slotsAtOnce = 64

// moveSlots moves slots with their keys. Clients are led to the right place all the while: the source refers them to the target for
// keys that it does not have any more.
func (n *nativeCluster) moveSlots(ctx context.Context, from, into redis.Node, slots []int) error {
	source, target := n.at(from.Addr), n.at(into.Addr)
	source.timeout, target.timeout = 2*time.Minute, time.Minute
	each := func(words ...string) (commands [][]string) {
		for _, slot := range slots {
			commands = append(commands, append([]string{"CLUSTER", words[0], strconv.Itoa(slot)}, words[1:]...))
		}
		return commands
	}
	if err := target.quietly(ctx, each("SETSLOT", "IMPORTING", from.ID)...); err != nil {
		return err
	}
	if err := source.quietly(ctx, each("SETSLOT", "MIGRATING", into.ID)...); err != nil {
		return err
	}
	for {
		replies, err := source.ask(ctx, each("GETKEYSINSLOT", "100")...)
		if err != nil {
			return err
		}
		left := 0
		for _, r := range replies {
			if err := n.migrate(ctx, source, into, redis.List(r)); err != nil {
				return err
			}
			left += len(redis.List(r))
		}
		if left == 0 {
			break
		}
	}
	// The one who gets them learns first: then nobody is without an owner when the other lets go.
	if err := target.quietly(ctx, each("SETSLOT", "NODE", into.ID)...); err != nil {
		return err
	}
	err := source.quietly(ctx, each("SETSLOT", "NODE", into.ID)...)
	if redis.Refused(err, "ERR Please use SETSLOT only with masters") {
		return nil // it has heard of it, has no slots left, and has become a replica of the one who has them
	}
	return err
}

// migrate sends keys of one slot from its source to their new node.
func (n *nativeCluster) migrate(ctx context.Context, source *redisAt, into redis.Node, keys []redis.Reply) error {
	if len(keys) == 0 {
		return nil
	}
	command := []string{"MIGRATE", into.Addr.Host, strconv.Itoa(into.Addr.Port), "", "0", "60000", "REPLACE"}
	if p := n.call.Args.String("password"); p != "" {
		command = append(command, "AUTH", p)
	}
	command = append(command, "KEYS")
	for _, k := range keys {
		command = append(command, redis.Text(k))
	}
	return source.quietly(ctx, command)
}
