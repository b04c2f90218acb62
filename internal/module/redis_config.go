package module

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"pig/internal/node"
	"pig/internal/redis"
	"pig/internal/value"
)

// redisConfig makes the configuration of an instance what is declared, in its file and, as far as that goes without a restart,
// in the running server. The file is Redis's too: it keeps there whom it follows, and sentinels what they know; that stays as it
// is. Only the file of an instance that never ran says whom it follows: the one who leads now, of those at peers and at follow.
//
// It returns restart (something takes hold only after a restart; redis_restart does that) and why. Sentinels, which cannot be
// configured while they run, are stopped and started for it: run it with throttle: 1 for them.
func redisConfig() Module {
	return Module{Name: "redis_config", Spec: Spec{Args: redisConfigArgs()}, Run: runRedisConfig}
}

func redisConfigArgs() []Arg {
	return append(redisArgs(),
		Arg{Name: "name", Required: true}, Arg{Name: "host", Required: true}, Arg{Name: "port", Type: Int, Required: true},
		Arg{Name: "path", Type: Path, Required: true}, Arg{Name: "content", Required: true},
		Arg{Name: "mode", Default: redis.Standalone, Choices: []string{redis.Standalone, redis.Native, redis.Sentinels}},
		// follow is whom it is declared to follow, with a blank between address and port; chained says that this is a replica itself.
		Arg{Name: "follow"}, Arg{Name: "chained", Type: Bool}, Arg{Name: "peers", Type: List, Elements: Str},
		Arg{Name: "owner", Default: "redis"}, Arg{Name: "group", Default: "redis"},
		Arg{Name: "log", Type: Path},
	)
}

// redisInstance is an instance of this node with its configuration.
type redisInstance struct {
	*redisAt
	name, unit, path  string
	content, file     string
	exists, running   bool
	declared, current redis.Conf
}

func newRedisInstance(ctx context.Context, c *Call) (*redisInstance, error) {
	a := c.Args
	i := &redisInstance{name: a.String("name"), unit: a.String("name") + ".service", path: a.String("path"), content: a.String("content")}
	text, err := c.System.Files().Read(i.path)
	switch {
	case err == nil:
		i.exists, i.file = true, string(text)
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, node.ErrUnknown):
		return nil, err
	}
	i.declared, i.current = redis.ParseConf(i.content), redis.ParseConf(i.file)
	i.redisAt = newRedis(c, redis.Addr{Host: a.String("host"), Port: a.Int("port")}, i.unit, a.String("password"), i.current.Get("requirepass"))
	i.rename(i.current.Renames())
	u, err := c.System.Services().Unit(ctx, i.unit)
	i.running = err == nil && u.Running()
	return i, err
}

func runRedisConfig(ctx context.Context, c *Call) (*value.Dict, error) {
	i, err := newRedisInstance(ctx, c)
	if err != nil {
		return nil, err
	}
	var why []string
	switch {
	case !i.exists:
		err = i.first(ctx)
	case c.Args.String("mode") == redis.Sentinels:
		err = i.sentinel(ctx)
	case i.running:
		if why, err = i.live(ctx); err == nil {
			err = i.write()
		}
	default:
		i.keepSnapshot()
		err = i.write()
	}
	return value.DictOf("restart", len(why) > 0, "why", value.Strings(why)), err
}

// first writes the file of an instance that has none.
func (i *redisInstance) first(ctx context.Context) error {
	a := i.call.Args
	told, text := "", i.content
	if a.String("mode") == redis.Standalone {
		declared, _ := redis.ParseAddr(a.String("follow"))
		target := declared
		if !a.Bool("chained") {
			peers, err := redisAddrs(i.call, "peers")
			if err != nil {
				return err
			}
			if declared.Known() {
				peers = append(peers, declared)
			}
			target = redis.Target(i.at, declared, redisView(ctx, i.call, peers, i.passwords...))
		}
		if told = redis.Nobody; declared.Known() {
			told = declared.Words()
		}
		follow := ""
		if target.Known() {
			follow = target.Words()
		}
		text = redis.Fresh(i.content, told, follow)
	}
	return i.put(text)
}

// write puts the declared settings into the file, if it says something else.
func (i *redisInstance) write() error {
	if i.current.Says(i.declared) {
		return i.put(i.file)
	}
	return i.put(redis.Rewrite(i.content, i.file))
}

// put writes the file, and sees to its owner and mode. What shows the hash of the password goes before, so that no diff has it.
func (i *redisInstance) put(text string) error {
	mode := fs.FileMode(0o600)
	attrs := node.Attrs{Mode: &mode, Owner: i.call.Args.String("owner"), Group: i.call.Args.String("group")}
	if text == i.file && i.exists {
		return i.call.System.Files().Set(i.path, true, attrs)
	}
	if bare := redis.Bare(i.file); i.exists && bare != i.file {
		if err := i.call.Scratch.Files().Write(i.path, []byte(bare), attrs); err != nil {
			return err
		}
	}
	return i.call.System.Files().Write(i.path, []byte(text), attrs)
}

