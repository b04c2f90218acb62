package builtin_test

import (
	"maps"
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/node"
	"pig/internal/value"
)

// with gives a machine more commands.
func with(commands map[string]imitation.Command) func(*imitation.Universe) {
	return func(u *imitation.Universe) {
		maps.Copy(u.Commands, commands)
		for name := range commands {
			u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/" + name, Mode: 0o755, Content: "\x7fELF"})
		}
	}
}

// says is a command that answers by what stands first in its arguments; others fail.
func says(answers map[string]string) imitation.Command {
	return func(c *imitation.Invocation) int {
		line := strings.Join(c.Argv[1:], " ")
		best := ""
		for start := range answers {
			if strings.HasPrefix(line, start) && len(start) >= len(best) {
				best = start
			}
		}
		text, ok := answers[best]
		if !ok {
			return c.Fail("%s: not recorded: %s", c.Argv[0], line)
		}
		c.Say("%s", text)
		return 0
	}
}

const dpkgSays = "installed\tbash\t5.2.37-2\tamd64\tshells\n" +
	"installed\tlibc6:amd64\t2.41-12\tamd64\tlibs\ninstalled\tlibc6:i386\t2.41-12\ti386\tlibs\n" +
	"config-files\tgone\t1\tall\tadmin\ninstalled\town\t1\tall\t\n"

var aptSays = map[string]string{
	"policy": "Package files:\n 100 /var/lib/dpkg/status\n     release a=now\n 500 http://mirror/debian trixie/main amd64 Packages\n     release v=13.1,o=Debian,a=stable,n=trixie\n     origin mirror\n",
	"policy bash": "bash:\n  Installed: 5.2.37-2\n  Candidate: 5.3\n  Version table:\n     5.3 500\n        500 http://other x Packages\n *** 5.2.37-2 500\n        500 http://mirror/debian trixie/main amd64 Packages\n        100 /var/lib/dpkg/status\n" +
		"own:\n  Installed: 1\n  Version table:\n *** 1 100\n        100 /var/lib/dpkg/status\n",
}

func TestWhichPackagesAreInstalled(t *testing.T) {
	t.Parallel()
	m := newMachine(with(map[string]imitation.Command{"dpkg-query": says(map[string]string{"-W": dpkgSays}), "apt-cache": says(aptSays)}))
	on(t, m,
		deed{module: "package_facts", args: args(), says: "'bash': [{'name': 'bash', 'version': '5.2.37-2', 'arch': 'amd64', 'category': 'shells', 'origin': 'Debian', 'source': 'apt'}]"},
		deed{module: "package_facts", args: args("manager", "apt"), says: "'own': [{'name': 'own', 'version': '1', 'arch': 'all', 'category': '', 'origin': '', 'source': 'apt'}]"},
		deed{module: "package_facts", args: args("manager", list("apt", "rpm"), "strategy", "all"), says: "{'name': 'libc6', 'version': '2.41-12', 'arch': 'i386'"},
		deed{module: "package_facts", args: args("manager", "pacman"), failed: "must be one of auto, apt"},
		deed{module: "package_facts", args: args("manager", "rpm"), failed: "Could not detect a supported package manager from the following list: ['rpm']"},
	)
	rocky := newMachine(with(map[string]imitation.Command{"rpm": says(map[string]string{"-qa": "bash\t5.1.8\t9.el9\t\tx86_64\ngpg-pubkey\t1\t2\t\t(none)\nbind\t9\t1\t32\tx86_64\n"})}))
	on(t, rocky,
		deed{module: "package_facts", args: args(), says: "'bash': [{'name': 'bash', 'version': '5.1.8', 'release': '9.el9', 'epoch': None, 'arch': 'x86_64', 'source': 'rpm'}]"},
		deed{module: "package_facts", args: args("manager", "dnf"), says: "'epoch': 32"},
	)
}

// A plan that brings a package cannot tell what the list of packages, or of services, will be.
func TestListsThatAPlanChangesAreUnknown(t *testing.T) {
	t.Parallel()
	m := newMachine(with(map[string]imitation.Command{"dpkg-query": says(map[string]string{"-W": dpkgSays}), "apt-cache": says(aptSays),
		"systemctl": says(map[string]string{"list-units": "cron.service loaded active running Cron\n", "list-unit-files": "cron.service enabled enabled\n"})}))
	plan := node.NewShadow(m)
	for _, name := range []string{"package_facts", "service_facts"} {
		if r := module.Run(t.Context(), plan, builtin.Table(), module.Task{Module: name, Args: args()}); r.Changed != false || r.Values.Len() == 0 {
			t.Errorf("%s before: %v %v %s", name, r.Changed, value.Display(r.Values), r.Failed)
		}
	}
	module.Run(t.Context(), plan, builtin.Table(), module.Task{Module: "apt", Args: args("name", "jq")})
	for _, name := range []string{"package_facts", "service_facts"} {
		if r := module.Run(t.Context(), plan, builtin.Table(), module.Task{Module: name, Args: args()}); !value.IsUnknown(r.Changed) || r.Failed != "" {
			t.Errorf("%s after: %v %s", name, r.Changed, r.Failed)
		}
	}
}

