package module

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pig/internal/node"
	"pig/internal/redis"
	"pig/internal/value"
)

// redisCluster makes a native cluster of instances: it makes one where there is none, and lets those join that are in none yet.
// Run it once for each cluster, on any of its nodes, when its instances run. It moves no slots between primaries that have some:
// redis_rebalance does, when it is asked to. What is in the cluster and not declared stays, and is told.
//
// It returns state, slots (how many are served) and primaries.
func redisCluster() Module {
	return Module{
		Name: "redis_cluster",
		Spec: Spec{Args: append(redisArgs(),
			Arg{Name: "name", Required: true},
			Arg{Name: "endpoints", Type: List, Elements: Str, Required: true},
			Arg{Name: "replicas", Type: Int, Default: int64(1)},
			// own are the files in which instances of this node keep their cluster: a plan looks there for those that are down.
			Arg{Name: "own", Type: List, Elements: Str},
			Arg{Name: "timeout", Type: Int, Default: int64(60)},
		)},
		Run: runRedisCluster,
	}
}

// nativeCluster is a cluster as its declared instances see it.
type nativeCluster struct {
	call     *Call
	name     string
	declared []redis.Addr
	views    map[redis.Addr]redis.View // of those that answer
	limit    time.Duration
}

func newNativeCluster(c *Call) (*nativeCluster, error) {
	at, err := redisAddrs(c, "endpoints")
	return &nativeCluster{call: c, name: c.Args.String("name"), declared: at, limit: time.Duration(c.Args.Int("timeout")) * time.Second}, err
}

func (n *nativeCluster) at(a redis.Addr) *redisAt {
	return newRedis(n.call, a, "", n.call.Args.String("password"))
}

// look asks all declared instances for their view of the cluster, at once. wrong is what is wrong with the first that does not answer.
func (n *nativeCluster) look(ctx context.Context) (wrong error) {
	type answer struct {
		at   redis.Addr
		view redis.View
		err  error
	}
	answers := make(chan answer, len(n.declared))
	for _, a := range n.declared {
		go func() {
			reply, err := n.at(a).ask1(ctx, "CLUSTER", "NODES")
			var view redis.View
			if err == nil {
				view, err = redis.ParseNodes(redis.Text(reply), a.Host)
			}
			answers <- answer{a, view, err}
		}()
	}
	n.views = map[redis.Addr]redis.View{}
	errs := map[redis.Addr]error{}
	for range n.declared {
		a := <-answers
		if a.err == nil {
			n.views[a.at] = a.view
		} else {
			errs[a.at] = a.err
		}
	}
	for _, a := range n.declared {
		if errs[a] != nil {
			return errs[a]
		}
	}
	return nil
}

// lookUntil repeats look until all answer, or the wait runs out. A plan does not wait.
func (n *nativeCluster) lookUntil(ctx context.Context, limit time.Duration) error {
	for deadline := time.Now().Add(limit); ; {
		err := n.look(ctx)
		if err == nil || n.call.System.Planned() || time.Now().After(deadline) || errors.Is(err, errPassword) || redis.Refused(err, "ERR This instance has cluster support disabled") {
			return err
		}
		if err := pause(ctx, interval); err != nil {
			return err
		}
	}
}

// joined are the instances that are part of a cluster with others, or have slots; lone are those that answer and are not.
func (n *nativeCluster) joined() (joined, lone []redis.Addr) {
	for _, a := range n.declared {
		v, ok := n.views[a]
		switch {
		case !ok:
		case len(v) > 1 || v.Assigned() > 0:
			joined = append(joined, a)
		default:
			lone = append(lone, a)
		}
	}
	return joined, lone
}

// best is the view of the instance that knows most, and where it is.
func (n *nativeCluster) best(joined []redis.Addr) (redis.Addr, redis.View) {
	best := joined[0]
	for _, a := range joined[1:] {
		v, b := n.views[a], n.views[best]
		if v.Covered() > b.Covered() || v.Covered() == b.Covered() && len(v) > len(b) {
			best = a
		}
	}
	return best, n.views[best]
}

func runRedisCluster(ctx context.Context, c *Call) (*value.Dict, error) {
	n, err := newNativeCluster(c)
	if err != nil {
		return nil, err
	}
	wrong := n.look(ctx)
	if joined, _ := n.joined(); wrong != nil && (len(joined) == 0 || !n.sound(joined)) || wrong != nil && errors.Is(wrong, errPassword) {
		wrong = n.lookUntil(ctx, n.limit) // they may be about to start
	} else if wrong != nil {
		wrong = n.lookUntil(ctx, 5*time.Second)
	}
	if wrong != nil && !errors.Is(wrong, node.ErrUnknown) && (errors.Is(wrong, errPassword) || redis.Refused(wrong)) {
		return nil, wrong
	}
	joined, lone := n.joined()
	if len(joined) == 0 {
		return n.found(ctx, wrong)
	}
	at, view := n.best(joined)
	if err := n.oneCluster(joined, view); err != nil {
		return nil, err
	}
	if view.Assigned() < redis.Slots && len(n.views) == len(n.declared) {
		if empty, err := n.empty(ctx, n.declared); err != nil || empty {
			if err != nil {
				return nil, err
			}
			return n.form(ctx) // its making was interrupted
		}
	}
	if view, err = n.heal(ctx, at, view); err != nil {
		return nil, err
	}
	if n.call.System.Planned() {
		lone = n.withPlanned(lone, view)
	}
	if len(lone) > 0 {
		if err := n.join(ctx, at, view, lone); err != nil {
			return nil, err
		}
	}
	n.tellStrangers(view)
	return n.outcome(ctx, wrong)
}

