package modules

import (
	"context"
	"fmt"

	"pig/internal/node"
	redis "pig/internal/products/redis/model"
)

// beginAnew sees to it that an instance which begins without files takes no data away: replicas of the one that was at its address
// before would follow it, and drop what they have. It waits until another one has taken that one's place, and refuses if none
// does.
func (i *redisInstance) beginAnew(ctx context.Context) error {
	switch i.call.Args.String("mode") {
	case redis.Native:
		replaced, err := i.replaced(ctx, redis.View.Awaited)
		if err == nil && !replaced {
			err = fmt.Errorf("%s is new, and the cluster waits for the one that it had at %s, whose data only a replica has: it would drop it. Let the replica take over first (CLUSTER FAILOVER TAKEOVER)", i.name, i.at)
		}
		return err
	case redis.Sentinels:
		return nil
	}
	peers, err := redisAddrs(i.call, "peers")
	if err != nil {
		return err
	}
	watched := len(i.call.Args.List("watchers")) > 0
	var holder redis.Addr
	return i.call.System.Await(ctx, node.Wait{
		Limit: takeOverTakes,
		Met: func(ctx context.Context) error {
			holder = i.holder(ctx, peers)
			switch {
			case !holder.Known():
				return nil
			case !watched:
				return node.Final(fmt.Errorf("%s is new, and %s follows the one that was at %s and holds its data, which it would drop: declare %s as the primary (replica_of), and this one as its replica", i.name, holder, i.at, holder))
			}
			return fmt.Errorf("%s is new, and %s follows the one that was at %s and holds its data, which it would drop; the sentinels have not made it the primary within %v", i.name, holder, i.at, takeOverTakes)
		},
		Assume: func(error) { i.follows = holder },
	})
}

// holder is one of others that follows whatever is at this instance's address, and holds data.
func (i *redisInstance) holder(ctx context.Context, others []redis.Addr) redis.Addr {
	for _, a := range redisAddrsOf(redisView(ctx, i.call, others, i.passwords...), i.at) {
		reply, err := newRedis(i.call, a, "", i.passwords...).ask1(ctx, "DBSIZE")
		if err == nil && redis.Text(reply) != "0" {
			return a
		}
	}
	return redis.Addr{}
}