func TestWhichServicesThereAre(t *testing.T) {
	t.Parallel()
	m := newMachine(with(map[string]imitation.Command{"systemctl": says(map[string]string{
		"list-units":      "cron.service loaded active running Regular jobs\n● bad.service loaded failed failed It broke\nno.service not-found inactive dead no.service\nonce.service loaded active exited Once\nx.socket loaded active running\n",
		"list-unit-files": "cron.service enabled enabled\nbad.service enabled enabled\nidle.service disabled enabled\ntmpl@.service static -\n",
		"show":            "ActiveState=inactive\n\nActiveState=inactive\n",
	})}))
	for _, want := range []string{
		"'cron.service': {'name': 'cron.service', 'state': 'running', 'status': 'enabled', 'source': 'systemd'}",
		"'bad.service': {'name': 'bad.service', 'state': 'stopped', 'status': 'failed'", "'no.service': {'name': 'no.service', 'state': 'stopped', 'status': 'not-found'",
		"'once.service': {'name': 'once.service', 'state': 'stopped', 'status': 'active'", "'idle.service': {'name': 'idle.service', 'state': 'inactive', 'status': 'disabled'",
	} {
		on(t, m, deed{module: "service_facts", args: args(), says: want})
	}
	on(t, m, deed{module: "service_facts", args: args("name", "x"), failed: `module service_facts has no argument "name"`})
}

func TestGetent(t *testing.T) {
	t.Parallel()
	m := newMachine(with(map[string]imitation.Command{"getent": func(c *imitation.Invocation) int {
		switch strings.Join(c.Argv[1:], " ") {
		case "passwd root":
			c.Say("root:x:0:0:root:/root:/bin/bash\n")
		case "passwd root -s files":
			c.Say("root:x:0:0:files:/:/bin/sh\n")
		case "services ssh":
			c.Say("ssh                   22/tcp\n")
		case "hosts":
			c.Say("127.0.0.1 localhost\n127.0.0.1 me\n::1 ip6\n127.0.0.1 third\n")
		case "networks":
			return 3
		case "nosuch":
			return 1
		default:
			return 2
		}
		return 0
	}}))
	on(t, m,
		deed{module: "getent", args: args("database", "passwd", "key", "root"), says: "'getent_passwd': {'root': ['x', '0', '0', 'root', '/root', '/bin/bash']}"},
		deed{module: "getent", args: args("database", "passwd", "key", "root", "service", "files"), says: "'files', '/', '/bin/sh'"},
		deed{module: "getent", args: args("database", "services", "key", "ssh"), says: "{'ssh': ['22/tcp']}"},
		deed{module: "getent", args: args("database", "services", "key", "ssh", "split", "/"), says: "{'ssh                   22': ['tcp']}"},
		deed{module: "getent", args: args("database", "hosts"), says: "{'127.0.0.1': [['localhost'], ['me'], ['third']], '::1': ['ip6']}"},
		deed{module: "getent", args: args("database", "passwd", "key", "app"), failed: "One or more supplied key could not be found in the database."},
		deed{module: "getent", args: args("database", "passwd", "key", "app", "fail_key", false), says: "{'getent_passwd': {'app': None}}"},
		deed{module: "getent", args: args("database", "networks"), failed: "Enumeration not supported on this database."},
		deed{module: "getent", args: args("database", "nosuch"), failed: "Missing arguments, or database unknown."},
	)
	// An account that the plan makes is there by then.
	plan := node.NewShadow(m)
	module.Run(t.Context(), plan, builtin.Table(), module.Task{Module: "user", Args: args("name", "app")})
	if r := module.Run(t.Context(), plan, builtin.Table(), module.Task{Module: "getent", Args: args("database", "passwd", "key", "app")}); !value.IsUnknown(r.Changed) {
		t.Errorf("getent of a planned account: %v %s", r.Changed, r.Failed)
	}
}