// withPlanned adds those that do not run yet and that the cluster does not know: the plan starts them. The order is the declared.
func (n *nativeCluster) withPlanned(lone []redis.Addr, view redis.View) []redis.Addr {
	var all []redis.Addr
	for _, a := range n.declared {
		_, answers := n.views[a]
		_, known := view.At(a)
		if contains(lone, a) || !answers && !known {
			all = append(all, a)
		}
	}
	return all
}

// sound tells whether the cluster that those who answer see serves all slots, so that nobody is waited for.
func (n *nativeCluster) sound(joined []redis.Addr) bool {
	_, view := n.best(joined)
	return view.Covered() == redis.Slots
}

// found makes a cluster where none of the instances is in one.
func (n *nativeCluster) found(ctx context.Context, wrong error) (*value.Dict, error) {
	planned := n.call.System.Planned()
	if wrong != nil && !planned {
		return nil, fmt.Errorf("cannot create cluster %s: all instances must run: %w", n.name, wrong)
	}
	if wrong != nil && n.kept() { // they are down and know each other: starting them is enough
		return value.DictOf("state", value.Unknown{Why: "the state of " + n.name}), nil
	}
	if wrong == nil {
		empty, err := n.empty(ctx, n.declared)
		if err != nil {
			return nil, err
		}
		if !empty {
			return nil, fmt.Errorf("cannot create cluster %s: an instance has data", n.name)
		}
	}
	return n.form(ctx)
}

// kept tells whether an instance of this node keeps a cluster of several.
func (n *nativeCluster) kept() bool {
	for _, path := range n.call.Args.Strings("own") {
		text, err := n.call.System.Files().Read(path)
		if err == nil && strings.Count(string(text), " connected") > 1 {
			return true
		}
	}
	return false
}

// empty tells whether none of some instances holds a key.
func (n *nativeCluster) empty(ctx context.Context, at []redis.Addr) (bool, error) {
	for _, a := range at {
		if _, answers := n.views[a]; !answers {
			continue // a plan starts it
		}
		reply, err := n.at(a).ask1(ctx, "DBSIZE")
		if err != nil {
			return false, err
		}
		if redis.Text(reply) != "0" {
			return false, nil
		}
	}
	return true, nil
}

// oneCluster refuses declared instances that are in different clusters.
func (n *nativeCluster) oneCluster(joined []redis.Addr, view redis.View) error {
	for _, a := range joined {
		self, _ := n.views[a].Self()
		if _, ok := view.ByID(self.ID); !ok {
			return fmt.Errorf("%s belongs to another cluster than the other instances of %s: remove the instance before joining (pig redis-rm)", a, n.name)
		}
	}
	return nil
}

func (n *nativeCluster) tellStrangers(view redis.View) {
	for _, m := range view {
		switch {
		case m.Has("noaddr") || m.Has("handshake"):
		case !slices.Contains(n.declared, m.Addr):
			n.call.Facts.Warn("%s is in cluster %s but not in the inventory", m.Addr, n.name)
		}
	}
}

// outcome tells how the cluster is. That some instance is down is told, and is no failure: the rest goes on.
func (n *nativeCluster) outcome(ctx context.Context, wrong error) (*value.Dict, error) {
	if !n.call.System.Planned() {
		_ = n.look(ctx)
	}
	joined, _ := n.joined()
	if len(joined) == 0 {
		return value.DictOf("state", "unknown", "slots", int64(0)), nil
	}
	_, view := n.best(joined)
	primaries := value.NewList()
	for _, m := range view {
		if m.Primary() && m.Slots() > 0 {
			primaries.Append(m.Addr.String())
		}
	}
	if wrong != nil && !errors.Is(wrong, node.ErrUnknown) {
		n.call.Facts.Warn("%s: %v", n.name, wrong)
	}
	state := "ok"
	if covered := view.Covered(); covered < redis.Slots {
		state = "fail"
		n.call.Facts.Warn("%s serves %d of %d slots", n.name, covered, redis.Slots)
	}
	return value.DictOf("state", state, "slots", int64(view.Covered()), "primaries", primaries), nil
}
