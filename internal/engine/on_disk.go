package engine

import (
	"context"
	"path"
	"strings"
	"sync"

	"pig/internal/diag"
	"pig/internal/module"
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
	check, err := c.scope.flag(c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.CheckMode }), c.task.Pos, c.e.opt.Plan)
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

// params are the arguments of a task with those that Ansible adds for the module itself.
func (c *call) params(check bool) (*value.Dict, error) {
	noLog, err := c.scope.flag(c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.NoLog }), c.task.Pos, false)
	if err != nil {
		return nil, err
	}
	diff, err := c.scope.flag(c.closest(c.task, func(k *playbook.Keywords) value.Value { return k.Diff }), c.task.Pos, c.e.opt.Diff)
	if err != nil {
		return nil, err
	}
	params := c.args.Clone()
	params.Update(value.DictOf(
		"_ansible_check_mode", check, "_ansible_no_log", noLog, "_ansible_debug", false, "_ansible_diff", diff, "_ansible_verbosity", int64(c.e.opt.Verbosity),
		"_ansible_version", ansibleVersion, "_ansible_module_name", c.task.Called, "_ansible_syslog_facility", "LOG_USER",
		"_ansible_selinux_special_fs", value.Strings([]string{"fuse", "nfs", "vboxsf", "ramfs", "9p", "vfat"}), "_ansible_socket", nil,
		"_ansible_shell_executable", "/bin/sh", "_ansible_keep_remote_files", false, "_ansible_tmpdir", nil, "_ansible_remote_tmp", "~/.ansible/tmp",
		"_ansible_ignore_unknown_opts", false, "_ansible_target_log_info", nil, "_ansible_tracebacks_for", value.NewList(),
	))
	return params, nil
}

// interpreter is what starts a module on the host that it goes to: as the variables of that host say, or as its first line does. The Python of
// a node is found there.
func (c *call) interpreter(p payload.Payload) ([]string, error) {
	words, err := module.SplitWords(p.Interpreter)
	if err != nil || p.Style == payload.Binary {
		return nil, err
	}
	if len(words) == 0 {
		if p.Style != payload.Python {
			return nil, diag.Errorf(c.task.Pos, "module (%s) is missing interpreter line", c.task.Called)
		}
		words = []string{"/usr/bin/python"}
	}
	program := path.Base(words[0])
	if p.Style == payload.Python {
		program, words = "python", words[:1]
	}
	s, err := c.thereScope()
	if err != nil {
		return nil, err
	}
	vars := &connectionVars{c: c, s: s}
	own := vars.get("ansible_" + program + "_interpreter")
	if vars.err != nil {
		return nil, vars.err
	}
	if program == "python" {
		own = first(own, c.e.opt.Python)
		if own == "" || strings.HasPrefix(own, "auto") {
			return append([]string{"python"}, words[1:]...), nil
		}
	}
	if own == "" {
		return words, nil
	}
	chosen, err := module.SplitWords(own)
	return append(chosen, words[1:]...), err
}

// thereScope has the variables of the host that the call goes to.
func (c *call) thereScope() (*scope, error) {
	name, _, err := c.target()
	switch {
	case err != nil:
		return nil, err
	case name == c.Name:
		return c.scope, nil
	case c.e.host(name) != nil:
		return c.playRun.scope(c.e.host(name), nil, nil), nil
	}
	return c.playRun.scope(c.e.stranger(name), nil, nil), nil
}

// keepFacts keeps the facts in the result of a module that pig lacks. Names that choose a connection, and those of variables that somebody else
// has set, are dropped: a node cannot set them.
func (c *call) keepFacts(ctx context.Context, r Result) Result {
	answered, ok := r.Values.At("ansible_facts").(*value.Dict)
	if !ok {
		return r
	}
	known, own := value.NewDict(), value.NewDict()
	var dropped []string
	for k, v := range answered.All() {
		name := value.KeyText(k)
		switch {
		case strings.HasPrefix(name, "ansible_"):
			known.Set(name, v)
		case steers(name) || !playbook.IsVariable(name) || len(name) > maxFactName || own.Len() >= maxFacts || c.isSet(name):
			dropped = append(dropped, name)
		default:
			own.Set(name, v)
		}
	}
	facts, others := factsOf(known)
	hosts, err := c.factHosts(ctx)
	if err != nil {
		return notLearned(err)
	}
	for _, h := range hosts {
		h.tell(facts, r.Heard)
		h.tellAs(own, "", r.Heard)
	}
	c.e.dropped(c.Name, append(dropped, others...))
	return r
}

// isSet tells whether a name is that of a variable which is no fact.
func (c *call) isSet(name string) bool {
	c.host.mu.Lock()
	fact := c.host.injected.Has(name)
	c.host.mu.Unlock()
	if fact {
		return false
	}
	_, set, _ := c.scope.vars.Lookup(name)
	return set
}
