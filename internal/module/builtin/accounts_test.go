package builtin_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/node"
	"pig/internal/value"
)

func TestGroupsAreAsTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	on(t, newMachine(nil),
		deed{module: "group", args: args("name", "app", "gid", 4000), makes: "group app create", says: "'gid': 4000"},
		deed{module: "group", args: args("name", "app"), says: "'gid': 4000"},
		deed{module: "group", args: args("name", "app", "gid", 4001), makes: "group app update", says: "'gid': 4001"},
		deed{module: "group", args: args("name", "sys1", "system", true), makes: "group sys1 create"},
		deed{module: "group", args: args("name", "app", "state", "absent"), makes: "group app delete", says: "'state': 'absent'"},
		deed{module: "group", args: args("name", "nosuch", "state", "absent")},
		deed{module: "group", args: args("name", "app", "force", true), failed: "only False can be used"},
		deed{module: "group", args: args(), failed: "module group needs the argument name"},
	)
}

func TestUsersAreAsTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	on(t, m,
		deed{module: "group", args: args("name", "wheel"), makes: "group wheel create"},
		deed{module: "group", args: args("name", "build", "gid", 4100), makes: "group build create"},
		deed{module: "user", args: args("name", "app", "uid", 4000, "shell", "/bin/bash", "comment", "An application", "groups", list("wheel")),
			makes: "user app create", says: "'uid': 4000"},
		deed{module: "user", args: args("name", "app"), says: "'home': '/home/app', 'shell': '/bin/bash', 'comment': 'An application'"},
		// Groups in any order and named twice are the same groups.
		deed{module: "user", args: args("name", "app", "groups", list("wheel", "build", "wheel")), makes: "user app update"},
		deed{module: "user", args: args("name", "app", "groups", list("build"), "append", true)},
		deed{module: "user", args: args("name", "app", "groups", list("build")), makes: "user app update"},
		deed{module: "user", args: args("name", "app", "groups", list("wheel"), "append", true), makes: "user app update"},
		deed{module: "user", args: args("name", "app", "groups", list()), makes: "user app update"},
		deed{module: "user", args: args("name", "app", "group", "build"), makes: "user app update", says: "'group': 4100"},
		deed{module: "user", args: args("name", "app", "group", "4100")}, // by its number
		deed{module: "user", args: args("name", "app", "uid", 4002, "home", "/srv/app", "move_home", true, "shell", "/bin/sh", "comment", "Another"),
			makes: "user app update", says: "'home': '/srv/app', 'shell': '/bin/sh', 'comment': 'Another'"},
		deed{module: "user", args: args("name", "app", "password", "$6$salt$hash", "update_password", "on_create")},
		deed{module: "user", args: args("name", "app", "password", "$6$salt$hash"), makes: "user app update"},
		deed{module: "user", args: args("name", "app", "state", "absent", "remove", true), makes: "user app delete"},
		deed{module: "user", args: args("name", "app", "state", "absent")},
		deed{module: "user", args: args("name", "app", "local", true), failed: "only False can be used"},
		deed{module: "user", args: args("name", "app", "state", "gone"), failed: "must be one of absent, present"},
	)
}

func TestKeysOfAccounts(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	on(t, m,
		deed{module: "user", args: args("name", "app"), makes: "user app create"},
		deed{module: "user", args: args("name", "app", "generate_ssh_key", true, "ssh_key_type", "ed25519", "ssh_key_bits", 256),
			makes: "directory /home/app/.ssh create; ssh key /home/app/.ssh/id_ed25519 create"},
		deed{module: "user", args: args("name", "app", "generate_ssh_key", true, "ssh_key_file", "keys/own", "ssh_key_comment", "of app"),
			makes: "directory /home/app/keys create; ssh key /home/app/keys/own create"},
	)
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "user", Args: args("name", "app", "generate_ssh_key", true, "ssh_key_file", "/home/app/keys/own")})
	if key := value.Str(r.Values.At("ssh_public_key")); !strings.HasPrefix(key, "ssh-ed25519 ") || r.Failed != "" {
		t.Errorf("the public key is %q, %q", key, r.Failed)
	}
	sys, err := m.For(node.Task{})
	if err != nil {
		t.Fatal(err)
	}
	if i, err := sys.Files().Stat("/home/app/keys/own", false); err != nil || i.Owner != "app" {
		t.Errorf("the key belongs to %s, %v", i.Owner, err)
	}
	bad := newMachine(func(u *imitation.Universe) {
		u.Commands["ssh-keygen"] = func(c *imitation.Invocation) int { return c.Fail("unknown key type") }
	})
	on(t, bad, deed{module: "user", args: args("name", "app"), makes: "user app create"})
	r = module.Run(t.Context(), bad, builtin.Table(), module.Task{Module: "user", Args: args("name", "app", "generate_ssh_key", true)})
	if r.Failed != "ssh-keygen: unknown key type" {
		t.Errorf("a key that is not made: %q", r.Failed)
	}
}

func TestAuthorizedKeys(t *testing.T) {
	t.Parallel()
	const a, b, c = "ssh-ed25519 AAAAone a@x", "ssh-rsa AAAAtwo b@x", "ecdsa-sha2-nistp256 AAAAthree c@x"
	const file = "/home/app/.ssh/authorized_keys"
	m := newMachine(nil)
	keys := func(more ...value.Value) *value.Dict { return args(append([]value.Value{"user", "app"}, more...)...) }
	text := func(want string) {
		t.Helper()
		if got := m.Content(file); got != want {
			t.Errorf("the keys are %q, want %q", got, want)
		}
	}
	on(t, m,
		deed{module: "authorized_key", args: keys("key", a), failed: `user "app" not found on this node`},
		deed{module: "user", args: args("name", "app"), makes: "user app create"},
		deed{module: "authorized_key", args: keys("key", a), makes: "directory /home/app/.ssh create; file " + file + " create", says: "'keyfile': '" + file + "'"},
		deed{module: "authorized_key", args: keys("key", "# mine\n"+a+"\n\n"+b+"\n"), makes: "file " + file + " update"},
	)
	text(a + "\n" + b + "\n")
	on(t, m,
		// The same key with another comment is the same key, and what it may do is changed where that is asked for.
		deed{module: "authorized_key", args: keys("key", "ssh-ed25519 AAAAone somebody")},
		deed{module: "authorized_key", args: keys("key", a, "key_options", `command="/usr/bin/ssh-agent run",no-pty`), makes: "file " + file + " update"},
		deed{module: "authorized_key", args: keys("key", a)},
	)
	text(`command="/usr/bin/ssh-agent run",no-pty ` + a + "\n" + b + "\n")
	on(t, m,
		deed{module: "authorized_key", args: keys("key", a, "state", "absent"), makes: "file " + file + " update"},
		deed{module: "authorized_key", args: keys("key", c, "exclusive", true), makes: "file " + file + " update"},
	)
	text(c + "\n")
	on(t, m,
		deed{module: "authorized_key", args: keys("key", a, "path", "/etc/keys"), makes: "file /etc/keys create"},
		deed{module: "authorized_key", args: keys("key", a, "validate_certs", false), failed: "only True can be used"},
	)
	// A command among the options may look like a kind of key.
	m.Put(imitation.Laid{Path: file, Content: `command="git ssh-wrapper run" ` + a + "\n", Owner: "app"})
	on(t, m, deed{module: "authorized_key", args: keys("key", a, "state", "absent"), makes: "file " + file + " update"})
	text("")
}
