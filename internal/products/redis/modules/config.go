package modules

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/secret"
	"pig/internal/value"
)

// redisConfig makes the configuration of an instance what is declared, in its file and, as far as that goes without a restart,
// in the running server. The file is Redis's too: it keeps there whom it follows, and sentinels what they know; that stays as it
// is. Only the file of an instance that never ran says whom it follows: the one who leads now, of those at peers and at follow.
//
// It returns restart (something takes hold only after a restart; redis_restart does that), why, and login (the password that the
// instance takes, if it is another one than the declared). Sentinels, which cannot be
// configured while they run, are stopped and started for it: run it with throttle: 1 for them.
func redisConfig() module.Module {
	return module.Module{Name: "redis_config", Spec: module.Spec{Args: redisConfigArgs()}, Run: runRedisConfig}
}

func redisConfigArgs() []module.Arg {
	return append(redisArgs(),
		module.Arg{Name: "name", Required: true}, module.Arg{Name: "host", Required: true}, module.Arg{Name: "port", Type: module.Int, Required: true},
		module.Arg{Name: "path", Type: module.Path, Required: true}, module.Arg{Name: "content", Required: true},
		module.Arg{Name: "mode", Default: redis.Standalone, Choices: []string{redis.Standalone, redis.Native, redis.Sentinels}},
		// follow is whom it is declared to follow, with a blank between address and port; chained says that this is a replica itself.
		module.Arg{Name: "follow"}, module.Arg{Name: "chained", Type: module.Bool}, module.Arg{Name: "peers", Type: module.List, Elements: module.Str},
		module.Arg{Name: "owner", Default: "redis"}, module.Arg{Name: "group", Default: "redis"},
		// watchers are the sentinels that watch it: address, name and password of each.
		module.Arg{Name: "watchers", Type: module.List, Elements: module.Dict},
		module.Arg{Name: "kind", Default: "redis", Choices: []string{"redis", "valkey"}},
	)
}

// redisInstance is an instance of this node with its configuration.
type redisInstance struct {
	*redisAt
	name, unit, path  string
	content, file     string
	exists, running   bool
	invocation        string
	waits             []string   // directives that it has not taken yet
	follows           redis.Addr // whom it is to follow when it starts, if that has to change
	declared, current redis.Conf
}

func newRedisInstance(ctx context.Context, c *module.Call) (*redisInstance, error) {
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
	i.running, i.invocation = err == nil && u.Running(), u.InvocationID
	if i.running {
		i.waits = redis.Waits(i.file, i.invocation)
	}
	return i, err
}

