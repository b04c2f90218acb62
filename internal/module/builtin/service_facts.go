package builtin

import (
	"context"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// serviceFacts tells which systemd services there are.
func serviceFacts() module.Module {
	return module.Module{Name: "service_facts", Spec: module.Spec{}, Run: runServiceFacts}
}

// sadStates are what systemd says of a service in place of whether it is active.
var sadStates = []string{"not-found", "masked", "failed"}

func runServiceFacts(ctx context.Context, c *module.Call) (*value.Dict, error) {
	units, err := unitsSay(ctx, c, "systemctl", "list-units", "--no-pager", "--no-legend", "--plain", "--type", "service", "--all")
	if err != nil {
		return nil, err
	}
	services := value.NewDict()
	for line := range strings.Lines(units) {
		f := strings.Fields(strings.TrimLeft(line, "●* "))
		if len(f) < 4 || !strings.Contains(f[0], ".service") {
			continue
		}
		status := f[2]
		if i := slices.IndexFunc(f[1:4], func(word string) bool { return slices.Contains(sadStates, word) }); i >= 0 {
			status = f[1+i]
		}
		state := "stopped"
		if f[3] == "running" {
			state = "running"
		}
		services.Set(f[0], value.DictOf("name", f[0], "state", state, "status", status, "source", "systemd"))
	}
	files, err := unitsSay(ctx, c, "systemctl", "list-unit-files", "--no-pager", "--no-legend", "--type", "service", "--all")
	if err != nil {
		return nil, err
	}
	if err := addUnitFiles(ctx, c, services, files); err != nil {
		return nil, err
	}
	return value.DictOf("ansible_facts", value.DictOf("services", services), "changed", false), nil
}

// unitsSay asks about all units: a plan that brings one, or starts one, cannot know what the answer will be.
func unitsSay(ctx context.Context, c *module.Call, argv ...string) (string, error) {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: argv, Env: plainWords, ReadOnly: true, Brought: node.AnyPackage, Needs: node.AnyUnit})
	if err == nil && out.RC != 0 {
		err = &node.CommandError{Argv: argv, Output: out}
	}
	return string(out.Stdout), err
}

// addUnitFiles completes the services that systemd has in memory by what their files say, and by those of which it has only a file.
func addUnitFiles(ctx context.Context, c *module.Call, services *value.Dict, files string) error {
	var idle, statuses []string
	for line := range strings.Lines(files) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		known, ok := services.At(f[0]).(*value.Dict)
		switch {
		case !ok:
			idle, statuses = append(idle, f[0]), append(statuses, f[1])
		case !slices.Contains(sadStates, value.Str(known.At("status"))):
			known.Set("status", f[1])
		}
	}
	if len(idle) == 0 {
		return nil
	}
	out, err := inquire(ctx, c, append([]string{"systemctl", "show", "--property=ActiveState"}, idle...)...)
	if err != nil {
		return err
	}
	states := strings.Split(string(out.Stdout), "\n\n")
	for i, name := range idle {
		state := "unknown"
		if i < len(states) && len(states) == len(idle) {
			state = strings.TrimPrefix(strings.TrimSpace(states[i]), "ActiveState=")
		}
		services.Set(name, value.DictOf("name", name, "state", state, "status", statuses[i], "source", "systemd"))
	}
	return nil
}
