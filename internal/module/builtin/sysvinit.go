package builtin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// sysvinit runs the scripts in /etc/init.d.
func sysvinit() module.Module {
	return module.Module{
		Name: "sysvinit",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true, Aliases: []string{"service"}}, {Name: "state", Choices: []string{"started", "stopped", "restarted", "reloaded"}},
			{Name: "enabled", Type: module.Bool}, {Name: "sleep", Type: module.Int, Default: int64(1)}, {Name: "pattern"},
			{Name: "arguments", Aliases: []string{"args"}}, {Name: "runlevels", Type: module.List, Elements: module.Str}, {Name: "daemonize", Type: module.Bool, Only: false},
		}, OneOf: [][]string{{"state", "enabled"}}},
		Run: runSysvinit,
	}
}

func runSysvinit(ctx context.Context, c *module.Call) (*value.Dict, error) {
	name := c.Args.String("name")
	script := "/etc/init.d/" + name
	i, err := c.System.Files().Stat(script, true)
	if err != nil {
		return nil, err
	}
	if !i.Exists() {
		if i.Assumed {
			return nil, fmt.Errorf("actions of %s: %w", script, node.ErrUnknown)
		}
		return nil, fmt.Errorf("Could not find the requested service %s: ", name) //nolint:staticcheck // Ansible's words
	}
	if c.Args.Has("enabled") {
		if err := enableScript(ctx, c, name); err != nil {
			return nil, err
		}
	}
	return value.DictOf("name", name), scriptState(ctx, c, name, script)
}

// enableScript has the script run at the start of the machine, or not.
func enableScript(ctx context.Context, c *module.Call, name string) error {
	wanted, levels := c.Args.Bool("enabled"), c.Args.Strings("runlevels")
	fact := "init script " + name + " " + strings.Join(levels, "")
	enabled, err := scriptEnabled(c, name, levels)
	if planned, ok := c.System.Foreseen(fact); ok {
		enabled, err = planned == "enabled", nil
	}
	if err != nil || enabled == wanted {
		return err
	}
	action, words := "enable", []string{"update-rc.d", name, "defaults"}
	switch {
	case !wanted:
		action, words = "disable", append([]string{"update-rc.d", name, "disable"}, levels...)
	case levels != nil:
		words = append([]string{"update-rc.d", name, "enable"}, levels...)
	}
	if out, err := inquire(ctx, c, "which", "update-rc.d"); err == nil && out.RC != 0 { // not of Debian
		words = []string{"chkconfig", name, map[bool]string{true: "on", false: "off"}[wanted]}
		if levels != nil {
			words = slices.Insert(words, 1, "--level", strings.Join(levels, ""))
		}
	}
	return carryOut(ctx, c, node.Change{Kind: "init script", ID: name, Action: action, Makes: map[string]string{fact: action + "d"}}, words...)
}

// scriptEnabled looks for the links that start a script in the runlevels, in any of them where none is named.
func scriptEnabled(c *module.Call, name string, levels []string) (bool, error) {
	if levels == nil {
		levels = []string{"0", "1", "2", "3", "4", "5", "6", "S"}
		for _, l := range levels {
			if ok, err := startedIn(c, name, l); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	}
	for _, l := range levels {
		if ok, err := startedIn(c, name, l); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func startedIn(c *module.Call, name, level string) (bool, error) {
	found, err := module.Glob(c.System.Files(), "/etc/rc"+level+".d/S??"+name)
	return len(found) > 0, err
}

// scriptState starts and stops.
func scriptState(ctx context.Context, c *module.Call, name, script string) error {
	state := c.Args.String("state")
	if state == "" {
		return nil
	}
	running, err := scriptRuns(ctx, c, name, script)
	if err != nil {
		return err
	}
	do := func(word string) error {
		made := map[string]string{"start": "running", "stop": "stopped"}[word]
		change := node.Change{Kind: "init script", ID: name, Action: word}
		if made != "" {
			change.Makes = map[string]string{"init script " + name: made}
		}
		return carryOut(ctx, c, change, append([]string{script, word}, strings.Fields(c.Args.String("arguments"))...)...)
	}
	switch {
	case state == "restarted":
		if err := do("stop"); err != nil {
			return err
		}
		pause := node.Wait{
			Met: func(context.Context) error { return errors.New("not yet") }, Limit: time.Duration(c.Args.Int("sleep")) * time.Second,
			Late: func(context.Context, error) error { return nil },
		}
		if err := c.System.Await(ctx, pause); err != nil {
			return err
		}
		return do("start")
	case state == "reloaded" && running:
		return do("reload")
	case state == "started" && !running, state == "reloaded":
		return do("start")
	case state == "stopped" && running:
		return do("stop")
	}
	return nil
}

// scriptRuns asks the script, or looks for a process where a pattern is given.
func scriptRuns(ctx context.Context, c *module.Call, name, script string) (bool, error) {
	if planned, ok := c.System.Foreseen("init script " + name); ok {
		return planned == "running", nil
	}
	if pattern := c.Args.String("pattern"); pattern != "" {
		out, err := learned(ctx, c, "ps", "auxwww")
		return strings.Contains(out, pattern), err
	}
	out, err := inquire(ctx, c, script, "status")
	if err != nil {
		return false, err
	}
	said := strings.ToLower(strings.ReplaceAll(string(out.Stdout), name, ""))
	if strings.Count(said, "\n") <= 1 {
		for _, word := range []string{"stop", "is dead ", "dead but ", "could not access pid file", "inactive"} {
			if strings.Contains(said, word) {
				return false, nil
			}
		}
		for _, word := range []string{"run", "start", "active"} {
			if strings.Contains(said, word) && !strings.Contains(said, "not ") {
				return true, nil
			}
		}
	}
	return out.RC == 0, nil
}