func runRedisConfig(ctx context.Context, c *module.Call) (*value.Dict, error) {
	i, err := newRedisInstance(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := i.same(ctx); err != nil {
		return nil, err
	}
	switch {
	case !i.exists:
		err = i.first(ctx)
	case c.Args.String("mode") == redis.Sentinels:
		err = i.sentinel(ctx)
	case i.running:
		if err = i.live(ctx); err == nil {
			err = i.write()
		}
	default:
		i.keepSnapshot()
		if err = i.comeBack(ctx); err == nil && !i.follows.Known() && i.current.Get("replicaof") == "" && !i.hasData() {
			err = i.beginAnew(ctx)
		}
		if err == nil {
			err = i.write()
		}
	}
	return value.DictOf("restart", len(i.waits) > 0, "why", value.Strings(i.waits), "login", i.login()), err
}

// same refuses what would make the instance lose its data without a word: another directory, or a server that may not read it.
func (i *redisInstance) same(ctx context.Context) error {
	was, is := redis.Normal("dir", []string{i.current.Get("dir")}), redis.Normal("dir", []string{i.declared.Get("dir")})
	if i.exists && was != "" && was != is {
		return fmt.Errorf("cannot move the data of %s from %s to %s: restore the old redis_fs_main, or remove the instance (pig redis-rm) and create it again", i.name, was, is)
	}
	u, err := i.call.System.Services().Unit(ctx, i.unit)
	if err != nil || u.PID == 0 {
		return err
	}
	exe, err := i.call.System.Files().Stat(fmt.Sprintf("/proc/%d/exe", u.PID), false)
	if kind := i.call.Args.String("kind"); err == nil && exe.Target != "" && !strings.Contains(path.Base(exe.Target), kind) {
		return fmt.Errorf("cannot change redis_type of %s: the instance runs %s, redis_type is %s, and their data may differ: create a new cluster and replicate the data", i.name, exe.Target, kind)
	}
	return nil
}

// first writes the file of an instance that has none.
func (i *redisInstance) first(ctx context.Context) error {
	a := i.call.Args
	if err := i.beginAnew(ctx); err != nil {
		return err
	}
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
			if i.follows.Known() {
				target = i.follows
			}
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
	text := i.file
	if !i.current.Says(i.declared) {
		text = redis.Rewrite(i.content, i.file)
	}
	if i.follows.Known() {
		text = redis.Follow(text, i.follows)
	}
	return i.put(redis.Wait(text, i.invocation, i.waits))
}

// login is the password that the instance takes now, if it is not the declared one: a plan goes on with it.
func (i *redisInstance) login() value.Value {
	if i.used == "" || i.used == i.call.Args.String("password") {
		return ""
	}
	return secret.New(i.used)
}

// put writes the file, and sees to its owner and mode. What shows the hash of the password goes before, so that no diff has it.
func (i *redisInstance) put(text string) error {
	mode := fs.FileMode(0o600)
	attrs := node.Attrs{Mode: &mode, Owner: i.call.Args.String("owner"), Group: i.call.Args.String("group")}
	attrs.NoDiff = redis.Confidential(i.file) || redis.Confidential(text)
	if text == i.file && i.exists {
		return i.call.System.Files().Set(i.path, true, attrs)
	}
	if bare := redis.Bare(i.file); i.exists && bare != i.file {
		if err := i.call.Scratch.Files().Write(i.path, []byte(bare), attrs); err != nil {
			return err
		}
	}
	return i.call.System.Files().Write(i.path, []byte(redis.Bare(text)), attrs)
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
	i.call.Facts.Warn("%s is down: its append-only file is enabled once the instance runs, so that it starts with its snapshot", i.name)
}

// hasData tells whether the instance has anything to start with.
func (i *redisInstance) hasData() bool {
	for _, name := range []string{"dump.rdb", "appendonlydir", "appendonly.aof"} {
		if data, err := i.call.System.Files().Stat(path.Join(i.declared.Get("dir"), name), true); err != nil || data.Exists() {
			return true // or it cannot be seen
		}
	}
	return false
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

// live sets what the running server takes while it runs, and finds out what takes a restart.
func (i *redisInstance) live(ctx context.Context) error {
	replies, err := i.ask(ctx, []string{"CONFIG", "GET", "*"})
	switch {
	case errors.Is(err, node.ErrUnknown): // it starts with the file, or will answer by then
		return nil
	case redis.Refused(err, "ERR unknown command"): // CONFIG is switched off
		i.waitsFor(i.current.Differing(i.declared)...)
		return nil
	case err != nil:
		return redisTrouble(ctx, i.call, i.name, err)
	}
	change := node.Change{Kind: "redis settings", ID: i.name, Action: "update", Impact: node.ImpactReload}
	var commands [][]string
	for _, d := range redis.Differences(i.declared, redis.Pairs(replies[0])) {
		if d.Restart {
			i.waitsFor(d.Key)
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
			return err
		}
	}
	return i.names(ctx)
}

// waitsFor takes down directives that take a restart.
func (i *redisInstance) waitsFor(keys ...string) {
	for _, k := range keys {
		if !slices.Contains(i.waits, k) {
			i.waits = append(i.waits, k)
		}
	}
	slices.Sort(i.waits)
}

// names finds out which commands do not have their declared names yet.
func (i *redisInstance) names(ctx context.Context) error {
	want, have := i.declared.Renames(), i.current.Renames()
	for command := range have {
		if _, ok := want[command]; !ok {
			i.waitsFor("rename-command " + command)
		}
	}
	for command, name := range want {
		reply, err := i.ask1(ctx, "COMMAND", "INFO", command, name)
		if err != nil {
			return err
		}
		if l := redis.List(reply); len(l) == 2 && (l[0] != nil || name != "" && l[1] == nil) {
			i.waitsFor("rename-command " + command)
		}
	}
	return nil
}
