package builtin

import (
	"context"
	"fmt"
	"slices"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func serviceArgs() []module.Arg {
	return []module.Arg{
		{Name: "name", Aliases: []string{"service", "unit"}},
		{Name: "state", Choices: []string{"started", "stopped", "restarted", "reloaded"}},
		{Name: "enabled", Type: module.Bool},
		{Name: "masked", Type: module.Bool},
		{Name: "daemon_reload", Type: module.Bool, Aliases: []string{"daemon-reload"}},
		{Name: "daemon_reexec", Type: module.Bool, Aliases: []string{"daemon-reexec"}},
		{Name: "no_block", Type: module.Bool},
		// impact says what a restart means, where that is less than what it says by itself: gap, of what only watches.
		{Name: "impact", Choices: []string{"gap", "restart"}},
		{Name: "force", Type: module.Bool, Only: false}, {Name: "scope", Only: "system"}, {Name: "use", Only: "auto"},
	}
}

func service() module.Module {
	return module.Module{Name: "service", Spec: module.Spec{Args: serviceArgs()}, Run: runService}
}

func systemdModule() module.Module {
	return module.Module{Name: "systemd", Spec: module.Spec{Args: serviceArgs()}, Run: runService}
}

func systemdService() module.Module {
	return module.Module{Name: "systemd_service", Spec: module.Spec{Args: serviceArgs()}, Run: runService}
}

func runService(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s := c.System.Services()
	if c.Args.Bool("daemon_reload") || c.Args.Bool("daemon_reexec") {
		if err := s.DaemonReload(ctx); err != nil {
			return nil, err
		}
	}
	name := c.Args.String("name")
	result := value.DictOf("name", name, "status", value.NewDict())
	if name == "" {
		return result, nil
	}
	u, err := s.Unit(ctx, name)
	if err != nil {
		return nil, err
	}
	if !u.Exists {
		state := c.Args.String("state")
		if !c.Args.Bool("enabled") && (state == "stopped" || state == "" && c.Args.Has("enabled")) {
			return result, nil // what is not there neither runs nor starts
		}
		return nil, fmt.Errorf("Could not find the requested service %s: host", name) //nolint:staticcheck // Ansible's words, which playbooks look for
	}
	if u.NeedReload {
		if err := s.DaemonReload(ctx); err != nil {
			return nil, err
		}
	}
	toggled, err := setEnabled(ctx, c, u)
	if err != nil {
		return nil, err
	}
	acted, err := setState(ctx, c, name, u)
	if err != nil {
		return nil, err
	}
	after := u
	if toggled || acted {
		if after, err = s.Unit(ctx, name); err != nil {
			return nil, err
		}
	}
	result.Set("state", map[bool]string{true: "started", false: "stopped"}[after.Running()])
	result.Set("enabled", after.Enabled == "enabled")
	result.Set("status", value.DictOf("ActiveState", after.Active, "SubState", after.Sub, "UnitFileState", after.Enabled,
		"Result", after.Result, "MainPID", fmt.Sprint(after.PID), "InvocationID", after.InvocationID))
	return result, nil
}

// setEnabled tells whether it did anything.
func setEnabled(ctx context.Context, c *module.Call, u node.Unit) (acted bool, err error) {
	s := c.System.Services()
	unmasked := false // what it is then is not known yet
	if c.Args.Has("masked") && (u.Enabled == "masked") != c.Args.Bool("masked") {
		if err := s.Mask(ctx, u.Name, c.Args.Bool("masked")); err != nil {
			return false, err
		}
		acted, unmasked = true, !c.Args.Bool("masked")
	}
	if !c.Args.Has("enabled") {
		return acted, nil
	}
	on := slices.Contains([]string{"enabled", "enabled-runtime", "static", "indirect", "alias", "generated"}, u.Enabled)
	if on == c.Args.Bool("enabled") && !unmasked || u.Enabled == "static" {
		return acted, nil
	}
	return true, s.Enable(ctx, u.Name, c.Args.Bool("enabled"))
}

// declaredImpact is what a task says that a stop of its unit means to others; none is what it means by itself.
func declaredImpact(c *module.Call) (impact node.Impact, err error) {
	if text := c.Args.String("impact"); text != "" {
		return node.ParseImpact(text)
	}
	return impact, nil
}

// setState tells whether it did anything.
func setState(ctx context.Context, c *module.Call, name string, u node.Unit) (acted bool, err error) {
	s := c.System.Services()
	o := node.UnitOptions{NoBlock: c.Args.Bool("no_block")}
	switch c.Args.String("state") {
	case "started":
		if u.Running() {
			return false, nil
		}
		if u.Sub == "auto-restart" { // a start would wait for the time of that restart
			if err := c.Scratch.Services().Stop(ctx, name, node.UnitOptions{}); err != nil {
				return false, err
			}
		}
		err = s.Start(ctx, name, o)
	case "stopped":
		if !u.Running() && u.Active != "deactivating" {
			return false, nil
		}
		err = s.Stop(ctx, name, o)
	case "restarted":
		if !u.Running() && u.Sub != "auto-restart" { // nobody notices: it is a start
			err = s.Start(ctx, name, o)
			break
		}
		if o.Impact, err = declaredImpact(c); err != nil {
			return false, err
		}
		err = s.Restart(ctx, name, o)
	case "reloaded":
		if !u.Running() {
			err = s.Start(ctx, name, o)
			break
		}
		err = s.Reload(ctx, name, o)
	default:
		return false, nil
	}
	if err != nil {
		return true, module.Diagnose(ctx, c, name, err)
	}
	return true, nil
}
