package builtin

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// retire stops a unit that the inventory no longer wants, for good. It knows those that pig has set up by how the file begins that pig
// wrote for them: what an operator runs by himself goes on. Files that only make sense while the unit runs go with it.
func retire() module.Module {
	return module.Module{
		Name: "retire",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "unit", Required: true}, {Name: "file", Type: module.Path, Required: true}, {Name: "begins", Required: true},
			{Name: "files", Type: module.List, Elements: module.Path},
			{Name: "impact", Choices: []string{"gap", "restart"}}, // as for service
		}},
		Run: runRetire,
	}
}

func runRetire(ctx context.Context, c *module.Call) (*value.Dict, error) {
	unit := c.Args.String("unit")
	result := value.DictOf("unit", unit)
	ours, err := beginsWith(c.System.Files(), c.Args.String("file"), c.Args.String("begins"))
	if err != nil || !ours {
		return result, err
	}
	if err := stopForGood(ctx, c, unit); err != nil {
		return result, err
	}
	for _, path := range c.Args.Strings("files") {
		i, err := c.System.Files().Stat(path, false)
		if err != nil {
			return result, err
		}
		if !i.Exists() {
			continue
		}
		if err := c.System.Files().Remove(path); err != nil {
			return result, err
		}
	}
	return result, nil
}

// beginsWith tells whether a file is there and begins so. One that only a planned package may bring is not pig's.
func beginsWith(files node.Files, path, begins string) (bool, error) {
	text, err := files.Read(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) {
		return false, nil
	}
	return err == nil && strings.HasPrefix(string(text), begins), err
}

// stopForGood stops a unit, also one that systemd tries again and again, and keeps it from starting with the next boot.
func stopForGood(ctx context.Context, c *module.Call, unit string) (err error) {
	s := c.System.Services()
	u, err := s.Unit(ctx, unit)
	if err != nil || !u.Exists || u.Assumed {
		return err
	}
	if u.NeedReload {
		if err := s.DaemonReload(ctx); err != nil {
			return err
		}
	}
	if slices.Contains([]string{"enabled", "enabled-runtime"}, u.Enabled) {
		if err := s.Enable(ctx, unit, false); err != nil {
			return err
		}
	}
	if !u.Running() && u.Active != "activating" && u.Active != "deactivating" {
		return nil
	}
	impact, err := declaredImpact(c)
	if err != nil {
		return err
	}
	if err := s.Stop(ctx, unit, node.UnitOptions{Impact: impact}); err != nil {
		return module.Diagnose(ctx, c, unit, err)
	}
	return nil
}
