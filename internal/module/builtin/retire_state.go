package builtin

import (
	"context"
	"fmt"

	"pig/internal/module"
	"pig/internal/value"
)

// retireState tells which of some units run although parameters switch them off (off): those that retire would stop. It changes nothing, and
// returns problems, a text each.
func retireState() module.Module {
	return module.Module{
		Name: "retire_state",
		Spec: module.Spec{Args: []module.Arg{{Name: "units", Type: module.List, Elements: module.Dict, Required: true}}},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			var problems []string
			for _, item := range c.Args.List("units") {
				d, ok := item.(*value.Dict)
				if !ok {
					continue
				}
				unit := value.Str(d.At("unit"))
				ours, err := beginsWith(c.System.Files(), value.Str(d.At("file")), value.Str(d.At("begins")))
				if err != nil {
					return nil, err
				}
				if !ours {
					continue
				}
				u, err := c.System.Services().Unit(ctx, unit)
				if err != nil {
					return nil, err
				}
				if u.Exists && (u.Running() || u.Active == "activating") {
					problems = append(problems, fmt.Sprintf("%s is switched off (%s) and runs: pig apply stops it", unit, value.Str(d.At("off"))))
				}
			}
			return value.DictOf("problems", value.Strings(problems), "changed", false), nil
		},
	}
}
