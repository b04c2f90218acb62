package modules

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/node"
	redis "pig/internal/products/redis/model"
	"pig/internal/products/redis/peer"
	"pig/internal/value"
)

// redisNode is a machine of which only files, units and Redis instances exist. answer answers their commands: a string, int64,
// []any, nil or redis.Error; errDown where nobody listens.
type redisNode struct {
	node.System
	planned bool
	files   map[string]string
	units   map[string]node.Unit
	answer  func(at string, command []string) any

	mu     *sync.Mutex
	told   *[]string // commands that were sent, except those of logins
	record func(node.Change)
}

var errDown = errors.New("nobody listens")

func newRedisNode(answer func(at string, command []string) any) *redisNode {
	return &redisNode{files: map[string]string{}, units: map[string]node.Unit{}, answer: answer, mu: &sync.Mutex{}, told: &[]string{}, record: func(node.Change) {}}
}

func (f *redisNode) For(t node.Task) (node.System, error) {
	g := *f
	g.record = func(node.Change) {}
	if t.Record != nil {
		g.record = t.Record
	}
	return &g, nil
}

func (f *redisNode) Await(ctx context.Context, w node.Wait) error {
	if f.planned {
		return node.Look(ctx, w)
	}
	return node.Poll(ctx, w)
}

func (f *redisNode) Do(ctx context.Context, c node.Change, steps func(context.Context) error) error {
	if !f.planned {
		if err := steps(ctx); err != nil {
			return err
		}
	}
	f.record(c)
	return nil
}

func (f *redisNode) Files() node.Files       { return redisFiles{f: f} }
func (f *redisNode) Services() node.Services { return redisServices{f: f} }
func (f *redisNode) Net() node.Net           { return redisNet{f: f} }

func (f *redisNode) Exec(context.Context, node.Cmd) (node.Output, error) {
	return node.Output{}, errors.New("no commands here")
}

type redisFiles struct {
	node.Files
	f *redisNode
}

func (r redisFiles) Read(path string) ([]byte, error) {
	text, ok := r.f.files[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

func (r redisFiles) Write(path string, content []byte, _ node.Attrs) error {
	r.f.files[path] = string(content)
	r.f.record(node.Change{Kind: "file", ID: path, Action: "write"})
	return nil
}

func (redisFiles) Set(string, bool, node.Attrs) error { return nil }

func (r redisFiles) Stat(path string, _ bool) (node.Info, error) {
	i := node.Info{Path: path, Kind: node.Absent}
	if _, ok := r.f.files[path]; ok {
		i.Kind = node.File
	}
	return i, nil
}

type redisServices struct {
	node.Services
	f *redisNode
}

func (s redisServices) Unit(_ context.Context, name string) (node.Unit, error) {
	return s.f.units[name], nil
}

func (s redisServices) Stop(_ context.Context, name string, _ node.UnitOptions) error {
	return s.act(name, "stop", "inactive")
}

func (s redisServices) Restart(_ context.Context, name string, _ node.UnitOptions) error {
	return s.act(name, "restart", "active")
}

func (s redisServices) act(name, verb, state string) error {
	u := s.f.units[name]
	u.Active = state
	s.f.units[name] = u
	s.f.record(node.Change{Kind: "service", ID: name, Action: verb})
	return nil
}

type redisNet struct {
	node.Net
	f *redisNode
}

func (n redisNet) Converse(_ context.Context, c node.Conversation) error {
	at := net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
	if n.f.planned && c.Change != nil {
		n.f.record(*c.Change)
		return nil
	}
	if err, down := n.f.answer(at, []string{"PING"}).(error); down && errors.Is(err, errDown) {
		if n.f.planned {
			return fmt.Errorf("%w: %w", errDown, node.ErrUnknown)
		}
		return errDown
	}
	here, there := net.Pipe()
	defer here.Close()
	go n.f.serve(at, there)
	if err := c.Speak(here); err != nil {
		return err
	}
	if c.Change != nil {
		n.f.record(*c.Change)
	}
	return nil
}

func (f *redisNode) serve(at string, conn net.Conn) {
	defer conn.Close()
	peer.Serve(conn, func(command []string) redis.Reply {
		f.mu.Lock()
		defer f.mu.Unlock()
		if command[0] != "AUTH" && command[0] != "PING" {
			*f.told = append(*f.told, at+" "+strings.Join(command, " "))
		}
		return f.answer(at, command)
	})
}

func (f *redisNode) run(t *testing.T, name string, args *value.Dict) module.Result {
	t.Helper()
	return module.Run(t.Context(), f, builtin.Table(Table()), module.Task{Module: name, Args: args})
}

// commands are those that were sent, of some kinds.
func (f *redisNode) commands(names ...string) string {
	var all []string
	for _, c := range *f.told {
		if slices.Contains(names, strings.Fields(c)[1]) {
			all = append(all, c)
		}
	}
	return strings.Join(all, "; ")
}
