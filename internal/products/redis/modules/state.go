package modules

import (
	"context"
	"fmt"
	"net"
	"sync"

	"pig/internal/module"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// redisState tells how instances of this node are: their roles, whom they follow how closely, what their cluster serves, what
// sentinels watch, and which instances of the cluster of node are here and not declared. It changes nothing, and an instance that does not answer is no failure.
func redisState() module.Module {
	return module.Module{
		Name: "redis_state",
		Spec: module.Spec{Args: append(redisArgs(),
			module.Arg{Name: "host", Required: true}, module.Arg{Name: "ports", Type: module.List, Elements: module.Int, Required: true},
			module.Arg{Name: "mode", Default: redis.Standalone, Choices: []string{redis.Standalone, redis.Native, redis.Sentinels}},
			module.Arg{Name: "node"}, module.Arg{Name: "declared", Type: module.List, Elements: module.Str},
		)},
		Run: runRedisState,
	}
}

func runRedisState(ctx context.Context, c *module.Call) (*value.Dict, error) {
	ports := c.Args.List("ports")
	found := make([]*value.Dict, len(ports))
	var all sync.WaitGroup
	for n, p := range ports {
		port, _ := p.(int64)
		all.Go(func() {
			found[n] = instanceState(ctx, newRedis(c, redis.Addr{Host: c.Args.String("host"), Port: int(port)}, "", c.Args.String("password")), c.Args.String("mode"))
			found[n].Set("port", port)
		})
	}
	all.Wait()
	list := value.NewList()
	for _, d := range found {
		list.Append(d)
	}
	left, err := strays(c)
	return value.DictOf("instances", list, "strays", value.Strings(left), "changed", false), err
}

func instanceState(ctx context.Context, r *redisAt, mode string) *value.Dict {
	d := value.NewDict()
	role, err := r.role(ctx)
	if err != nil {
		d.Set("error", err.Error())
		return d
	}
	d.Set("offset", role.Offset)
	switch {
	case role.Sentinel:
		d.Set("role", "sentinel")
	case role.Primary:
		d.Set("role", "primary")
		d.Set("replicas", int64(len(role.Replicas)))
		followers := value.NewList()
		for _, a := range role.Replicas {
			if a.Port > 0 { // a tool that copies has none
				followers.Append(a.String())
			}
		}
		d.Set("followers", followers)
	default:
		d.Set("role", "replica")
		d.Set("follows", role.Follows.String())
		d.Set("link", role.Link)
	}
	switch mode {
	case redis.Native:
		nativeState(ctx, r, d)
	case redis.Sentinels:
		watchState(ctx, r, d)
	}
	return d
}

func nativeState(ctx context.Context, r *redisAt, d *value.Dict) {
	replies, err := r.ask(ctx, []string{"CLUSTER", "INFO"}, []string{"CLUSTER", "NODES"})
	if err != nil {
		d.Set("error", err.Error())
		return
	}
	info := redis.ParseInfo(redis.Text(replies[0]))
	view, err := redis.ParseNodes(redis.Text(replies[1]), r.at.Host)
	if err != nil {
		d.Set("error", err.Error())
		return
	}
	self, _ := view.Self()
	known := value.NewList()
	for _, n := range view {
		known.Append(n.Addr.String())
	}
	d.Set("cluster_state", info["cluster_state"])
	d.Set("slots", int64(self.Slots()))
	d.Set("covered", int64(view.Covered()))
	d.Set("known", known)
}

// watchState tells for each primary that a sentinel watches where it is, and whether the sentinels could act for it.
func watchState(ctx context.Context, r *redisAt, d *value.Dict) {
	reply, err := r.ask1(ctx, "SENTINEL", "MASTERS")
	if err != nil {
		d.Set("error", err.Error())
		return
	}
	watches := value.NewList()
	for _, item := range redis.List(reply) {
		v := redis.Pairs(item)
		w := value.DictOf("name", v["name"], "primary", net.JoinHostPort(v["ip"], v["port"]), "flags", v["flags"], "replicas", v["num-slaves"], "sentinels", v["num-other-sentinels"])
		if _, err := r.ask1(ctx, "SENTINEL", "CKQUORUM", v["name"]); err != nil {
			w.Set("quorum", fmt.Sprint(err))
		}
		watches.Append(w)
	}
	d.Set("watches", watches)
}
