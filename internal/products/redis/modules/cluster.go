package modules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// redisCluster makes a native cluster of instances: it makes one where there is none, and lets those join that are in none yet.
// Run it once for each cluster, on any of its nodes, when its instances run. It moves no slots between primaries that have some:
// redis_rebalance does, when it is asked to. What is in the cluster and not declared stays, and is told.
//
// It returns state, slots (how many are served) and primaries.
func redisCluster() module.Module {
	return module.Module{
		Name: "redis_cluster",
		Spec: module.Spec{Args: append(redisArgs(),
			module.Arg{Name: "name", Required: true},
			module.Arg{Name: "endpoints", Type: module.List, Elements: module.Str, Required: true},
			module.Arg{Name: "replicas", Type: module.Int, Default: int64(1)},
			// own are the files in which instances of this node keep their cluster: a plan looks there for those that are down.
			module.Arg{Name: "own", Type: module.List, Elements: module.Str},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(60)},
		)},
		Run: runRedisCluster,
	}
}

// nativeCluster is a cluster as its declared instances see it.
type nativeCluster struct {
	call     *module.Call
	name     string
	declared []redis.Addr
	views    map[redis.Addr]redis.View // of those that answer
	errs     map[redis.Addr]error      // why the others do not
	limit    time.Duration
}

func newNativeCluster(c *module.Call) (*nativeCluster, error) {
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
	n.views, n.errs = map[redis.Addr]redis.View{}, map[redis.Addr]error{}
	for range n.declared {
		a := <-answers
		if a.err == nil {
			n.views[a.at] = a.view
		} else {
			n.errs[a.at] = a.err
		}
	}
	return n.silent(n.declared)
}

// silent is why the first of those does not answer that did not at the last look.
func (n *nativeCluster) silent(among []redis.Addr) error {
	for _, a := range among {
		if n.errs[a] != nil {
			return n.errs[a]
		}
	}
	return nil
}

// lookUntil repeats look until all answer, or the wait runs out. late is why it ran out: in a plan it does not, as those that do not answer
// now are started by then, and wrong alone tells what is wrong now.
func (n *nativeCluster) lookUntil(ctx context.Context, limit time.Duration) (wrong, late error) {
	late = n.call.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			wrong = n.look(ctx)
			if errors.Is(wrong, errPassword) || redis.Refused(wrong, "ERR This instance has cluster support disabled") {
				return node.Final(wrong)
			}
			return wrong
		},
	})
	return wrong, late
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

func runRedisCluster(ctx context.Context, c *module.Call) (*value.Dict, error) {
	n, err := newNativeCluster(c)
	if err != nil {
		return nil, err
	}
	var late error
	wrong := n.look(ctx)
	if wrong != nil {
		limit := n.limit // they may be about to start
		if joined, _ := n.joined(); len(joined) > 0 && n.sound(joined) && !errors.Is(wrong, errPassword) {
			limit = soundWaits
		}
		wrong, late = n.lookUntil(ctx, limit)
	}
	if wrong != nil && !errors.Is(wrong, node.ErrUnknown) && (errors.Is(wrong, errPassword) || redis.Refused(wrong)) {
		return nil, wrong
	}
	joined, lone := n.joined()
	if len(joined) == 0 {
		return n.found(ctx, late)
	}
	var coming []redis.Addr
	if late == nil {
		coming = n.unseen()
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
	if lone = n.withComing(lone, coming, view); len(lone) > 0 {
		if err := n.join(ctx, at, view, lone); err != nil {
			return nil, err
		}
		_ = n.look(ctx) // the outcome is of now
	}
	n.tellStrangers(view)
	return n.outcome(wrong)
}

// soundWaits is how long instances of a cluster that serves all slots are waited for.
const soundWaits = 5 * time.Second

// unseen are those that did not answer at the last look.
func (n *nativeCluster) unseen() (unseen []redis.Addr) {
	for _, a := range n.declared {
		if _, answers := n.views[a]; !answers {
			unseen = append(unseen, a)
		}
	}
	return unseen
}

// withComing adds those that are coming and that the cluster does not know. The order is the declared.
func (n *nativeCluster) withComing(lone, coming []redis.Addr, view redis.View) []redis.Addr {
	var all []redis.Addr
	for _, a := range n.declared {
		_, known := view.At(a)
		if contains(lone, a) || contains(coming, a) && !known {
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

// found makes a cluster where none of the instances is in one. late is why not all of them run.
func (n *nativeCluster) found(ctx context.Context, late error) (*value.Dict, error) {
	if late != nil {
		return nil, fmt.Errorf("cannot create cluster %s: all instances must run: %w", n.name, late)
	}
	if len(n.unseen()) > 0 && n.kept() { // they are down and know each other: starting them is enough
		return value.DictOf("state", value.Unknown{Why: "the state of " + n.name}), nil
	}
	empty, err := n.empty(ctx, n.declared)
	if err != nil {
		return nil, err
	}
	if !empty {
		return nil, fmt.Errorf("cannot create cluster %s: an instance has data", n.name)
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
			return fmt.Errorf("%s does not belong to the cluster of the other instances of %s: remove the instance before joining (pig redis-rm)", a, n.name)
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
func (n *nativeCluster) outcome(wrong error) (*value.Dict, error) {
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
