package modules

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// redisStarts bounds how long an instance may take to answer after its start; loading its data does not count.
const redisStarts = 30 * time.Second

// redisReady waits until instances of this node answer, have loaded their data and, if they are replicas, are connected to whom
// they follow. A replica that is not after timeout is told and no failure: the other one may be down.
func redisReady() module.Module {
	return module.Module{
		Name: "redis_ready",
		Spec: module.Spec{Args: append(redisArgs(),
			module.Arg{Name: "host", Required: true},
			module.Arg{Name: "instances", Type: module.List, Elements: module.Dict, Required: true}, // name and port
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(30)},
			// node and declared are for telling of instances that are on this node and no longer declared.
			module.Arg{Name: "node"}, module.Arg{Name: "declared", Type: module.List, Elements: module.Str},
		)},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			tellStrays(c)
			for _, item := range c.Args.List("instances") {
				d, _ := item.(*value.Dict)
				port, _ := d.At("port").(int64)
				name := value.Str(d.At("name"))
				at := redis.Addr{Host: c.Args.String("host"), Port: int(port)}
				i := &redisInstance{name: name, unit: name + ".service", redisAt: newRedis(c, at, name+".service", c.Args.String("password"))}
				if err := i.awaitReady(ctx, time.Duration(c.Args.Int("timeout"))*time.Second, true); err != nil {
					return nil, err
				}
			}
			return value.NewDict(), nil
		},
	}
}

// tellStrays tells of instances that are still here although nobody declares them any more.
func tellStrays(c *module.Call) {
	names, err := strays(c)
	if err != nil {
		return
	}
	for _, name := range names {
		c.Facts.Warn("%s on this node is no longer declared, but still exists: to remove the instance, declare it again and run pig redis-rm %s", name, name)
	}
}

// awaitReady waits until the instance answers and, if linked, until a replica follows.
func (i *redisInstance) awaitReady(ctx context.Context, limit time.Duration, linked bool) error {
	var role redis.Role
	return i.call.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) (err error) {
			role, err = i.role(ctx)
			switch {
			case redis.Refused(err, "LOADING"):
				return node.Nearer(err) // it takes as long as its data takes
			case errors.Is(err, errPassword):
				return node.Final(err)
			case err == nil && !role.Primary && !role.Sentinel && linked && role.Link != "connected":
				return fmt.Errorf("not connected to the primary %s: %s", role.Follows, role.Link)
			}
			return err
		},
		Late: func(ctx context.Context, why error) error {
			switch {
			case errors.Is(why, errPassword):
				return redisTrouble(ctx, i.call, i.name, why)
			case role.Link != "":
				i.call.Facts.Warn("%s: %v", i.name, why)
				return nil
			}
			return redisTrouble(ctx, i.call, i.name, fmt.Errorf("%s was not ready within %v: %w", i.name, limit, why))
		},
	})
}

// redisSigns are what Redis's log says when an instance does not come up, and what it means.
var redisSigns = []module.Sign{
	module.Means(`(?i)no space left on device|disk quota exceeded`, "the disk is full"),
	module.Means(`(?i)address already in use`, "another process uses the port already"),
	module.Means(`(?i)FATAL CONFIG FILE ERROR|Bad directive`, "the configuration has an error"),
	module.Means(`(?i)Bad file format reading the append only file|Wrong signature trying to load DB|Short read or OOM loading DB|Terminating server after rdb file reading failure`, "the data is damaged: run redis-check-aof and redis-check-rdb"),
	module.Means(`(?i)can't handle RDB format version`, "a newer version of Redis wrote the data"),
	module.Means(`(?i)already used by a different Redis Cluster node`, "another process uses the cluster configuration file"),
	module.Means(`(?i)permission denied`, "permission denied for a file of the service"),
	module.Means(`(?i)out of memory|cannot allocate memory`, "not enough memory"),
	module.Means(`(?i)WRONGPASS|NOAUTH|invalid password|accepts neither the declared password`, "a password is wrong"),
}

// redisTrouble finds out why an instance of this node is not as it should be.
func redisTrouble(ctx context.Context, c *module.Call, name string, cause error) error {
	return module.Explained(ctx, c, cause, func(ctx context.Context) error { return redisEvidence(ctx, c, name, cause) })
}

func redisEvidence(ctx context.Context, c *module.Call, name string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	unit := name + ".service"
	u, err := c.System.Services().Unit(ctx, unit)
	var evidence []string
	if err == nil {
		evidence = append(evidence, fmt.Sprintf("unit %s is %s (%s), result %s", unit, u.Active, u.Sub, u.Result))
	}
	for _, line := range module.Journal(ctx, c, unit) {
		evidence = append(evidence, module.Clip(line, 400))
	}
	tail := node.Cmd{Argv: []string{"tail", "-n", "8", "--", "/var/log/redis/" + name + ".log"}, ReadOnly: true}
	if out, err := c.System.Exec(ctx, tail); err == nil && out.RC == 0 {
		for l := range strings.SplitSeq(strings.TrimSpace(string(out.Stdout)), "\n") {
			evidence = append(evidence, "log: "+module.Clip(l, 400))
		}
	}
	for _, fs := range []string{"/", "/var", "/data"} {
		if full := module.DiskFull(ctx, c, fs); full != "" {
			evidence = append(evidence, full)
		}
	}
	return module.Troubled(redisSigns, unit, u, err == nil, evidence, cause)
}
