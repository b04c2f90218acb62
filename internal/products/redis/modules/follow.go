package modules

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// redisFollow makes an instance follow whom it is declared to follow, if that was declared differently when it was last told: an
// edit of the inventory takes hold, and a failover stays as it is. The file of the instance keeps what it was told. Where
// sentinels watch, they alone decide.
//
// The lead goes over without a loss: the one who leads hands it to the one who is to lead. An instance that leads and holds data
// is not made to follow another one, whose data it would take instead.
func redisFollow() module.Module {
	return module.Module{
		Name: "redis_follow",
		Spec: module.Spec{Args: append(redisConfigArgs(),
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(60)},
		)},
		Run: runRedisFollow,
	}
}

func runRedisFollow(ctx context.Context, c *module.Call) (*value.Dict, error) {
	i, err := newRedisInstance(ctx, c)
	if err != nil || !i.exists {
		return value.DictOf("moved", false), err
	}
	declared, _ := redis.ParseAddr(c.Args.String("follow"))
	told := redis.Nobody
	if declared.Known() {
		told = declared.Words()
	}
	before := redis.ToldToFollow(i.file)
	if before == told {
		return value.DictOf("moved", false), nil
	}
	moves := before != "" && len(c.Args.List("watchers")) == 0
	if moves {
		if err := i.move(ctx, declared); err != nil {
			return nil, err
		}
	}
	return value.DictOf("moved", moves), i.tellFile(told, declared, moves)
}

// tellFile takes down whom the instance was told to follow and, where it moved, whom it follows when it starts. Redis may have
// written the file since.
func (i *redisInstance) tellFile(told string, follows redis.Addr, moved bool) error {
	text, err := i.call.System.Files().Read(i.path)
	if err != nil {
		return err
	}
	i.file = string(text)
	if moved {
		return i.put(redis.Tell(redis.Follow(i.file, follows), told))
	}
	return i.put(redis.Tell(i.file, told))
}

func (i *redisInstance) move(ctx context.Context, declared redis.Addr) error {
	role, err := i.role(ctx)
	if errors.Is(err, node.ErrUnknown) {
		return nil // it starts as its file says; then it is asked again
	}
	if err != nil {
		return redisTrouble(ctx, i.call, i.name, err)
	}
	switch {
	case !declared.Known() && role.Primary, declared.Known() && !role.Primary && role.Follows == declared:
		return nil
	case !declared.Known():
		return i.takeLead(ctx, role.Follows)
	case role.Primary:
		return i.giveLead(ctx, declared)
	}
	return i.follow(ctx, declared)
}

func (i *redisInstance) follow(ctx context.Context, leader redis.Addr) error {
	change := node.Change{Kind: "redis instance", ID: i.name, Action: "follow", Impact: node.ImpactReload, Attrs: []node.Attr{{Name: "primary", After: leader.String()}}}
	if err := i.tell(ctx, change, []string{"REPLICAOF", leader.Host, fmt.Sprint(leader.Port)}); err != nil {
		return err
	}
	return i.awaitReady(ctx, time.Duration(i.call.Args.Int("timeout"))*time.Second, true)
}

// takeLead makes this replica lead: its primary hands the lead over. If that one does not answer, the replica takes the lead.
func (i *redisInstance) takeLead(ctx context.Context, from redis.Addr) error {
	change := node.Change{Kind: "redis instance", ID: i.name, Action: "lead", Impact: node.ImpactFailover, Attrs: []node.Attr{{Name: "primary", Before: from.String(), After: i.at.String()}}}
	leader := newRedis(i.call, from, "", i.passwords...)
	role, err := leader.role(ctx)
	if err != nil || !role.Primary {
		return i.tell(ctx, change, []string{"REPLICAOF", "NO", "ONE"})
	}
	if err := leader.tell(ctx, change, []string{"FAILOVER", "TO", i.at.Host, fmt.Sprint(i.at.Port), "TIMEOUT", "10000"}); err != nil {
		return fmt.Errorf("cannot move the lead from %s to %s: %w", from, i.at, err)
	}
	return i.awaitRole(ctx, func(r redis.Role) bool { return r.Primary })
}

// giveLead waits for the one that is to lead to take the lead from this primary, which then follows it. Where it is another one's replica, or nobody's,
// this primary may follow only if it holds nothing.
func (i *redisInstance) giveLead(ctx context.Context, to redis.Addr) error {
	other, err := newRedis(i.call, to, "", i.passwords...).role(ctx)
	if err == nil && !other.Primary && other.Follows == i.at {
		if err := i.awaitRole(ctx, func(r redis.Role) bool { return !r.Primary }); err != nil {
			return fmt.Errorf("%s remains the primary until %s is promoted: %w", i.name, to, err)
		}
		return nil
	}
	reply, err := i.ask1(ctx, "INFO", "keyspace")
	if err != nil {
		return err
	}
	if keys := redis.ParseInfo(redis.Text(reply)); len(keys) > 0 {
		return fmt.Errorf("cannot turn primary %s into a replica of %s: the data of the primary would be lost: empty the instance, or remove it (pig redis-rm) and create it again", i.name, to)
	}
	return i.follow(ctx, to)
}

func (i *redisInstance) awaitRole(ctx context.Context, wanted func(redis.Role) bool) error {
	limit := time.Duration(i.call.Args.Int("timeout")) * time.Second
	return i.call.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			if role, err := i.role(ctx); err != nil || !wanted(role) {
				return fmt.Errorf("%s did not change its role within %v", i.name, limit)
			}
			return nil
		},
	})
}
