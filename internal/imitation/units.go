package imitation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pig/internal/node"
)

// unit is what systemd knows of a unit beside its files.
type unit struct {
	name       string
	active     string
	sub        string
	result     string
	pid        int
	invocation string
	started    time.Time
	enabled    bool
	masked     bool
	loaded     string // its files as they were read last
	read       bool
	daemon     *Daemon
	counts     Counts
	jobs       chan struct{} // full while a job runs: systemd runs those of one unit one after the other
}

// Counts are how often a unit was started, stopped and reloaded. A restart is a stop and a start.
type Counts struct{ Start, Stop, Reload int }

// Event is something that happened to a unit.
type Event struct {
	Machine, Unit, Verb string // start, stop, reload, fail
}

func (w *World) happened(m *Machine, u *unit, verb string) { w.note(m, u.name, verb) }

// note keeps what happened to something that runs.
func (w *World) note(m *Machine, what, verb string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, Event{m.addr, what, verb})
}

// Events are what happened to units, in order.
func (w *World) Events() []Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.events)
}

type systemd struct{ *system }

// unitDirs are where systemd looks for units, the strongest first.
var unitDirs = []string{"/etc/systemd/system/", "/run/systemd/system/", "/usr/lib/systemd/system/"}

// unitNames are the file names that can define a unit: its own, and that of its template.
func unitNames(name string) []string {
	names := []string{name}
	if prefix, rest, ok := strings.Cut(name, "@"); ok {
		names = append(names, prefix+"@"+rest[strings.LastIndexByte(rest, '.'):])
	}
	return names
}

// unitText is all that defines a unit now, "" if nothing does. The caller holds the lock.
func (m *Machine) unitText(name string) string {
	for _, n := range unitNames(name) {
		for _, dir := range unitDirs {
			text, ok := m.peek(dir + n)
			if !ok {
				continue
			}
			for _, d := range unitDirs {
				for _, drop := range m.below(d + n + ".d") {
					more, _ := m.peek(drop)
					text += "\n# " + drop + "\n" + more
				}
			}
			return "# " + dir + n + "\n" + text
		}
	}
	return ""
}

// known gives the unit of a name, with its files read if that was never done. The caller holds the lock.
func (m *Machine) known(name string) *unit {
	name = node.UnitName(name)
	u, ok := m.units[name]
	if !ok {
		u = &unit{name: name, jobs: make(chan struct{}, 1), active: "inactive", sub: "dead", result: "success"}
		m.units[name] = u
	}
	if !u.read {
		u.loaded = m.unitText(name)
		u.read = u.loaded != ""
	}
	return u
}

func (s systemd) Unit(_ context.Context, name string) (node.Unit, error) {
	if err := s.gone(); err != nil {
		return node.Unit{}, err
	}
	s.Machine.mu.Lock()
	defer s.Machine.mu.Unlock()
	u := s.known(name)
	out := node.Unit{Name: name, Exists: u.loaded != "", Active: u.active, Sub: u.sub, Result: u.result, PID: u.pid, InvocationID: u.invocation}
	out.NeedReload = u.read && u.loaded != s.unitText(u.name)
	if !out.Exists {
		delete(s.units, u.name)
		return out, nil
	}
	out.Enabled = u.state()
	return out, nil
}

func (u *unit) state() string {
	switch {
	case u.masked:
		return "masked"
	case u.enabled:
		return "enabled"
	case !strings.Contains(u.loaded, "[Install]"):
		return "static"
	}
	return "disabled"
}

func (s systemd) act(verb, name string, o node.UnitOptions, steps ...string) error {
	return s.change("systemctl "+verb+" "+name, func() (node.Change, bool, error) {
		if err := s.drive(name, steps...); err != nil {
			return node.Change{}, false, &node.CommandError{Argv: []string{"systemctl", verb, name}, Output: node.Output{RC: 1, Stderr: []byte(err.Error())}}
		}
		return node.UnitChange(verb, name, o), true, nil
	})
}

