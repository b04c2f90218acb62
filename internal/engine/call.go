package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"pig/internal/diag"
	"pig/internal/fleet"
	"pig/internal/jinja"
	"pig/internal/module"
	"pig/internal/playbook"
	"pig/internal/secret"
	"pig/internal/value"
)

// call is one execution of an action.
type call struct {
	*run
	task  *playbook.Task
	scope *scope
	args  *value.Dict
	said  said
	// elsewhere says that the handlers are noted on the task's host, though the task runs on another.
	elsewhere bool
	// launched says that it is a job in the background already.
	launched bool
}

// node runs a module on the host that the task is for, or is delegated to.
func (c *call) node(ctx context.Context, name string, args *value.Dict) Result {
	mod, ok := c.e.Modules[name]
	if !ok {
		return failure(fmt.Sprintf("module %q not found", name))
	}
	planned, err := c.planned(name, mod, args)
	if err != nil {
		return failed(err)
	}
	if _, err := mod.Spec.Check(name, args); err != nil {
		return wrongArguments(name, mod.Spec, args, err)
	}
	if limit, ok, err := c.background(planned); err != nil {
		return failed(err)
	} else if ok {
		return c.launch(name, args, limit)
	}
	host, user, err := c.where()
	if errors.Is(err, errUnknownHost) {
		return unknown("the host that delegate_to names")
	}
	if err != nil {
		return failed(err)
	}
	var parts []staged
	switch {
	case name == "configuration":
		args, parts = c.unstage(host.Name, args)
	case args.At("staged") != nil:
		return c.stage(host.Name, name, args)
	}
	var env map[string]string
	envHeard := c.scope.Heard(func() { env, err = c.environment() })
	if err != nil {
		return failed(err)
	}
	if envHeard && (host.Local || host.Name != c.Name) {
		return failed(diag.Errorf(c.task.Pos, "invalid environment: what a host sent cannot choose it on %s", host.Name))
	}
	timeout, err := c.timeout()
	if err != nil {
		return failed(err)
	}
	pending, err := c.announceHandlers(ctx, host, planned)
	if err != nil {
		return failed(err)
	}
	release, err := c.acquire(ctx)
	if err != nil {
		return failed(err)
	}
	defer release()
	c.learn(Result{Values: args, Heard: c.said.any()})
	res, err := c.e.Nodes.Run(ctx, host, fleet.Task{
		Task:    module.Task{Module: name, Args: args, User: user, Env: env, Pending: pending, Key: c.e.opt.Key},
		Planned: planned, Timeout: timeout,
	})
	r := c.outcome(host, res, err)
	r.Noted = r.Noted || c.elsewhere
	r.Heard = !host.Local || c.said.any() || envHeard
	c.explain(&r, parts)
	c.learn(r)
	if planned && !c.e.opt.Plan && r.Opaque { // check_mode of one task, as in Ansible
		return notInCheck()
	}
	return r
}

// maxLearned bounds the secrets that one result of a node makes known, minLearned how short they may be: a node that calls
// every word a secret would hide what happens.
const maxLearned, minLearned = 100, 12

// learn makes secrets known that a task made, such as keys.
func (r *run) learn(res Result) {
	secrets := value.Secrets(res.Values)
	if res.Heard {
		secrets = slices.DeleteFunc(secrets, func(s string) bool { return len(s) < minLearned || secret.Weak(s) })
		secrets = secrets[:min(len(secrets), maxLearned)]
	}
	r.e.Redactor.Add(secrets...)
}

// outcome is what a host answered as the result of a task.
func (c *call) outcome(host fleet.Host, res module.Result, err error) Result {
	var gone *fleet.Unreachable
	switch {
	case errors.As(err, &gone):
		r := failure(gone.Error())
		r.Unreachable = true
		return r
	case err != nil:
		r := fromModule(res)
		r.Failed, r.Msg = true, err.Error()
		return r
	}
	r := fromModule(res)
	r.Of = "Module"
	return r
}

// planned tells whether the call goes to the shadow. check_mode: false makes a command run in a plan: it says that it
// changes nothing.
func (c *call) planned(name string, mod module.Module, args *value.Dict) (bool, error) {
	check, err := c.checks(c.task, c.scope)
	if err != nil {
		return false, err
	}
	if c.e.opt.Plan && !check && slices.ContainsFunc(mod.Spec.Args, func(a module.Arg) bool { return a.Name == "read_only" }) {
		args.Set("read_only", true)
	}
	return c.e.opt.Plan || check, nil
}

// errUnknownHost: only a run can tell what delegate_to names.
var errUnknownHost = errors.New("the host that delegate_to names is not known yet")

