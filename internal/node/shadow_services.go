package node

import (
	"context"
	"fmt"
	"strings"
)

type shadowServices struct{ *shadowSystem }

func (s shadowServices) Unit(ctx context.Context, name string) (Unit, error) {
	full := UnitName(name)
	s.shadow.mu.Lock()
	planned, ok := s.shadow.units[full]
	written := s.shadow.plansUnitFile(full)
	unsure := s.shadow.unsure("") || written
	s.shadow.mu.Unlock()
	if ok {
		return planned, nil
	}
	u, err := s.live.Services().Unit(ctx, name)
	if err == nil && !u.Exists && unsure {
		u = Unit{Name: name, Exists: true, Active: "inactive", Sub: "dead", Enabled: "enabled", Assumed: true}
		if written { // the distribution's packages enable their units; a unit file of ours does not
			u.Enabled = "disabled"
		}
	}
	return u, err
}

func UnitName(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return name + ".service"
}

// plansUnitFile tells whether the plan writes the file that defines a unit, or its template. The caller holds the lock.
func (s *Shadow) plansUnitFile(unit string) bool {
	names := []string{unit}
	if prefix, _, ok := strings.Cut(unit, "@"); ok {
		names = append(names, prefix+"@"+unit[strings.LastIndexByte(unit, '.'):])
	}
	for _, dir := range []string{"/etc/systemd/system/", "/lib/systemd/system/", "/usr/lib/systemd/system/", "/run/systemd/system/"} {
		for _, n := range names {
			if p, ok := s.files.at[dir+n]; ok && p.info.Exists() {
				return true
			}
		}
	}
	return false
}

func (s shadowServices) act(ctx context.Context, verb, name string, o UnitOptions, active string) error {
	u, err := s.Unit(ctx, name)
	if err != nil {
		return err
	}
	if !u.Exists {
		return fmt.Errorf("unit %q not found on this node", UnitName(name))
	}
	u.Active = active
	c := UnitChange(verb, name, o)
	c.Assumed = u.Assumed
	s.plan(u, verb != "stop" && verb != "reload")
	s.record(c)
	return nil
}

func (s shadowServices) plan(u Unit, starts bool) {
	s.shadow.mu.Lock()
	defer s.shadow.mu.Unlock()
	s.shadow.units[UnitName(u.Name)] = u
	s.shadow.started = s.shadow.started || starts
	if starts {
		s.shadow.restarts[UnitName(u.Name)] = true
	}
}

func (s shadowServices) Start(ctx context.Context, name string, o UnitOptions) error {
	return s.act(ctx, "start", name, o, "active")
}

func (s shadowServices) Stop(ctx context.Context, name string, o UnitOptions) error {
	return s.act(ctx, "stop", name, o, "inactive")
}

func (s shadowServices) Restart(ctx context.Context, name string, o UnitOptions) error {
	return s.act(ctx, "restart", name, o, "active")
}

func (s shadowServices) Reload(ctx context.Context, name string, o UnitOptions) error {
	return s.act(ctx, "reload", name, o, "active")
}

func (s shadowServices) Enable(ctx context.Context, name string, on bool) error {
	return s.toggle(ctx, name, on, "enable", "enabled", "disable", "disabled")
}

func (s shadowServices) Mask(ctx context.Context, name string, on bool) error {
	return s.toggle(ctx, name, on, "mask", "masked", "unmask", "disabled")
}

func (s shadowServices) toggle(ctx context.Context, name string, on bool, yes, yesState, no, noState string) error {
	u, err := s.Unit(ctx, name)
	if err != nil {
		return err
	}
	c := Change{Kind: "service", ID: name, Action: no, Assumed: u.Assumed}
	u.Enabled = noState
	if on {
		c.Action, u.Enabled = yes, yesState
	}
	s.plan(u, false)
	s.record(c)
	return nil
}

func (s shadowServices) DaemonReload(context.Context) error { return nil }
