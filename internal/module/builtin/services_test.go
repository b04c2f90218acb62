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

func TestUnitsAreAsTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	m := newMachine(func(u *imitation.Universe) {
		u.Commands["journalctl"] = func(c *imitation.Invocation) int {
			c.Say("-- Boot 1 --\nbind: Address already in use\n")
			return 0
		}
	})
	if err := m.Install("haproxy", "cron"); err != nil {
		t.Fatal(err)
	}
	m.Put(imitation.Laid{Path: "/etc/systemd/system/once.service", Content: "[Service]\nExecStart=/usr/bin/true\n"})
	on(t, m,
		deed{module: "service", args: args("name", "haproxy", "state", "started"), makes: "service haproxy start", says: "'state': 'started'"},
		deed{module: "systemd", args: args("unit", "haproxy", "state", "reloaded"), makes: "service haproxy reload", repeats: true},
		deed{module: "systemd", args: args("name", "haproxy", "state", "restarted", "no_block", true), makes: "service haproxy restart", repeats: true},
		deed{module: "systemd_service", args: args("name", "haproxy", "enabled", false), makes: "service haproxy disable", says: "'enabled': False"},
		deed{module: "service", args: args("name", "haproxy", "state", "stopped", "enabled", true), makes: "service haproxy enable; service haproxy stop", says: "'state': 'stopped'"},
		// What does not run is started: nobody notices a restart.
		deed{module: "service", args: args("name", "haproxy", "state", "restarted"), makes: "service haproxy start", repeats: true},
		deed{module: "service", args: args("name", "haproxy", "state", "stopped"), makes: "service haproxy stop"},
		deed{module: "service", args: args("name", "haproxy", "state", "reloaded"), makes: "service haproxy start", repeats: true},
		deed{module: "systemd", args: args("name", "cron", "masked", true), makes: "service cron mask", says: "'UnitFileState': 'masked'"},
		// Nobody knows what a unit is once it is not masked any more, so what is asked for is done.
		deed{module: "systemd", args: args("name", "cron", "masked", false, "enabled", false), makes: "service cron unmask; service cron disable", says: "'enabled': False"},
		deed{module: "systemd", args: args("name", "cron", "masked", true), makes: "service cron mask"},
		deed{module: "systemd", args: args("name", "cron", "masked", false, "enabled", true), makes: "service cron unmask; service cron enable", says: "'enabled': True"},
		deed{module: "systemd", args: args("name", "once", "enabled", true)}, // it has nothing that says when
		deed{module: "systemd", args: args("daemon_reload", true)},
		deed{module: "service", args: args("name", "nosuch", "state", "stopped")},
		deed{module: "service", args: args("name", "nosuch", "enabled", false)},
		deed{module: "service", args: args("name", "nosuch", "state", "started"), failed: "Could not find the requested service nosuch: host"},
		deed{module: "service", args: args("name", "nosuch", "state", "stopped", "enabled", true), failed: "Could not find the requested service nosuch: host"},
		deed{module: "service", args: args("name", "nosuch", "state", "restarted", "enabled", false), failed: "Could not find the requested service nosuch: host"},
		deed{module: "service", args: args("name", "cron", "scope", "user"), failed: "only system can be used"},
	)
	// A file that was changed since systemd read it is read before anything is started.
	m.Put(imitation.Laid{Path: "/etc/systemd/system/cron.service", Content: "[Service]\nExecStart=/usr/sbin/cron -f\n[Install]\nWantedBy=multi-user.target\n"})
	on(t, m, deed{module: "service", args: args("name", "cron", "state", "started"), makes: "service cron start"})
	if stale := m.Daemon("cron").Stale(); len(stale) > 0 {
		t.Errorf("cron runs with an old %v", stale)
	}
	// A unit that cannot do what it is told tells why.
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "service", Args: args("name", "cron", "state", "reloaded")})
	for _, want := range []string{"cron: probably another process uses the port already", "unit cron is active (running)", "log: bind: Address already in use"} {
		if !strings.Contains(r.Failed, want) {
			t.Errorf("the failure %q lacks %q", r.Failed, want)
		}
	}
}

// A unit that waits for its next restart runs at once when it is asked to, and a restart says what it means to whoever uses it.
func TestUnitBetweenTwoRestarts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit  node.Unit
		args  *value.Dict
		makes string
	}{
		{node.Unit{Active: "activating", Sub: "auto-restart"}, args("name", "x", "state", "restarted"), "service x restart"},
		{node.Unit{Active: "active", Sub: "running"}, args("name", "x", "state", "restarted", "impact", "gap"), "service x restart"},
	} {
		c.unit.Name, c.unit.Exists = "x", true
		f := &fake.Node{States: map[string]node.Unit{"x": c.unit}}
		r := module.Run(t.Context(), f, builtin.Table(), module.Task{Module: "service", Args: c.args})
		if got := fake.Keys(r.Changes); got != c.makes || r.Failed != "" {
			t.Errorf("%s: %q, %q", value.Display(c.args), got, r.Failed)
		}
	}
}

func TestHostnameLastsAndIsInForce(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	on(t, m, deed{module: "hostname", args: args("name", "pg-1"), makes: "hostname pg-1 update", says: "'ansible_hostname': 'pg-1'"})
	m.SetHostname("other")
	on(t, m,
		deed{module: "hostname", args: args("name", "pg-1"), makes: "hostname pg-1 update"},
		deed{module: "hostname", args: args("name", "pg-1", "use", "alpine"), failed: "only systemd can be used"},
	)
	ill := newMachine(func(u *imitation.Universe) {
		u.Commands["hostnamectl"] = func(c *imitation.Invocation) int { return c.Fail("no bus") }
	})
	if r := module.Run(t.Context(), ill, builtin.Table(), module.Task{Module: "hostname", Args: args("name", "pg-1")}); r.Failed != "hostnamectl: no bus" || len(r.Changes) > 0 {
		t.Errorf("a name that is not taken: %q, %s", r.Failed, fake.Keys(r.Changes))
	}
}

// A directory that is only planned lies in the file system of the one above it.
func TestSizeOfADisk(t *testing.T) {
	t.Parallel()
	on(t, newMachine(nil),
		deed{module: "disk_size", args: args("path", "/"), says: "'bytes': 107374182400, 'free': 96636764160, 'mount': '/'"},
		deed{module: "disk_size", args: args("path", "/data/postgres/no/such"), says: "'bytes': 107374182400, 'free': 96636764160, 'mount': '/'"},
	)
	ill := newMachine(func(u *imitation.Universe) {
		u.Commands["df"] = func(c *imitation.Invocation) int { return c.Fail("no /proc") }
	})
	on(t, ill, deed{module: "disk_size", args: args("path", "/data"), failed: "df does not report the size of /data"})
}

func TestLockOfAMachine(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	lock := func(args *value.Dict) module.Result {
		return module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "node_lock", Args: args})
	}
	if r := lock(args("holder", "one")); r.Failed != "" || m.Holder() != "one" {
		t.Errorf("%q, held by %q", r.Failed, m.Holder())
	}
	if r := lock(args("holder", "two")); value.Str(r.Values.At("holder")) != "one" || !strings.Contains(r.Failed, "one") {
		t.Errorf("a lock that another run has: %q, %s", r.Failed, value.Display(r.Values))
	}
	lock(args("state", "released"))
	if m.Holder() != "one" {
		t.Error("a run let go of the lock of another one")
	}
}