// drive takes a unit through steps: start, stop, reload.
func (m *Machine) drive(name string, steps ...string) error {
	m.mu.Lock()
	u := m.known(name)
	m.mu.Unlock()
	u.jobs <- struct{}{}
	defer func() { <-u.jobs }()
	m.mu.Lock()
	program := m.universe.programOf(u.name, u.loaded)
	exists, masked, running := u.loaded != "", u.masked, u.active == "active"
	m.mu.Unlock()
	switch {
	case !exists:
		return fmt.Errorf("Unit %s not found.", u.name) //nolint:staticcheck // systemd's words
	case masked && steps[0] != "stop":
		return fmt.Errorf("Unit %s is masked.", u.name) //nolint:staticcheck // systemd's words
	}
	for _, step := range steps {
		var err error
		switch {
		case step == "stop" && running:
			m.stop(u, program)
			running = false
		case step == "start" && !running:
			err = m.start(u, program)
		case step == "reload" && !running:
			err = fmt.Errorf("%s is not active, cannot reload.", u.name) //nolint:staticcheck // systemd's words
		case step == "reload":
			err = m.reload(u, program)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) stop(u *unit, p Program) {
	m.world.happened(m, u, "stop")
	m.mu.Lock()
	d := u.daemon
	u.active, u.sub, u.pid, u.daemon, u.invocation = "inactive", "dead", 0, nil, ""
	u.counts.Stop++
	m.mu.Unlock()
	if d != nil {
		d.Close()
	}
	if p.Stop != nil && d != nil {
		p.Stop(d)
	}
	if p.Takes > 0 {
		time.Sleep(p.Takes)
	}
}

func (m *Machine) start(u *unit, p Program) error {
	at := m.world.now()
	m.mu.Lock()
	m.pids++
	d := &Daemon{Machine: m, Unit: u.name, PID: m.pids, Read: map[string]string{}}
	u.counts.Start++
	d.Read[unitOf] = u.loaded
	d.read(p.Reads)
	m.mu.Unlock()
	var err error
	if p.Start != nil {
		err = p.Start(d)
	}
	m.mu.Lock()
	if err == nil {
		u.daemon, u.pid, u.started = d, d.PID, at
		u.active, u.sub, u.result = "active", "running", "success"
		if p.Oneshot {
			u.sub, u.pid = "exited", 0
		}
		u.invocation = fmt.Sprintf("%032x", d.PID)
	} else {
		u.active, u.sub, u.result = "failed", "failed", "exit-code"
	}
	m.mu.Unlock()
	if err != nil {
		d.Close()
		m.world.happened(m, u, "fail")
		return fmt.Errorf("Job for %s failed because the control process exited with error code: %w", u.name, err) //nolint:staticcheck // systemd's words
	}
	m.world.happened(m, u, "start")
	return nil
}

func (m *Machine) reload(u *unit, p Program) error {
	if p.Reloads == nil {
		return fmt.Errorf("Job type reload is not applicable for unit %s.", u.name) //nolint:staticcheck // systemd's words
	}
	m.mu.Lock()
	d := u.daemon
	u.counts.Reload++
	d.read(p.Reloads)
	m.mu.Unlock()
	m.world.happened(m, u, "reload")
	if p.Reload != nil {
		return p.Reload(d)
	}
	return nil
}

func (s systemd) Start(_ context.Context, name string, o node.UnitOptions) error {
	return s.act("start", name, o, "start")
}

func (s systemd) Stop(_ context.Context, name string, o node.UnitOptions) error {
	return s.act("stop", name, o, "stop")
}

func (s systemd) Restart(_ context.Context, name string, o node.UnitOptions) error {
	return s.act("restart", name, o, "stop", "start")
}

func (s systemd) Reload(_ context.Context, name string, o node.UnitOptions) error {
	return s.act("reload", name, o, "reload")
}

func (s systemd) Enable(_ context.Context, name string, on bool) error {
	return s.toggle(name, "enable", "disable", on, func(u *unit) { u.enabled = on })
}

func (s systemd) Mask(_ context.Context, name string, on bool) error {
	return s.toggle(name, "mask", "unmask", on, func(u *unit) { u.masked = on })
}

func (s systemd) toggle(name, yes, no string, on bool, set func(*unit)) error {
	verb := no
	if on {
		verb = yes
	}
	return s.change("systemctl "+verb+" "+name, func() (node.Change, bool, error) {
		err := s.locked(func() error {
			u := s.known(name)
			if u.loaded == "" {
				return &node.CommandError{Argv: []string{"systemctl", verb, name}, Output: node.Output{RC: 1, Stderr: []byte("Unit file " + u.name + " does not exist.")}}
			}
			set(u)
			return nil
		})
		return node.Change{Kind: "service", ID: name, Action: verb}, true, err
	})
}

func (s systemd) DaemonReload(context.Context) error {
	return s.change("systemctl daemon-reload", func() (node.Change, bool, error) {
		return node.Change{}, false, s.locked(func() error {
			for _, name := range slices.Sorted(maps.Keys(s.units)) {
				u := s.units[name]
				u.loaded = s.unitText(name)
				u.read = u.loaded != ""
			}
			return nil
		})
	})
}

// Start starts a unit without telling anybody, for tests.
func (m *Machine) Start(name string) error { return m.drive(name, "start") }
