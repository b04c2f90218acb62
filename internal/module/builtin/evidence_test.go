package builtin_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/node"
)

// callOn is a call of a module on a machine.
func callOn(t *testing.T, m node.Machine) *module.Call {
	t.Helper()
	sys, err := m.For(node.Task{Record: func(node.Change) {}})
	if err != nil {
		t.Fatal(err)
	}
	return &module.Call{System: sys, Scratch: sys, Facts: module.Facts{Warnings: &[]string{}}}
}

func TestCauseIsFoundInTheEvidence(t *testing.T) {
	t.Parallel()
	cause := errors.New("patroni did not start")
	signs := []module.Sign{module.Means("(?i)system id", "the data is of another cluster"), module.Means("refused", "etcd does not answer")}
	up := node.Unit{Exists: true, Active: "active"}
	for _, c := range []struct {
		unit     node.Unit
		known    bool
		evidence []string
		want     string
	}{
		{up, true, []string{"log: connection refused", "log: System ID differs"}, "patroni did not start\n  probably the data is of another cluster\n  log: connection refused\n  log: System ID differs"},
		{up, true, []string{"log: connection refused", "disk: /dev/vda1 99% /"}, "probably the disk is full"},
		{node.Unit{}, true, []string{"log: x"}, "probably unit patroni not found on this node"},
		{node.Unit{Exists: true, Active: "failed"}, true, []string{"log: x"}, "probably unit patroni does not run"},
		{node.Unit{}, false, []string{"log: x"}, "patroni did not start\n  log: x"},
		{up, true, nil, "patroni did not start\n  "},
	} {
		err := module.Troubled(signs, "patroni", c.unit, c.known, c.evidence, cause)
		if !strings.Contains(err.Error(), c.want) || !errors.Is(err, cause) {
			t.Errorf("%v: %v", c.evidence, err)
		}
	}
	if s := module.Clip("0123456789", 4); s != "0123…" || module.Clip("0123", 4) != "0123" {
		t.Errorf("clipped to %q", s)
	}
}

func TestEvidenceOfAMachine(t *testing.T) {
	t.Parallel()
	full := false
	m := newMachine(func(u *imitation.Universe) {
		u.Commands["df"] = func(c *imitation.Invocation) int {
			c.Say("Filesystem 1-blocks Used Available Capacity Mounted on\n/dev/vda1 100 99 1 %s /\n", map[bool]string{true: "99%", false: "97%"}[full])
			return 0
		}
		u.Commands["journalctl"] = func(c *imitation.Invocation) int {
			c.Say("-- Boot --\n\nready\n")
			return 0
		}
	})
	if err := m.Install("haproxy"); err != nil {
		t.Fatal(err)
	}
	if err := m.Start("haproxy"); err != nil {
		t.Fatal(err)
	}
	c := callOn(t, m)
	pid := m.Daemon("haproxy").PID
	at := module.ListensAt(t.Context(), c, "haproxy")
	if pid == 0 {
		t.Fatal("haproxy does not run")
	}
	for _, a := range at {
		if strings.HasPrefix(a, "*") || strings.HasPrefix(a, "0.0.0.0") {
			t.Errorf("haproxy is reached at %s", a)
		}
	}
	if got := module.ListensAt(t.Context(), c, "nosuch"); got != nil {
		t.Errorf("a unit that is not there listens at %v", got)
	}
	if got := module.Listening(t.Context(), c, 8008); got != "ports: nothing listens on 8008" {
		t.Errorf("port 8008: %s", got)
	}
	if got := module.DiskFull(t.Context(), c, "/"); got != "" {
		t.Errorf("a disk with room: %s", got)
	}
	cause := errors.New("it did not start")
	if got := module.Diagnose(t.Context(), c, "haproxy", cause).Error(); !strings.HasPrefix(got, "haproxy: it did not start\n  unit haproxy is active (running), result success\n  log: ready") {
		t.Errorf("without a sign: %s", got)
	}
	full = true
	if got := module.Diagnose(t.Context(), c, "haproxy", cause).Error(); !strings.HasPrefix(got, "haproxy: probably the disk is full") || !strings.Contains(got, "disk: /dev/vda1") {
		t.Errorf("a full disk: %s", got)
	}
	// In a plan what stands there is no evidence.
	if got := module.Diagnose(t.Context(), callOn(t, node.NewShadow(m)), "haproxy", cause); !errors.Is(got, cause) || strings.Contains(got.Error(), "disk") {
		t.Errorf("in a plan: %v", got)
	}
}

func TestLastLinesOfTheNewestLog(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	c := callOn(t, m)
	if got := module.TailLogs(t.Context(), c, "/var/log/app"); got != nil {
		t.Errorf("a directory that is not there: %v", got)
	}
	m.Put(imitation.Laid{Path: "/var/log/app/"})
	if got := module.TailLogs(t.Context(), c, "/var/log/app"); got != nil {
		t.Errorf("an empty directory: %v", got)
	}
	m.Put(imitation.Laid{Path: "/var/log/app/1.log", Content: "old\n"})
	m.Put(imitation.Laid{Path: "/var/log/app/2.log", Content: "one\n\n" + strings.Repeat("x", 400) + "\n"})
	m.Put(imitation.Laid{Path: "/var/log/app/3.log"}) // empty: it says nothing
	got := module.TailLogs(t.Context(), c, "/var/log/app")
	if len(got) != 2 || got[0] != "2.log: one" || got[1] != "2.log: "+strings.Repeat("x", 300)+"…" {
		t.Errorf("the last lines are %q", got)
	}
}

// A process that is older than what it reads has read something else.
func TestStartedAfterItsFiles(t *testing.T) {
	t.Parallel()
	boot := time.Now()
	m := newMachine(nil)
	m.Put(imitation.Laid{Path: "/proc/uptime", Kernel: func(*imitation.Machine) string { return fmt.Sprintf("%f 0.00", time.Since(boot).Seconds()) }})
	m.Put(imitation.Laid{Path: "/etc/app/conf.d/a", Content: "a"})
	m.Put(imitation.Laid{Path: "/etc/systemd/system/app.service", Content: "[Service]\nExecStart=/usr/bin/true\n"})
	started := func(files ...string) bool {
		t.Helper()
		yes, err := module.StartedAfter(t.Context(), callOn(t, m), "app", files)
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	if started("/etc/app") {
		t.Error("a unit that never ran has read its files")
	}
	time.Sleep(50 * time.Millisecond)
	if err := m.Start("app"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	if started() {
		t.Error("who reads nothing has read nothing")
	}
	if !started("/etc/app", "/etc/nosuch") {
		t.Error("a process that is younger than its files has not read them")
	}
	m.Put(imitation.Laid{Path: "/etc/app/conf.d/b", Content: "b"})
	if started("/etc/app") {
		t.Error("a process has read what came after its start")
	}
	m.Put(imitation.Laid{Path: "/proc/uptime", Content: "x"})
	if _, err := module.StartedAfter(t.Context(), callOn(t, m), "app", []string{"/etc/app"}); err == nil || !strings.Contains(err.Error(), "/proc/uptime: ") {
		t.Errorf("an uptime that is none: %v", err)
	}
}
