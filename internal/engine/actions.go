package engine

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/secret"
	"pig/internal/value"
)

// action is what the controller does itself, or prepares for a module.
type action struct {
	raw bool // it renders its arguments itself
	run func(ctx context.Context, c *call) Result
	// args are all arguments that it obeys. nil: those of the module of its name, or any variable.
	args []string
	// waits says that the controller itself waits.
	waits bool
}

func actions() map[string]action {
	return map[string]action{
		"debug":                  {raw: true, run: debug, args: []string{"msg", "var", "verbosity", "warn"}},
		"assert":                 {raw: true, run: assert, args: []string{"that", "fail_msg", "msg", "success_msg", "quiet"}},
		"fail":                   {run: fail, args: []string{"msg"}},
		"validate_argument_spec": {run: validateArguments, args: []string{"argument_spec", "provided_arguments", "validate_args_context"}},
		"set_fact":               {run: setFact},
		"include_vars":           {run: includeVars, args: []string{"file", "dir", "name", "_raw_params", "extensions", "depth", "ignore_files", "files_matching", "hash_behaviour"}},
		"include_tasks":          {}, "include_role": {}, "meta": {}, // step knows these
		"add_host":      {run: addHost},
		"group_by":      {run: groupBy, args: []string{"key", "parents"}},
		"pause":         {run: pause, args: []string{"seconds", "minutes", "prompt", "echo"}, waits: true},
		"copy":          {run: copyFile},
		"template":      {raw: true, run: template, args: templateArgs},
		"async_status":  {run: asyncStatus, args: []string{"jid", "mode"}},
		"script":        {run: script, args: []string{"cmd", "_raw_params", "chdir", "creates", "removes", "executable"}},
		"fetch":         {run: fetch, args: []string{"src", "dest", "flat", "fail_on_missing"}},
		"setup":         {run: setup},
		"gather_facts":  {run: setup},
		"package_facts": {run: gather}, "service_facts": {run: gather}, "getent": {run: gather}, "mount_facts": {run: gather},
		"unarchive": {run: unarchive}, "assemble": {run: assemble},
		"reboot": {run: reboot, args: rebootArgs, waits: true}, "set_stats": {run: setStats, args: []string{"data", "per_host", "aggregate"}},
		"wait_for_hosts":      {run: waitForHosts, args: []string{"hosts"}, waits: true},
		"wait_for_connection": {run: waitForConnection, args: []string{"timeout", "delay", "sleep"}, waits: true},
	}
}

func debug(_ context.Context, c *call) Result {
	if v := c.args.At("verbosity"); v != nil {
		text, err := c.scope.text(v, c.task.Pos)
		if err != nil {
			return failed(err)
		}
		if need, err := strconv.Atoi(text); err == nil && c.e.opt.Verbosity < need {
			return skipped("Verbosity threshold not met.")
		}
	}
	if c.args.At("var") != nil && c.args.At("msg") != nil {
		return failed(errors.New("parameters are mutually exclusive: msg|var"))
	}
	if name := c.args.At("var"); name != nil {
		text := value.Str(name)
		v, err := c.scope.Expression(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "{{"), "}}"), c.task.Pos)
		if err != nil {
			v = "<< error 1 - " + words(err) + " >>"
		}
		r := ok(value.DictOf(text, v))
		r.Verbose = true
		return r
	}
	var msg value.Value = "Hello world!"
	if m := c.args.At("msg"); m != nil {
		v, err := c.scope.Value(m, c.args.ValuePos("msg"))
		if err != nil {
			return failed(argError(c.task, "msg", err))
		}
		msg = v
	}
	r := ok(value.DictOf("msg", msg))
	r.Verbose = true
	if value.Truthy(c.args.At("warn")) { // pig's own: a plan without changes tells it too
		r.Warnings = append(r.Warnings, value.Str(msg))
	}
	return r
}

func assert(_ context.Context, c *call) Result {
	that := c.args.At("that")
	if that == nil {
		return failed(errors.New("missing required arguments: that"))
	}
	checks := []value.Value{that}
	if l, ok := that.(*value.List); ok {
		checks = l.Items
	}
	quiet, err := c.scope.flag(c.args.At("quiet"), c.args.ValuePos("quiet"), false)
	if err != nil {
		return failed(err)
	}
	for _, check := range checks {
		v, err := c.scope.Condition(check, c.args.ValuePos("that"))
		if err != nil {
			return failed(err)
		}
		if value.IsUnknown(v) {
			return unknown("whether the assertion holds")
		}
		if v == true {
			continue
		}
		msg := "Assertion failed"
		for _, k := range []string{"fail_msg", "msg"} {
			if m := c.args.At(k); m != nil {
				text, err := c.scope.Value(m, c.args.ValuePos(k))
				if err != nil {
					return failed(err)
				}
				msg = message(text)
				break
			}
		}
		r := failure(msg)
		r.Of, r.Verbose = "Action", !quiet
		r.Values = value.DictOf("assertion", check, "evaluated_to", false, "msg", msg)
		return r
	}
	msg := "All assertions passed"
	if m := c.args.At("success_msg"); m != nil {
		if text, err := c.scope.text(m, c.task.Pos); err == nil {
			msg = text
		}
	}
	r := ok(value.DictOf("msg", msg))
	r.Verbose = !quiet
	return r
}

