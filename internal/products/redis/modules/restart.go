package modules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// redisRestart restarts an instance of this node whose settings take hold only then. Run it with throttle: 1, first for the
// replicas of a cluster (role: replica leaves primaries alone), then for all: a primary hands its lead to a replica before, where
// somebody can make it do so: the native cluster itself, or sentinels. One that stands alone keeps its data in a snapshot.
//
// The file is written again while the instance is down: a failover makes Redis write it, with the settings that it runs with.
func redisRestart() module.Module {
	return module.Module{
		Name: "redis_restart",
		Spec: module.Spec{Args: append(redisConfigArgs(),
			module.Arg{Name: "role", Default: "any", Choices: []string{"replica", "any"}},
			module.Arg{Name: "cluster", Required: true},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(60)},
		)},
		Run: runRedisRestart,
	}
}

func runRedisRestart(ctx context.Context, c *module.Call) (*value.Dict, error) {
	i, err := newRedisInstance(ctx, c)
	if err != nil || !i.running {
		return value.DictOf("restarted", false), err
	}
	role, err := i.role(ctx)
	switch {
	case errors.Is(err, node.ErrNotYet): // it starts with everything as it is declared
		return value.DictOf("restarted", false), nil
	case err != nil && !errors.Is(err, node.ErrUnknown):
		return nil, redisTrouble(ctx, c, i.name, err)
	case role.Primary && c.Args.String("role") == "replica":
		return value.DictOf("restarted", false), nil
	}
	if role.Primary {
		if err := i.handOver(ctx, role); err != nil {
			return nil, err
		}
	}
	return value.DictOf("restarted", true), i.restart(ctx)
}

// restart stops the instance, writes its file, starts it and waits until it is well.
func (i *redisInstance) restart(ctx context.Context) error {
	services := i.call.Scratch.Services()
	if err := i.calm(ctx); err != nil {
		return err
	}
	if err := services.Stop(ctx, i.unit, node.UnitOptions{}); err != nil {
		return redisTrouble(ctx, i.call, i.name, err)
	}
	text, err := i.call.System.Files().Read(i.path)
	if err == nil {
		i.file, i.current, i.waits = string(text), redis.ParseConf(string(text)), nil
		err = i.write()
	}
	if err != nil && !errors.Is(err, node.ErrUnknown) {
		return errors.Join(err, services.Start(ctx, i.unit, node.UnitOptions{}))
	}
	if err := i.call.System.Services().Restart(ctx, i.unit, node.UnitOptions{Impact: node.ImpactRestart}); err != nil {
		return redisTrouble(ctx, i.call, i.name, err)
	}
	return i.awaitReady(ctx, time.Duration(i.call.Args.Int("timeout"))*time.Second, true)
}

// calm waits until the instance can stop: one that is about to write its first append-only file, as after a full
// synchronization, ignores the signal, and systemd would wait and then kill it.
func (i *redisInstance) calm(ctx context.Context) error {
	return i.call.System.Await(ctx, node.Wait{
		Limit: calmTakes,
		Met: func(ctx context.Context) error {
			reply, err := i.ask1(ctx, "INFO", "persistence")
			if err != nil {
				return nil //nolint:nilerr // one that does not answer can be stopped
			}
			info := redis.ParseInfo(redis.Text(reply))
			if info["aof_rewrite_in_progress"] == "1" || info["aof_rewrite_scheduled"] == "1" || info["loading"] == "1" {
				return module.ErrNotSo
			}
			return nil
		},
		Late: func(context.Context, error) error { return nil },
	})
}

// calmTakes bounds the wait for an append-only file to be written.
const calmTakes = 10 * time.Minute

// handOver makes another instance the primary, if there is one and somebody who can. Else the data is kept in a snapshot, since
// a primary that comes back empty makes its replicas empty too.
func (i *redisInstance) handOver(ctx context.Context, role redis.Role) error {
	var handed bool
	var err error
	switch {
	case i.call.Args.String("mode") == redis.Native:
		handed, err = i.handOverNative(ctx)
	case len(role.Replicas) > 0 && len(i.call.Args.List("watchers")) > 0:
		if i.foreign() {
			break
		}
		handed, err = i.handOverWatched(ctx)
	}
	if err != nil || handed {
		return err
	}
	return i.snapshot(ctx)
}

// foreign tells whether sentinels do not speak this instance's language and that of its replicas at once: a command that they
// use is about to get another name, or has it already in its replicas.
func (i *redisInstance) foreign() bool {
	return slices.ContainsFunc(redis.Renaming(i.waits), redis.UsedBySentinels)
}

func (i *redisInstance) failover(to string) node.Change {
	return node.Change{Kind: "redis cluster", ID: i.call.Args.String("cluster"), Action: "failover", Impact: node.ImpactFailover,
		Attrs: []node.Attr{{Name: "primary", Before: i.at.String(), After: to}}}
}

