package modules

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// redisSentinel makes a sentinel of this node watch what is declared. A primary that has moved is watched where it is now; one
// that is watched already stays so, wherever a failover has taken it. What is watched and not declared stays, and is told.
func redisSentinel() module.Module {
	return module.Module{
		Name: "redis_sentinel",
		Spec: module.Spec{Args: append(redisArgs(),
			module.Arg{Name: "name", Required: true}, module.Arg{Name: "host", Required: true}, module.Arg{Name: "port", Type: module.Int, Required: true},
			module.Arg{Name: "path", Type: module.Path, Required: true},
			module.Arg{Name: "monitors", Type: module.List, Elements: module.Dict, Required: true},
			// wait bounds the wait for a primary that does not answer yet.
			module.Arg{Name: "wait", Type: module.Int, Default: int64(15)},
		)},
		Run: runRedisSentinel,
	}
}

func runRedisSentinel(ctx context.Context, c *module.Call) (*value.Dict, error) {
	name := c.Args.String("name")
	s := newRedis(c, redis.Addr{Host: c.Args.String("host"), Port: c.Args.Int("port")}, name+".service", c.Args.String("password"))
	reply, err := s.ask1(ctx, "SENTINEL", "MASTERS")
	if err != nil && !errors.Is(err, node.ErrUnknown) {
		return nil, redisTrouble(ctx, c, name, err)
	}
	watched := redis.ParseMasters(reply)
	var file redis.Conf
	if text, err := c.System.Files().Read(c.Args.String("path")); err == nil {
		file = redis.ParseConf(string(text))
	}
	declared := map[string]bool{}
	for _, item := range c.Args.List("monitors") {
		m, err := monitorOf(item)
		if err != nil {
			return nil, err
		}
		declared[m.Name] = true
		w, known := watched[m.Name]
		switch {
		case m.Remove && known:
			err = s.tell(ctx, monitorChange(name, m.Name, "delete"), []string{"SENTINEL", "REMOVE", m.Name})
		case m.Remove:
		case !known:
			err = s.watch(ctx, name, m)
		default:
			err = s.adjust(ctx, name, m, w, file)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	for n := range watched {
		if !declared[n] {
			c.Facts.Warn("%s monitors %s, which is not declared: to stop this, write remove: true in redis_sentinel_monitor", name, n)
		}
	}
	return value.NewDict(), nil
}

func monitorChange(sentinel, name, action string) node.Change {
	return node.Change{Kind: "sentinel monitor", ID: sentinel + " " + name, Action: action}
}

// monitorOf reads one item of the argument monitors.
func monitorOf(item value.Value) (redis.Monitor, error) {
	d, _ := item.(*value.Dict)
	if d == nil {
		return redis.Monitor{}, errors.New("monitors must be mappings")
	}
	text := func(key string) string {
		if v := d.At(key); v != nil {
			return value.Str(v)
		}
		return ""
	}
	at, err := redis.ParseAddr(text("address"))
	quorum, _ := d.At("quorum").(int64)
	remove, _ := d.At("remove").(bool)
	m := redis.Monitor{Name: text("name"), Primary: at, Quorum: int(quorum), Password: text("password"), Remove: remove, Renames: renamesOf(d.At("renames")),
		Settings: map[string]string{"down-after-milliseconds": text("down_after_milliseconds"), "failover-timeout": text("failover_timeout"), "parallel-syncs": text("parallel_syncs")}}
	if group, ok := d.At("group").(*value.List); ok {
		for _, g := range group.Items {
			a, err := redis.ParseAddr(value.Str(g))
			if err != nil {
				return m, err
			}
			m.Group = append(m.Group, a)
		}
	}
	return m, err
}

// watch begins to watch a primary where it is now.
func (r *redisAt) watch(ctx context.Context, sentinel string, m redis.Monitor) error {
	at, err := r.primary(ctx, m)
	if err != nil {
		return err
	}
	commands := [][]string{{"SENTINEL", "MONITOR", m.Name, at.Host, fmt.Sprint(at.Port), fmt.Sprint(m.Quorum)}}
	fresh := redis.Watched{Values: map[string]string{"quorum": fmt.Sprint(m.Quorum)}}
	for _, words := range m.Wanted(fresh, redis.Conf{}) {
		commands = append(commands, append([]string{"SENTINEL", "SET", m.Name}, words...))
	}
	return r.tell(ctx, monitorChange(sentinel, m.Name, "create"), commands...)
}

// primary finds out who leads the group of m now: the declared one, unless another one does. It waits for a while if nobody
// answers: a primary that is watched before it runs counts as down.
func (r *redisAt) primary(ctx context.Context, m redis.Monitor) (redis.Addr, error) {
	group := m.Group
	if len(group) == 0 {
		group = []redis.Addr{m.Primary}
	}
	var at redis.Addr
	err := r.call.System.Await(ctx, node.Wait{
		Limit: time.Duration(r.call.Args.Int("wait")) * time.Second,
		Met: func(ctx context.Context) error {
			view := redisView(ctx, r.call, group, m.Password)
			if declared, ok := view[m.Primary]; ok && !declared.Primary { // of one, maybe, that nobody declared
				maps.Copy(view, redisView(ctx, r.call, []redis.Addr{declared.Follows}, m.Password))
			}
			at = redis.Target(redis.Addr{}, m.Primary, view)
			if lead, ok := view[at]; !ok || !lead.Primary {
				return fmt.Errorf("no primary found: neither %s nor another instance of the cluster answers as a primary", m.Primary)
			}
			return nil
		},
	})
	return at, err
}

// adjust makes what a sentinel knows of a primary what is declared.
func (r *redisAt) adjust(ctx context.Context, sentinel string, m redis.Monitor, w redis.Watched, file redis.Conf) error {
	if w.Primary != m.Primary {
		reply, err := r.ask1(ctx, "SENTINEL", "REPLICAS", m.Name)
		if err != nil {
			return err
		}
		var replicas []redis.Addr
		for _, item := range redis.List(reply) {
			if a, err := redis.ParseAddr(redis.Pairs(item)["name"]); err == nil {
				replicas = append(replicas, a)
			}
		}
		if m.Strange(w, replicas) {
			if err := r.quietly(ctx, []string{"SENTINEL", "REMOVE", m.Name}); err != nil {
				return err
			}
			return r.watch(ctx, sentinel, m)
		}
	}
	wanted := m.Wanted(w, file)
	if len(wanted) == 0 {
		return nil
	}
	change := monitorChange(sentinel, m.Name, "update")
	var commands [][]string
	for _, words := range wanted {
		commands = append(commands, append([]string{"SENTINEL", "SET", m.Name}, words...))
		attr := node.Attr{Name: words[0], Before: w.Values[words[0]], After: words[1]}
		if redis.Secret(words[0]) {
			attr.Before, attr.After = "", "(new)"
		}
		change.Attrs = append(change.Attrs, attr)
	}
	return r.tell(ctx, change, commands...)
}
