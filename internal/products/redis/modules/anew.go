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
			err = fmt.Errorf("%s is empty, but the cluster expects the former instance at %s, and only a replica has its data: the replica would discard the data. Promote the replica first (CLUSTER FAILOVER TAKEOVER)", i.name, i.at)
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
				return node.Final(fmt.Errorf("%s is empty, but %s replicates from the former instance at %s and would discard its data: declare %s as the primary (replica_of), and this instance as its replica", i.name, holder, i.at, holder))
			}
			return fmt.Errorf("%s is empty, but %s replicates from the former instance at %s and would discard its data; the sentinels have not promoted the replica within %v", i.name, holder, i.at, takeOverTakes)
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