// keepSnapshot leaves the append-only file off in the file of an instance that is down and has a snapshot only: it would start
// with an empty append-only file and never look at the snapshot.
func (i *redisInstance) keepSnapshot() {
	if i.declared.Get("appendonly") != "yes" || i.current.Get("appendonly") == "yes" {
		return
	}
	dir := i.declared.Get("dir")
	if snapshot, err := i.call.System.Files().Stat(path.Join(dir, "dump.rdb"), true); err != nil || !snapshot.Exists() {
		return
	}
	for _, name := range []string{"appendonlydir", "appendonly.aof"} {
		if log, err := i.call.System.Files().Stat(path.Join(dir, name), true); err == nil && log.Exists() {
			return
		}
	}
	i.content = redis.Override(i.content, "appendonly", "no")
	i.declared = redis.ParseConf(i.content)
	i.call.Facts.Warn("%s is down: its append-only file is switched on once it runs, so that it does not start without its snapshot", i.name)
}

// sentinel restarts a sentinel whose file has to change: it writes the file itself whenever it learns something, from memory.
func (i *redisInstance) sentinel(ctx context.Context) error {
	says := i.current.Says(i.declared)
	if says && i.running { // it may have been stopped between the one and the other
		if _, err := i.ask1(ctx, "PING"); err == nil && i.used != i.call.Args.String("password") || errors.Is(err, errPassword) {
			says = false
		}
	}
	if says || !i.running {
		return i.write()
	}
	if err := i.call.Scratch.Services().Stop(ctx, i.unit, node.UnitOptions{}); err != nil {
		return redisTrouble(ctx, i.call, i.name, err)
	}
	text, err := i.call.System.Files().Read(i.path) // it wrote when it stopped
	if err == nil {
		i.file, i.current = string(text), redis.ParseConf(string(text))
		err = i.write()
	}
	if err != nil {
		return errors.Join(err, i.call.Scratch.Services().Start(ctx, i.unit, node.UnitOptions{}))
	}
	if err := i.call.System.Services().Restart(ctx, i.unit, node.UnitOptions{Impact: node.ImpactRestart}); err != nil {
		return redisTrouble(ctx, i.call, i.name, err)
	}
	return i.awaitReady(ctx, redisStarts, false)
}

// live sets what the running server takes while it runs, and tells what takes a restart.
func (i *redisInstance) live(ctx context.Context) (restart []string, err error) {
	replies, err := i.ask(ctx, []string{"CONFIG", "GET", "*"})
	switch {
	case errors.Is(err, node.ErrUnknown): // it starts with the file, or will answer by then
		return nil, nil
	case redis.Refused(err, "ERR unknown command"):
		if !i.current.Says(i.declared) {
			restart = append(restart, "CONFIG is switched off")
		}
		return restart, nil
	case err != nil:
		return nil, redisTrouble(ctx, i.call, i.name, err)
	}
	change := node.Change{Kind: "redis settings", ID: i.name, Action: "update", Impact: node.ImpactReload}
	var commands [][]string
	for _, d := range redis.Differences(i.declared, redis.Pairs(replies[0])) {
		if d.Restart {
			restart = append(restart, fmt.Sprintf("%s %s -> %s", d.Key, d.Before, d.After))
			continue
		}
		attr := node.Attr{Name: d.Key, Before: d.Before, After: d.After}
		if redis.Secret(d.Key) {
			attr.Before, attr.After = "", "(new)"
		}
		change.Attrs = append(change.Attrs, attr)
		commands = append(commands, []string{"CONFIG", "SET", d.Key, d.Value()})
	}
	if len(commands) > 0 {
		if err := i.tell(ctx, change, commands...); err != nil {
			return nil, err
		}
	}
	names, err := i.renamed(ctx)
	return append(restart, names...), err
}

// renamed tells which commands do not have their declared names yet.
func (i *redisInstance) renamed(ctx context.Context) ([]string, error) {
	var restart []string
	want, have := i.declared.Renames(), i.current.Renames()
	for command := range have {
		if _, ok := want[command]; !ok {
			restart = append(restart, command+" gets its own name back")
		}
	}
	for command, name := range want {
		reply, err := i.ask1(ctx, "COMMAND", "INFO", command, name)
		if err != nil {
			return restart, err
		}
		if l := redis.List(reply); len(l) == 2 && (l[0] != nil || name != "" && l[1] == nil) {
			restart = append(restart, command+" is renamed")
		}
	}
	return restart, nil
}
