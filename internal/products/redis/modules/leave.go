package modules

import (
	"cmp"
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

// redisLeave takes an instance of this node out of what it is part of, so that those who stay miss nothing. step: lead, while it
// runs, hands on what it leads: slots, or the place of the primary; it refuses where nobody can take that. step: forget, when it
// is down, makes those who stay forget it. leaving are all that go in this run: where all of a cluster goes, nothing is handed on.
// Run it with throttle: 1.
func redisLeave() module.Module {
	return module.Module{
		Name: "redis_leave",
		Spec: module.Spec{Args: append(redisArgs(),
			module.Arg{Name: "cluster", Required: true}, module.Arg{Name: "name", Required: true}, module.Arg{Name: "host", Required: true}, module.Arg{Name: "port", Type: module.Int, Required: true},
			module.Arg{Name: "mode", Default: redis.Standalone, Choices: []string{redis.Standalone, redis.Native, redis.Sentinels}},
			module.Arg{Name: "step", Required: true, Choices: []string{"lead", "forget"}},
			module.Arg{Name: "endpoints", Type: module.List, Elements: module.Str, Required: true}, module.Arg{Name: "leaving", Type: module.List, Elements: module.Str, Required: true},
			module.Arg{Name: "peers", Type: module.List, Elements: module.Str}, module.Arg{Name: "watchers", Type: module.List, Elements: module.Dict},
			module.Arg{Name: "monitors", Type: module.List, Elements: module.Dict},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(60)},
		)},
		Run: runRedisLeave,
	}
}

// leaver is an instance that goes, and those who stay.
type leaver struct {
	*redisInstance
	staying []redis.Addr // of its cluster
	forget  bool
}

func runRedisLeave(ctx context.Context, c *module.Call) (*value.Dict, error) {
	all, err := redisAddrs(c, "endpoints")
	if err != nil {
		return nil, err
	}
	leaving, err := redisAddrs(c, "leaving")
	if err != nil {
		return nil, err
	}
	name := c.Args.String("name")
	at := redis.Addr{Host: c.Args.String("host"), Port: c.Args.Int("port")}
	l := &leaver{forget: c.Args.String("step") == "forget"}
	l.redisInstance = &redisInstance{name: name, unit: name + ".service", redisAt: newRedis(c, at, "", c.Args.String("password"))}
	l.staying = slices.DeleteFunc(all, func(a redis.Addr) bool { return contains(leaving, a) })
	switch c.Args.String("mode") {
	case redis.Native:
		err = l.native(ctx)
	case redis.Sentinels:
		err = l.sentinel(ctx)
	default:
		err = l.standalone(ctx, leaving)
	}
	return value.NewDict(), err
}

func (l *leaver) native(ctx context.Context) error {
	if len(l.staying) == 0 {
		return nil
	}
	n := &nativeCluster{call: l.call, name: l.call.Args.String("cluster"), declared: l.staying}
	_ = n.look(ctx) // whoever answers will do
	joined, _ := n.joined()
	if len(joined) == 0 {
		return nil
	}
	_, view := n.best(joined)
	m, ok := view.At(l.at)
	if !ok {
		return nil
	}
	change := node.Change{Kind: "redis cluster member", ID: l.at.String(), Action: "delete"}
	if l.forget {
		return l.call.System.Do(ctx, change, func(ctx context.Context) error { n.forget(ctx, view, m.ID); return nil })
	}
	if !m.Primary() || m.Slots() == 0 {
		return nil
	}
	left := 0
	for _, o := range view {
		if o.Primary() && o.Up() && o.Slots() > 0 && contains(l.staying, o.Addr) {
			left++
		}
	}
	to, err := l.heir(ctx, view, m)
	switch {
	case err != nil:
		return err
	case to.Known():
		if err := n.at(to).tell(ctx, l.failover(to.String()), []string{"CLUSTER", "FAILOVER"}); err != nil {
			return fmt.Errorf("cannot move the lead from %s to %s: %w", l.at, to, err)
		}
		return l.awaitReplica(ctx, to)
	case left < 3:
		return fmt.Errorf("%s has %d slots and no remaining replica, and without it %s would have %d primaries, but needs 3: nothing is removed", l.name, m.Slots(), n.name, left)
	}
	n.limit = 0
	_, err = n.rebalance(ctx, view, []redis.Addr{l.at})
	return err
}

// heir is a replica of m that stays and is connected.
func (l *leaver) heir(ctx context.Context, view redis.View, m redis.Node) (redis.Addr, error) {
	var at []redis.Addr
	for _, f := range view.Followers(m.ID) {
		if f.Up() && contains(l.staying, f.Addr) {
			at = append(at, f.Addr)
		}
	}
	roles := redisView(ctx, l.call, at, l.passwords...)
	for _, a := range at {
		if roles[a].Link == "connected" {
			return a, nil
		}
	}
	return redis.Addr{}, nil
}

