package builtin_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// withSay is a machine with a command that tells how it was called.
func withSay(u *imitation.Universe) {
	say := func(c *imitation.Invocation) int {
		c.Say("%s|%s|%s\n\n", strings.Join(c.Argv, " "), c.Stdin, c.Env["LANG"])
		if c.Argv[len(c.Argv)-1] == "fail" {
			return c.Fail("it failed")
		}
		return 0
	}
	for _, name := range []string{"say", "sh", "bash"} {
		u.Commands[name] = say
		u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/" + name, Mode: 0o755})
	}
	u.Base = append(u.Base, imitation.Laid{Path: "/bin/sh", Mode: 0o755}, imitation.Laid{Path: "/bin/bash", Mode: 0o755})
}

func TestCommandsTellWhatTheySaid(t *testing.T) {
	t.Parallel()
	m := newMachine(withSay)
	m.Put(imitation.Laid{Path: "/srv/done-1", Content: "x"})
	for _, c := range []struct {
		module  string
		args    *value.Dict
		changed value.Value
		failed  string
		says    []string
	}{
		{"command", args("_raw_params", `say 'a b' "c\"d" e`), true, "", []string{`'stdout': 'say a b c"d e||'`, "'rc': 0", "'stdout_lines': ['say a b c\"d e||']"}},
		{"command", args("argv", list("say", "a b"), "stdin", "in"), true, "", []string{`say a b|in\n|`}},
		{"command", args("argv", list("say"), "stdin", "in", "stdin_add_newline", false, "strip_empty_ends", false), true, "", []string{`'stdout': 'say|in|\n\n'`}},
		{"shell", args("_raw_params", "say a | b"), true, "", []string{"/bin/sh -c say a | b", "'cmd': 'say a | b'"}},
		{"raw", args("_raw_params", "say", "executable", "/bin/bash"), true, "", []string{"/bin/bash -c say"}},
		{"command", args("_raw_params", "say", "read_only", true), false, "", nil},
		{"command", args("_raw_params", "say", "verify", true), false, "", nil},
		{"command", args("_raw_params", "say fail", "read_only", true), false, "non-zero return code", nil},
		{"command", args("_raw_params", "say fail"), true, "non-zero return code", []string{"'rc': 1", "'stderr': 'it failed'", "'stderr_lines': ['it failed']"}},
		{"command", args("_raw_params", "say", "creates", "/srv/done-1"), false, "", []string{"skipped, since /srv/done-1 exists", "'rc': 0"}},
		{"command", args("_raw_params", "say", "creates", "done-*", "chdir", "/srv"), false, "", []string{"skipped, since done-* exists"}},
		{"command", args("_raw_params", "say", "creates", "/srv/other"), true, "", nil},
		{"command", args("_raw_params", "say", "removes", "/srv/other"), false, "", []string{"skipped, since /srv/other does not exist"}},
		{"command", args("_raw_params", "say", "removes", "/srv/done-[0-9]"), true, "", nil},
		{"command", args("_raw_params", "say", "creates", "/srv/["), false, "syntax error in pattern", nil},
		{"command", args("_raw_params", "say 'a"), false, "the command line has an unclosed quote: say 'a", nil},
		{"command", args("_raw_params", "  "), false, "no command given", nil},
		{"command", args("_raw_params", "nosuch"), false, `command "nosuch" not found on this node`, nil},
		{"command", args("_raw_params", "say", "argv", list("say")), false, "takes only one of: _raw_params, argv", nil},
		{"command", args("_raw_params", "say", "executable", "/bin/sh"), false, `module command has no argument "executable"`, nil},
		{"shell", args("chdir", "/"), false, "module shell needs one of: _raw_params", nil},
		{"command", args("_raw_params", "say", "impact", "doom"), false, "must be one of none, reload, gap", nil},
	} {
		r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: c.module, Args: c.args, Env: map[string]string{"LANG": ""}})
		name := c.module + " " + value.Display(c.args)
		if (c.failed == "" || strings.HasPrefix(c.failed, "non-zero")) && r.Changed != c.changed || !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") {
			t.Errorf("%s: changed %v, failed %q", name, r.Changed, r.Failed)
		}
		for _, want := range c.says {
			if said := value.Display(r.Values); !strings.Contains(said, want) {
				t.Errorf("%s said %s, and not %s", name, said, want)
			}
		}
	}
}

// What a plan knows of a command is what the playbook says that it changes, and whether it runs at all.
func TestCommandsInAPlan(t *testing.T) {
	t.Parallel()
	m := newMachine(withSay)
	shadow := node.NewShadow(m)
	for _, c := range []struct {
		args    *value.Dict
		unknown bool
		makes   string
	}{
		{args("_raw_params", "say"), true, ""},
		{args("_raw_params", "say", "read_only", true), false, ""},
		{args("_raw_params", "say", "effect", "the index of x", "impact", "reload"), true, "command the index of x run"},
		{args("_raw_params", "say", "creates", "/etc/os-release"), false, ""},
	} {
		r := module.Run(t.Context(), shadow, builtin.Table(), module.Task{Module: "command", Args: c.args})
		if value.IsUnknown(r.Changed) != c.unknown && fake.Keys(r.Changes) == "" || fake.Keys(r.Changes) != c.makes || r.Failed != "" {
			t.Errorf("%s: changed %v, %q, failed %q", value.Display(c.args), r.Changed, fake.Keys(r.Changes), r.Failed)
		}
		for _, change := range r.Changes {
			if change.Impact != node.ImpactReload {
				t.Errorf("the impact is %v", change.Impact)
			}
		}
	}
	if m.Deeds() > 0 {
		t.Error("a plan did something")
	}
}

func TestPingAndSlurp(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	m.Put(imitation.Laid{Path: "/srv/a", Content: "0123456789"})
	m.Put(imitation.Laid{Path: "/etc/pki/ca.crt", Content: "CA\n"})
	on(t, m,
		deed{module: "ping", args: args(), says: "{'ping': 'pong'}"},
		deed{module: "ping", args: args("data", "crash"), failed: "boom"},
		deed{module: "slurp", args: args("src", "/srv/a"), says: "'content': 'MDEyMzQ1Njc4OQ==', 'encoding': 'base64', 'source': '/srv/a'"},
		deed{module: "slurp", args: args("src", "/srv/a", "offset", 4, "length", 3), says: "'plain': '456'"},
		deed{module: "slurp", args: args("src", "/srv/b"), failed: "open /srv/b: file does not exist"},
		deed{module: "ca_state", args: args(), says: `{'cert': 'CA\n', 'members': '', 'revokes': False}`},
	)
	m.Put(imitation.Laid{Path: "/etc/pki/ca.crl", Content: "list"})
	on(t, m, deed{module: "ca_state", args: args(), says: "'revokes': True"})
	for side, r := range map[string]module.Result{
		"an unknown module": module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "pong"}),
		"an unknown user":   module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "ping", User: "nobody-here", Args: args()}),
	} {
		if r.Failed == "" || r.Changed != false {
			t.Errorf("%s: %v %q", side, r.Changed, r.Failed)
		}
	}
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "slurp", Args: args("src", value.Unknown{Why: "x"})})
	if !value.IsUnknown(r.Changed) || r.Failed != "" {
		t.Errorf("an argument that is known after apply: %v, %q", r.Changed, r.Failed)
	}
	if names := module.Names(builtin.Table()); len(names) < 30 || names[0] != "acl" {
		t.Errorf("modules: %v", names)
	}
}
