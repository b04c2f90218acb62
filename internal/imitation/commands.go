package imitation

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	"pig/internal/node"
)

// Command is a program that runs to its end. It gives its exit status.
type Command func(c *Invocation) int

// Invocation is a command at work.
type Invocation struct {
	Machine        *Machine
	Context        context.Context //nolint:containedctx // it lives as long as the command
	User           *node.Account
	Argv           []string
	Env            map[string]string
	Stdin          []byte
	Stdout, Stderr bytes.Buffer
	Files          node.Files // as the command's account
	Net            node.Net
}

// Say writes to standard output.
func (c *Invocation) Say(format string, args ...any) { fmt.Fprintf(&c.Stdout, format, args...) }

// Fail writes to standard error, and gives the exit status of a failure.
func (c *Invocation) Fail(format string, args ...any) int {
	fmt.Fprintf(&c.Stderr, format+"\n", args...)
	return 1
}

// commandPath is where commands are looked for.
var commandPath = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"}

// run runs a command: one that no file stands for is not there, one that has a file and no function is not known.
func (s *system) run(ctx context.Context, c node.Cmd) (node.Output, error) {
	name := c.Argv[0]
	if err := s.installed(name); err != nil {
		return node.Output{}, err
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	do, ok := s.universe.Commands[base]
	if !ok {
		return node.Output{}, s.world.unheardOf("the command %s", strings.Join(c.Argv, " "))
	}
	at := s.process
	if len(c.Sees) > 0 {
		at = &process{Machine: s.seeing(c.Sees), login: s.login}
	}
	silent := &system{process: at, task: node.Task{Record: func(node.Change) {}}, id: s.id}
	i := &Invocation{Machine: at.Machine, Context: ctx, User: s.id, Argv: c.Argv, Stdin: c.Stdin, Env: map[string]string{}, Files: scratch{files{silent}}, Net: network{silent}}
	for _, env := range []map[string]string{s.task.Env, c.Env} {
		for k, v := range env {
			i.Env[k] = v
		}
	}
	out := node.Output{Start: s.world.now(), RC: do(i)}
	out.End = s.world.now()
	out.Stdout, out.Stderr = i.Stdout.Bytes(), i.Stderr.Bytes()
	return out, nil
}

func (s *system) installed(name string) error {
	s.Machine.mu.Lock()
	defer s.Machine.mu.Unlock()
	places := []string{name}
	if !strings.Contains(name, "/") {
		places = nil
		for _, dir := range commandPath {
			places = append(places, dir+"/"+name)
		}
	}
	for _, p := range places {
		if _, ok := s.peek(p); ok {
			return nil
		}
	}
	return fmt.Errorf("command %q not found on this node: %w", name, exec.ErrNotFound)
}

// scratch are files as a command writes them: part of its one deed.
type scratch struct{ files }

// Write replaces a file.
func (f scratch) Write(at string, content []byte, a node.Attrs) error {
	return f.at(at, true, func(s spot) error {
		if err := f.writable(s); err != nil {
			return err
		}
		mode, uid, gid, err := f.resolve(s.entry, a, 0o666)
		if err != nil {
			return err
		}
		e := f.tree.create(node.File, mode, uid, gid)
		e.content = bytes.Clone(content)
		f.tree.put(s, e)
		return nil
	})
}

// Mkdir makes a directory, with those above it.
func (f scratch) Mkdir(at string, a node.Attrs) error {
	return f.locked(func() error {
		e := f.mkdirs(at, 0o755)
		mode, uid, gid, err := f.resolve(e, a, 0o777)
		e.mode, e.uid, e.gid = mode, uid, gid
		return err
	})
}
