package modules

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/value"
)

// redisArgs are the arguments that every module that speaks to Redis takes.
func redisArgs() []module.Arg {
	return []module.Arg{
		{Name: "password"},
		// login are passwords that it may still have, in a plan or where a run was interrupted.
		{Name: "login", Type: module.List, Elements: module.Raw},
		// renames are commands that have other names there, as redis_rename_commands has them.
		{Name: "renames", Type: module.Dict},
	}
}

// redisAt speaks to the instance at an address, on a new connection each time: a few commands, seldom.
type redisAt struct {
	call      *module.Call
	at        redis.Addr
	passwords []string // tried in turn
	needs     string   // its unit, where it is one of this node
	names     map[string][]string
	used      string // the password that it took last
	timeout   time.Duration
}

// A question may be asked again soon; a change is made once, and gets the time that a busy machine takes for it.
const (
	redisTimeout       = 5 * time.Second
	redisChangeTimeout = 30 * time.Second
)

// newRedis speaks to the instance at an address; needs is its unit, if it is one of this node.
func newRedis(c *module.Call, at redis.Addr, needs string, passwords ...string) *redisAt {
	r := &redisAt{call: c, at: at, needs: needs, names: map[string][]string{}, timeout: redisTimeout}
	for _, p := range append(passwords, c.Args.Strings("login")...) {
		if !slices.Contains(r.passwords, p) {
			r.passwords = append(r.passwords, p)
		}
	}
	r.rename(renamesOf(c.Args.Get("renames")))
	return r
}

func renamesOf(v value.Value) map[string]string {
	m := map[string]string{}
	if d, ok := v.(*value.Dict); ok {
		for k, name := range d.All() {
			m[strings.ToLower(value.KeyText(k))] = value.Str(name)
		}
	}
	return m
}

// rename makes it try a command by another name too: a new name is declared before the server knows it.
func (r *redisAt) rename(names map[string]string) {
	for command, name := range names {
		if name != "" {
			r.names[command] = append(r.names[command], name)
		}
	}
}

// ask sends commands that change nothing and gives their answers.
func (r *redisAt) ask(ctx context.Context, commands ...[]string) ([]redis.Reply, error) {
	var replies []redis.Reply
	err := module.Question(ctx, r.call, r.needs, func(ctx context.Context) error {
		replies = nil
		return r.converse(ctx, r.call.System, nil, commands, &replies)
	})
	return replies, err
}

// ask1 sends one command that changes nothing.
func (r *redisAt) ask1(ctx context.Context, command ...string) (redis.Reply, error) {
	replies, err := r.ask(ctx, command)
	if err != nil {
		return nil, err
	}
	return replies[0], nil
}

// tell sends commands that together are one change.
func (r *redisAt) tell(ctx context.Context, change node.Change, commands ...[]string) error {
	return r.converse(ctx, r.call.System, &change, commands, nil)
}

// quietly sends commands that are part of a change which is told otherwise. A plan takes them for done.
func (r *redisAt) quietly(ctx context.Context, commands ...[]string) error {
	return r.converse(ctx, r.call.Scratch, &node.Change{}, commands, nil)
}

func (r *redisAt) converse(ctx context.Context, s node.System, change *node.Change, commands [][]string, replies *[]redis.Reply) error {
	limit := r.timeout
	if change != nil {
		limit = max(limit, redisChangeTimeout)
	}
	err := s.Net().Converse(ctx, node.Conversation{
		Host: r.at.Host, Port: r.at.Port, Timeout: limit, ReadOnly: change == nil, Needs: r.needs, Change: change,
		Speak: func(conn io.ReadWriter) error {
			c := redis.NewClient(conn)
			if err := r.login(c); err != nil {
				return err
			}
			for _, command := range commands {
				reply, err := r.do(c, command)
				if err != nil {
					return err
				}
				if replies != nil {
					*replies = append(*replies, reply)
				}
			}
			return nil
		},
	})
	if err != nil && !errors.Is(err, node.ErrUnknown) {
		return fmt.Errorf("%s: %w", r.at, err)
	}
	return err
}

// errPassword says that an instance takes none of the passwords that are known.
var errPassword = errors.New("the instance accepts neither the declared password nor the password of its configuration")

func (r *redisAt) login(c *redis.Client) error {
	for _, p := range r.passwords {
		command := []string{"AUTH", p}
		if p == "" {
			command = []string{"PING"}
		}
		_, err := c.Do(command...)
		switch {
		case err == nil, redis.Refused(err, "LOADING", "MASTERDOWN", "BUSY"):
			r.used = p
			return nil
		case redis.Refused(err, "ERR AUTH <password> called without", "ERR Client sent AUTH, but no password"):
			r.used = ""
			return nil
		case redis.Refused(err, "NOAUTH", "WRONGPASS", "ERR invalid password"):
			continue
		default:
			return err
		}
	}
	return errPassword
}

// do sends a command by each name that it may have.
func (r *redisAt) do(c *redis.Client, command []string) (redis.Reply, error) {
	var reply redis.Reply
	var err error
	for _, name := range append(slices.Clone(r.names[strings.ToLower(command[0])]), command[0]) {
		reply, err = c.Do(append([]string{name}, command[1:]...)...)
		if !redis.Refused(err, "ERR unknown command") {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", command[0], err)
	}
	return reply, nil
}

// role asks an instance what it is.
func (r *redisAt) role(ctx context.Context) (redis.Role, error) {
	reply, err := r.ask1(ctx, "ROLE")
	if err != nil {
		return redis.Role{}, err
	}
	return redis.ParseRole(reply)
}

// redisView asks instances for their roles, all at once. Those that do not answer are left out.
func redisView(ctx context.Context, c *module.Call, at []redis.Addr, passwords ...string) map[redis.Addr]redis.Role {
	type answer struct {
		at   redis.Addr
		role redis.Role
		err  error
	}
	answers := make(chan answer, len(at))
	for _, a := range at {
		go func() {
			role, err := newRedis(c, a, "", passwords...).role(ctx)
			answers <- answer{a, role, err}
		}()
	}
	view := map[redis.Addr]redis.Role{}
	for range at {
		if a := <-answers; a.err == nil {
			view[a.at] = a.role
		}
	}
	return view
}

// redisAddrs reads an argument that lists addresses.
func redisAddrs(c *module.Call, name string) ([]redis.Addr, error) {
	var all []redis.Addr
	for _, text := range c.Args.Strings(name) {
		a, err := redis.ParseAddr(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, a)
	}
	return all, nil
}