// handOverNative lets the replica that is closest behind take over its slots.
func (i *redisInstance) handOverNative(ctx context.Context) (bool, error) {
	to, err := i.successor(ctx)
	if err != nil || !to.Known() {
		return false, err
	}
	if err := newRedis(i.call, to, "", i.passwords...).tell(ctx, i.failover(to.String()), []string{"CLUSTER", "FAILOVER"}); err != nil {
		return false, fmt.Errorf("cannot move the lead from %s to %s: %w", i.at, to, err)
	}
	return true, i.awaitReplica(ctx, to)
}

// successor is the replica of this primary that is connected and closest behind, if there is one.
func (i *redisInstance) successor(ctx context.Context) (redis.Addr, error) {
	reply, err := i.ask1(ctx, "CLUSTER", "NODES")
	if err != nil {
		return redis.Addr{}, err
	}
	view, err := redis.ParseNodes(redis.Text(reply), i.at.Host)
	if err != nil {
		return redis.Addr{}, err
	}
	self, _ := view.Self()
	var at []redis.Addr
	for _, n := range view.Followers(self.ID) {
		if n.Up() {
			at = append(at, n.Addr)
		}
	}
	roles := redisView(ctx, i.call, at, i.passwords...)
	var best redis.Addr
	for _, a := range at { // in the order of the cluster's list, so that a plan and its apply agree as far as they can
		if r, ok := roles[a]; ok && r.Link == "connected" && (!best.Known() || r.Offset > roles[best].Offset) {
			best = a
		}
	}
	return best, nil
}

// handOverWatched asks the sentinels to make another instance the primary. They choose which; one that has just restarted is no
// candidate before they have heard from it.
func (i *redisInstance) handOverWatched(ctx context.Context) (bool, error) {
	err := i.call.System.Await(ctx, node.Wait{
		Limit: sentinelsHear,
		Met: func(ctx context.Context) error {
			err := i.askWatchers(ctx)
			if err != nil && !redis.Refused(err, "NOGOODSLAVE", "INPROG") {
				return node.Final(err)
			}
			return err
		},
	})
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case err != nil:
		i.call.Facts.Warn("%s is restarted as the primary, since no sentinel promotes a replica: %v", i.name, err)
		return false, nil
	}
	return true, i.awaitReplica(ctx, redis.Addr{})
}

// sentinelsHear bounds the wait until sentinels know a replica that restarted: they ask each for its state every 10 seconds.
const sentinelsHear = 20 * time.Second

// askWatchers tells one sentinel after the other to move the lead, until one does.
func (i *redisInstance) askWatchers(ctx context.Context) error {
	var last error
	for _, item := range i.call.Args.List("watchers") {
		w, err := watcherOf(i.call, item)
		if err != nil {
			return err
		}
		primary, err := w.primaryNow(ctx)
		switch {
		case err != nil:
			last = err
			continue
		case primary != i.at:
			last = fmt.Errorf("according to %s, %s is the primary of %s", w.at, primary, w.name)
			continue
		}
		if last = w.tell(ctx, i.failover("(the sentinels' choice)"), []string{"SENTINEL", "FAILOVER", w.name}); last == nil {
			return nil
		}
	}
	return last
}

// awaitReplica waits until the instance follows another one, and is connected.
func (i *redisInstance) awaitReplica(ctx context.Context, to redis.Addr) error {
	limit := time.Duration(i.call.Args.Int("timeout")) * time.Second
	return i.call.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			role, err := i.role(ctx)
			if err == nil && (role.Primary || role.Link != "connected" || to.Known() && role.Follows != to) {
				err = fmt.Errorf("the primary is %s: %s", role.Follows, role.Link)
			}
			return err
		},
		Late: func(ctx context.Context, why error) error {
			return redisTrouble(ctx, i.call, i.name, fmt.Errorf("cannot restart %s: not a replica within %v after the switchover: %w", i.name, limit, why))
		},
	})
}

// snapshot saves the data where Redis would not do so when it stops. Writes wait meanwhile.
func (i *redisInstance) snapshot(ctx context.Context) error {
	save, log := redis.Normal("save", []string{i.current.Get("save")}), i.current.Get("appendonly") // if CONFIG is switched off
	if reply, err := i.ask1(ctx, "CONFIG", "GET", "*"); err == nil {
		save, log = redis.Pairs(reply)["save"], redis.Pairs(reply)["appendonly"]
	}
	if save != "" || log == "yes" {
		return nil
	}
	i.timeout = 10 * time.Minute
	return i.quietly(ctx, []string{"CLIENT", "PAUSE", "30000", "WRITE"}, []string{"SAVE"})
}