func fail(_ context.Context, c *call) Result {
	var msg value.Value = "Failed as requested from task"
	if m := c.args.At("msg"); m != nil {
		msg = m
	}
	r := failure(message(msg))
	r.Of = "Action"
	r.Values.Set("msg", msg)
	return r
}

// message is what people read of an author's text: all of it but the secrets that went into it.
func message(v value.Value) string {
	if t, ok := v.(secret.Text); ok {
		return t.Masked()
	}
	return value.Display(v)
}

func setFact(ctx context.Context, c *call) Result {
	facts := value.NewDict()
	var dropped []string
	cacheable := false
	for k, v := range c.args.All() {
		switch name := value.KeyText(k); {
		case name == "cacheable":
			cacheable = truth(v)
		case c.said.names && steers(name) && !c.task.Args.Has(name): // the author of the playbook may, a node may not
			dropped = append(dropped, name)
		case !playbook.IsVariable(name):
			return failed(diag.Errorf(c.args.KeyPos(k), "Invalid variable name '%s'.", name))
		default:
			facts.Set(name, c.e.sealed(name, v))
		}
	}
	c.e.dropped(c.Name, dropped)
	if facts.Len() == 0 && dropped != nil {
		return ok(nil)
	}
	if facts.Len() == 0 {
		return failure("No key/value pairs provided, at least one is required for this action to succeed")
	}
	hosts, err := c.factHosts(ctx)
	if err != nil {
		return notLearned(err)
	}
	for _, h := range hosts {
		for k, v := range facts.All() {
			name := value.KeyText(k)
			h.register(name, value.Clone(v), c.said.names || c.said.args[name])
		}
		if cacheable { // they are facts too, until the run ends
			h.tell(facts, c.said.any())
		}
	}
	c.learn(Result{Values: facts, Heard: c.said.any()})
	r := ok(value.DictOf("ansible_facts", facts))
	if c.args.Has("cacheable") {
		r.Values.Set("_ansible_facts_cacheable", cacheable)
	}
	return r
}

func addHost(_ context.Context, c *call) Result {
	name := ""
	var groups []string
	vars := value.NewDict()
	for k, v := range c.args.All() {
		switch key := value.KeyText(k); key {
		case "name", "hostname", "host":
			name = value.Str(v)
		case "groups", "group", "groupname":
			if l, ok := v.(*value.List); ok {
				for _, g := range l.Items {
					groups = append(groups, value.Str(g))
				}
				continue
			}
			for g := range strings.SplitSeq(value.Str(v), ",") {
				groups = append(groups, strings.TrimSpace(g))
			}
		default:
			vars.Set(key, v)
		}
	}
	if name == "" {
		return failure("add_host needs name: HOST")
	}
	vars, err := c.mayAdd(name, groups, vars)
	if err != nil {
		return failed(err)
	}
	c.e.added.note(name, vars, c.said, "groups", "group", "groupname", "name", "hostname", "host")
	_, changed, err := c.e.Inventory.AddHost(name, groups, vars)
	if err != nil {
		return failed(err)
	}
	r := ok(value.DictOf("add_host", value.DictOf("host_name", name, "groups", value.Strings(groups), "host_vars", vars)))
	r.Changed = changed
	return r
}

func groupBy(ctx context.Context, c *call) Result {
	if err := c.turnOf(ctx); err != nil { // groups have their hosts in order
		return failed(err)
	}
	key := c.args.At("key")
	if key == nil {
		return failure("group_by needs key: GROUP")
	}
	group := strings.ReplaceAll(value.Str(key), " ", "-")
	if c.said.any() {
		if err := c.mayJoin(c.Name, []string{group}); err != nil {
			return failed(err)
		}
		c.e.added.note(c.Name, nil, c.said, "key")
	}
	if above := c.args.At("parents"); above != nil {
		parents, ok := above.(*value.List)
		if !ok {
			parents = value.NewList(above)
		}
		names := make([]string, len(parents.Items))
		for i, p := range parents.Items {
			names[i] = strings.ReplaceAll(value.Str(p), " ", "-")
		}
		if c.said.args["parents"] {
			if err := c.mayJoin(c.Name, names); err != nil {
				return failed(err)
			}
		}
		if _, err := c.e.Inventory.AddGroup(group, names...); err != nil {
			return failed(err)
		}
	}
	_, changed, err := c.e.Inventory.AddHost(c.Name, []string{group}, nil)
	if err != nil {
		return failed(err)
	}
	r := ok(value.DictOf("add_group", group))
	r.Changed = changed
	return r
}