// target is the name of the host that the call goes to, and whether a node had a say in it.
func (c *call) target() (name string, heard bool, err error) {
	v := c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.DelegateTo })
	if v == nil {
		return c.Name, false, nil
	}
	var to value.Value
	heard = c.scope.Heard(func() { to, err = c.scope.Value(v, c.task.Pos) })
	if err != nil {
		return "", heard, err
	}
	if value.IsUnknown(to) {
		return "", heard, errUnknownHost
	}
	name = c.Name
	if to != jinja.Omit {
		name = value.Str(to)
	}
	if h := c.e.Inventory.Host(name); h != nil && !h.Implicit {
		name = h.Name // it may be an alias
	}
	if heard {
		err = c.delegate(name)
	}
	return name, heard, err
}

// delegatedTo is how people are told of the host that a task ran on, if it is another one: its name, and its address in brackets if that differs.
func (r *run) delegatedTo(t *playbook.Task, s *scope) string {
	if r.closest(t, func(k *playbook.Keywords) value.Value { return k.DelegateTo }) == nil {
		return ""
	}
	c := &call{run: r, task: t, scope: s}
	name, _, err := c.target()
	if err != nil || name == r.Name {
		return ""
	}
	if h := c.e.host(name); h != nil {
		if addr, ok, err := r.playRun.scope(h, nil, nil).Lookup("ansible_host"); ok && err == nil && value.Str(addr) != name && value.Str(addr) != "" {
			return name + "(" + value.Str(addr) + ")"
		}
	}
	return name
}

// scopeOf has the variables of the host that the call goes to.
func (c *call) scopeOf(name string) *scope {
	if name == c.Name {
		return c.scope
	}
	if h := c.e.host(name); h != nil {
		return c.playRun.scope(h, nil, nil)
	}
	return c.playRun.scope(c.e.stranger(name), nil, nil)
}

// where tells which host the call goes to, and as which user.
func (c *call) where() (fleet.Host, string, error) {
	name, heard, err := c.target()
	if err != nil {
		return fleet.Host{}, "", err
	}
	s := c.scopeOf(name)
	host, err := c.connection(name, s)
	if err != nil {
		return host, "", err
	}
	if heard && name != c.Name {
		if err := c.notHere(host); err != nil {
			return host, "", err
		}
	}
	user, become, err := c.become(s, name)
	if err != nil {
		return host, "", err
	}
	host.Become = become || c.root && !host.Local
	return host, user, nil
}

// environment merges the environments around a task, the outermost first.
func (c *call) environment() (map[string]string, error) {
	var all []value.Value
	all = append(all, c.playRun.play.Environment...)
	chain := c.task.Chain()
	for i := len(chain) - 1; i >= 0; i-- {
		if chain[i].Parent != nil {
			all = append(all, chain[i].Environment...)
		}
	}
	all = append(all, c.task.Environment...)
	if len(all) == 0 {
		return nil, nil
	}
	env := map[string]string{}
	for _, v := range all {
		r, err := c.scope.Value(v, c.task.Pos)
		if err != nil {
			return nil, err
		}
		d, ok := r.(*value.Dict)
		if !ok {
			continue
		}
		for k, item := range d.All() {
			env[value.KeyText(k)] = value.Str(item)
		}
	}
	return env, nil
}

func (c *call) timeout() (time.Duration, error) {
	for _, v := range []value.Value{c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.Timeout }), c.task.Async} {
		if v == nil {
			continue
		}
		return c.scope.seconds(v, c.task.Pos)
	}
	return 0, nil
}

// acquire takes one of the forks, and one of the task's own throttle.
func (c *call) acquire(ctx context.Context) (func(), error) {
	gate, err := c.gate()
	if err != nil {
		return nil, err
	}
	taken := []chan struct{}{}
	release := func() {
		for _, g := range taken {
			<-g
		}
	}
	for _, g := range []chan struct{}{gate, c.e.forks} {
		if g == nil {
			continue
		}
		select {
		case g <- struct{}{}:
			taken = append(taken, g)
		case <-ctx.Done():
			release()
			return nil, context.Cause(ctx)
		}
	}
	return release, nil
}

// gate is the semaphore of a task with throttle.
func (c *call) gate() (chan struct{}, error) {
	v := c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.Throttle })
	if v == nil {
		return nil, nil
	}
	text, err := c.scope.text(v, c.task.Pos)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return nil, fmt.Errorf("invalid throttle %q: want a number", text)
	}
	if n == 0 {
		return nil, nil
	}
	c.playRun.mu.Lock()
	defer c.playRun.mu.Unlock()
	g, ok := c.throttles[c.task]
	if !ok {
		g = make(chan struct{}, n)
		c.throttles[c.task] = g
	}
	return g, nil
}
