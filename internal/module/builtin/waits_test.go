package builtin_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

func TestWaitsLookForWhatTheyAreAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	if err := os.WriteFile(log, []byte("starting\nready now\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	port := fake.ServeEach(t, func(c net.Conn) { _, _ = c.Write([]byte("220 mail\r\n")) })
	gone := fake.ServeEach(t, func(net.Conn) {})
	for _, c := range []struct {
		args   *value.Dict
		failed string
	}{
		{args("port", port), ""},
		{args("port", port, "search_regex", "^220"), ""},
		{args("port", port, "search_regex", "^500", "timeout", 1, "msg", "no mail"), "no mail"},
		{args("port", gone, "state", "stopped", "timeout", 1), "was not stopped within 1 s"},
		{args("path", log), ""},
		{args("path", log, "search_regex", "^ready"), ""}, // a line of it, as Ansible's
		{args("path", log, "search_regex", "^never", "timeout", 1), log + " was not started within 1 s"},
		{args("path", log, "state", "absent", "timeout", 1, "sleep", 1), log + " was not absent within 1 s"},
		{args("path", log, "state", "absent", "search_regex", "^never"), ""},
		{args("path", log+".no", "state", "absent"), ""},
		{args("timeout", 0), ""},
		{args("path", log, "search_regex", "("), "search_regex: invalid regular expression"},
		{args("path", log, "port", port), "module wait_for takes only one of: port, path"},
		{args("port", port, "state", "drained"), "must be one of started, stopped, present, absent"},
		{args("port", "x"), "want a whole number"},
	} {
		began := time.Now()
		r := module.Run(t.Context(), node.NewLive(), builtin.Table(), module.Task{Module: "wait_for", Args: c.args})
		if !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") || len(r.Changes) > 0 {
			t.Errorf("%s: %q", value.Display(c.args), r.Failed)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %s", value.Display(c.args), took)
		}
	}
}

// A wait that runs out says who has the port, and what the unit says that was waited for.
func TestWaitThatRunsOutIsExplained(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMachine(func(u *imitation.Universe) {
			u.Commands["journalctl"] = func(c *imitation.Invocation) int {
				c.Say("-- Boot --\nFATAL: could not open /data: Permission denied\n")
				return 0
			}
		})
		if err := m.Install("haproxy"); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			args *value.Dict
			want []string
		}{
			{args("port", 8008, "timeout", 3), []string{"127.0.0.1:8008 was not started within 3 s", "ports: nothing listens on port 8008 of this node"}},
			{args("port", 8008, "timeout", 3, "unit", "haproxy"), []string{"haproxy: probably permission denied for a file of the service", "unit haproxy is inactive (dead)", "log: FATAL: could not open /data"}},
		} {
			r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "wait_for", Args: c.args})
			for _, want := range c.want {
				if !strings.Contains(r.Failed, want) {
					t.Errorf("%s: %q lacks %q", value.Display(c.args), r.Failed, want)
				}
			}
			began := time.Now()
			plan := module.Run(t.Context(), node.NewShadow(m), builtin.Table(), module.Task{Module: "wait_for", Args: c.args})
			if plan.Failed != "" || time.Since(began) > 0 {
				t.Errorf("a plan waited %s: %q", time.Since(began), plan.Failed)
			}
		}
		began := time.Now()
		r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "wait_for", Args: args("path", "/etc/os-release", "delay", 5)})
		if r.Failed != "" || time.Since(began) != 5*time.Second || r.Values.At("elapsed") != int64(5) {
			t.Errorf("a delay of 5 s took %s: %q, %s", time.Since(began), r.Failed, value.Display(r.Values))
		}
	})
}
