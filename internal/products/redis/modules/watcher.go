package modules

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// watcher is a sentinel, and the name by which it watches an instance of this node.
type watcher struct {
	*redisAt
	name string
}

// watcherOf reads one item of the argument watchers.
func watcherOf(c *module.Call, item value.Value) (watcher, error) {
	d, _ := item.(*value.Dict)
	if d == nil {
		return watcher{}, errors.New("watchers must be mappings")
	}
	at, err := redis.ParseAddr(value.Str(d.At("address")))
	return watcher{newRedis(c, at, "", value.Str(d.At("password"))), value.Str(d.At("name"))}, err
}

// primaryNow is whom the sentinel takes for the primary.
func (w watcher) primaryNow(ctx context.Context) (redis.Addr, error) {
	reply, err := w.ask1(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", w.name)
	if err != nil {
		return redis.Addr{}, err
	}
	l := redis.List(reply)
	if len(l) != 2 {
		return redis.Addr{}, fmt.Errorf("%s does not monitor %s", w.at, w.name)
	}
	port, err := strconv.Atoi(redis.Text(l[1]))
	return redis.Addr{Host: redis.Text(l[0]), Port: port}, err
}

// takeOverTakes bounds the wait for sentinels to make another instance the primary: longer than they wait by default before they
// begin.
const takeOverTakes = 75 * time.Second

// comeBack makes a primary that is down start as a replica, if sentinels have made another one the primary, or are about to: with
// the data of its last snapshot it would take away what its replicas have.
func (i *redisInstance) comeBack(ctx context.Context) error {
	if i.call.Args.String("mode") == redis.Native {
		return i.comeBackNative(ctx)
	}
	if i.current.Get("replicaof") != "" || len(i.call.Args.List("watchers")) == 0 {
		return nil
	}
	peers, err := redisAddrs(i.call, "peers")
	if err != nil {
		return err
	}
	var view map[redis.Addr]redis.Role
	return i.call.System.Await(ctx, node.Wait{
		Limit: takeOverTakes,
		Met: func(ctx context.Context) error {
			leader, asked := i.sentinelsSay(ctx)
			if !asked {
				return nil
			}
			if leader != i.at {
				i.follows = leader
				return nil
			}
			if view = redisView(ctx, i.call, peers, i.passwords...); len(view) == 0 { // nobody can take over
				return nil
			}
			return module.ErrNotSo
		},
		Late: func(context.Context, error) error {
			i.call.Facts.Warn("%s is down and the sentinels have promoted no other instance: %[1]s starts as the primary again", i.name)
			return nil
		},
		Assume: func(error) { i.follows = redis.Target(i.at, peers[0], view) },
	})
}

// comeBackNative waits until a replica has taken the slots of this instance of a native cluster, which is down, if one is there to
// do so and enough primaries are up to let it.
func (i *redisInstance) comeBackNative(ctx context.Context) error {
	replaced, err := i.replaced(ctx, redis.View.WillReplace)
	if err == nil && !replaced {
		i.call.Facts.Warn("%s is down and no replica was promoted: %[1]s starts as the primary again", i.name)
	}
	return err
}

// replaced waits until nobody has to wait for this instance's place in its native cluster any more, and tells whether it came to that.
func (i *redisInstance) replaced(ctx context.Context, pending func(redis.View, redis.Addr) bool) (replaced bool, err error) {
	peers, err := redisAddrs(i.call, "peers")
	if err != nil {
		return false, err
	}
	n := &nativeCluster{call: i.call, declared: peers}
	replaced = true
	err = i.call.System.Await(ctx, node.Wait{
		Limit: takeOverTakes,
		Met: func(ctx context.Context) error {
			_ = n.look(ctx) // whoever answers will do
			joined, _ := n.joined()
			if len(joined) == 0 {
				return nil
			}
			if _, view := n.best(joined); pending(view, i.at) {
				return module.ErrNotSo
			}
			return nil
		},
		Late: func(context.Context, error) error { replaced = false; return nil },
	})
	return replaced && err == nil, err
}

// sentinelsSay is whom the first sentinel that answers takes for the primary.
func (i *redisInstance) sentinelsSay(ctx context.Context) (redis.Addr, bool) {
	for _, item := range i.call.Args.List("watchers") {
		w, err := watcherOf(i.call, item)
		if err != nil {
			continue
		}
		if leader, err := w.primaryNow(ctx); err == nil {
			return leader, true
		}
	}
	return redis.Addr{}, false
}