func (l *leaver) standalone(ctx context.Context, leaving []redis.Addr) error {
	peers, err := redisAddrs(l.call, "peers")
	if err != nil {
		return err
	}
	stays := slices.DeleteFunc(slices.Clone(peers), func(a redis.Addr) bool { return contains(leaving, a) })
	watchers := l.call.Args.List("watchers")
	if l.forget {
		for _, item := range watchers {
			if err := l.forgottenBy(ctx, item, len(stays) == 0); err != nil {
				l.call.Facts.Warn("%v", err) // it may be down; the others go on
			}
		}
		return nil
	}
	role, err := l.role(ctx)
	if err != nil || !role.Primary || len(stays) == 0 {
		if errors.Is(err, errPassword) {
			return err
		}
		return nil //nolint:nilerr // one that is down leads nobody
	}
	following := slices.DeleteFunc(redisAddrsOf(redisView(ctx, l.call, stays, l.passwords...), l.at), func(a redis.Addr) bool { return contains(leaving, a) })
	switch {
	case len(following) == 0:
		return nil
	case len(watchers) == 0:
		return fmt.Errorf("cannot remove %s: %v still replicate from it: promote one of them first (replica_of), or remove them too", l.name, following)
	}
	handed, err := l.handOverWatched(ctx)
	if err == nil && !handed {
		err = fmt.Errorf("cannot remove %s: %v still replicate from it, and no sentinel promotes one of them", l.name, following)
	}
	return err
}

// redisAddrsOf are those in view that follow leader.
func redisAddrsOf(view map[redis.Addr]redis.Role, leader redis.Addr) []redis.Addr {
	var all []redis.Addr
	for a, r := range view {
		if !r.Primary && r.Follows == leader {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b redis.Addr) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// forgottenBy makes a sentinel forget this instance: the whole group if all of it goes, else those that it remembers of it, which
// it then learns anew.
func (l *leaver) forgottenBy(ctx context.Context, item value.Value, all bool) error {
	w, err := watcherOf(l.call, item)
	if err != nil {
		return err
	}
	s, at, name := w.redisAt, w.at, w.name
	if all {
		reply, err := s.ask1(ctx, "SENTINEL", "MASTERS")
		if _, known := redis.ParseMasters(reply)[name]; err != nil || !known {
			return unlessGone(err)
		}
		return s.tell(ctx, monitorChange(at.String(), name, "delete"), []string{"SENTINEL", "REMOVE", name})
	}
	return l.resetAt(ctx, s, name, "REPLICAS")
}

// resetAt makes a sentinel learn anew who is there, if it knows this instance.
func (l *leaver) resetAt(ctx context.Context, s *redisAt, name, what string) error {
	reply, err := s.ask1(ctx, "SENTINEL", what, name)
	if err != nil {
		return unlessGone(err)
	}
	for _, item := range redis.List(reply) {
		v := redis.Pairs(item)
		if l.at.Is(v["ip"], v["port"]) {
			if err := s.tell(ctx, monitorChange(s.at.String(), name, "reset"), []string{"SENTINEL", "RESET", name}); err != nil {
				return err
			}
			return s.awaitSight(ctx, name, "REPLICAS", "SENTINELS")
		}
	}
	return nil
}

// sightTakes is how long a sentinel that was reset takes at most to find the others again: they make themselves known every few
// seconds.
const sightTakes = 20 * time.Second

// awaitSight waits until a sentinel knows replicas and other sentinels again, so that not all are blind at the same time.
func (r *redisAt) awaitSight(ctx context.Context, name string, what ...string) error {
	return r.call.System.Await(ctx, node.Wait{
		Limit: sightTakes,
		Met: func(ctx context.Context) error {
			for _, w := range what {
				if reply, err := r.ask1(ctx, "SENTINEL", w, name); err != nil || len(redis.List(reply)) == 0 {
					return cmp.Or(err, module.ErrNotSo)
				}
			}
			return nil
		},
		Late: func(context.Context, error) error { return nil },
	})
}

func unlessGone(err error) error {
	if errors.Is(err, node.ErrUnknown) || redis.Refused(err, "ERR No such master") {
		return nil
	}
	return err
}

// sentinel refuses to go below a quorum, and makes the sentinels that stay forget this one.
func (l *leaver) sentinel(ctx context.Context) error {
	if len(l.staying) == 0 {
		return nil
	}
	for _, item := range l.call.Args.List("monitors") {
		m, err := monitorOf(item)
		if err != nil {
			return err
		}
		if !l.forget && !m.Remove && m.Quorum > len(l.staying) {
			return fmt.Errorf("only %d sentinels would remain, and %s has a quorum of %d: lower the quorum first", len(l.staying), m.Name, m.Quorum)
		}
		for _, a := range l.staying {
			if !l.forget || m.Remove {
				continue
			}
			if err := l.resetAt(ctx, newRedis(l.call, a, "", l.passwords...), m.Name, "SENTINELS"); err != nil {
				l.call.Facts.Warn("%v", err)
			}
		}
	}
	return nil
}
