package engine

import (
	"context"
	"strings"
	"sync"

	"pig/internal/diag"
	"pig/internal/module/builtin"
	"pig/internal/payload"
	"pig/internal/playbook"
	"pig/internal/value"
)

// A module that pig lacks and that lies on disk is sent to the node as Ansible would send it, and started there by the module ansible_module.

// payloads are what such modules are sent as, by the files of the modules: made once.
type payloads struct {
	mu   sync.Mutex
	made map[string]payload.Payload
}

// payload makes what is sent of the module of a task.
func (r *run) payload(t *playbook.Task) (payload.Payload, error) {
	l, play := r.e.Loader, r.playRun.play
	s := payload.Sources{
		Read: r.e.Files.Read, Moved: l.MovedUtil, Utils: l.Utils(t.Role, play),
		Collection: func(namespace, name string) (string, bool) { return l.CollectionDir(namespace, name, play) },
	}
	key := strings.Join(append([]string{t.Script, play.Dir}, s.Utils...), "\x00")
	r.e.payloads.mu.Lock()
	defer r.e.payloads.mu.Unlock()
	if p, ok := r.e.payloads.made[key]; ok {
		return p, nil
	}
	p, err := s.Of(t.Called, t.Script)
	if err == nil {
		r.e.payloads.made[key] = p
	}
	return p, err
}

// onDisk runs a module that pig lacks.
func (c *call) onDisk(ctx context.Context) Result {
	p, err := c.payload(c.task)
	if err != nil {
		return failed(diag.At(c.task.Pos, err))
	}
	check, err := c.checks(c.task, c.scope)
	if err != nil {
		return failed(err)
	}
	params, err := c.params(check)
	if err != nil {
		return failed(err)
	}
	start, err := c.interpreter(p)
	if err != nil {
		return failed(err)
	}
	args := value.DictOf("name", c.task.Called, "style", string(p.Style), "interpreter", value.Strings(start), "digest", p.Digest,
		"python_name", p.Module, "params", params, "check", check && p.Checks)
	return c.keepFacts(ctx, asAnsible(c.send(ctx, p, args)))
}

// send starts the module. The first time, the node asks for its text.
func (c *call) send(ctx context.Context, p payload.Payload, args *value.Dict) Result {
	if c.task.Async == nil { // a job cannot ask back
		if r := c.node(ctx, "ansible_module", args.Clone()); !r.Values.Has(builtin.WantsContent) {
			return r
		}
	}
	args.Set("content", string(p.Content))
	return c.node(ctx, "ansible_module", args)
}

// asAnsible makes of what a module that pig lacks returned what Ansible makes of it.
func asAnsible(r Result) Result {
	switch {
	case r.Failed && r.Of == "Module":
		if !r.Values.Has("msg") {
			r.Of = "Action"
			r.Values.Set("msg", "Task failed: Action failed: "+r.Msg)
		}
		if r.Values.Has("module_stdout") {
			r.Of = "Action"
		}
		if !r.Values.Has("exception") {
			r.Values.Set("exception", "(traceback unavailable)")
		}
	case value.Truthy(r.Values.At("skipped")):
		r.Values.Delete("skipped")
		r.Values.Set("failed", false)
		r.Skipped = true
		if msg := r.Values.At("msg"); msg != nil {
			r.Msg = value.Display(msg)
		}
	}
	return r
}
