package builtin

import (
	"context"
	"errors"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// lock is how an apply keeps others off a node while it is at work there.
func lock() module.Module {
	return module.Module{
		Name: "node_lock",
		Spec: module.Spec{Args: []module.Arg{{Name: "holder"}, {Name: "state", Default: "held", Choices: []string{"held", "released"}}}},
		Run: func(_ context.Context, c *module.Call) (*value.Dict, error) {
			if c.Args.String("state") == "released" {
				return nil, c.System.Unlock()
			}
			err := c.System.Lock(c.Args.String("holder"))
			var locked *node.Locked
			if errors.As(err, &locked) {
				return nil, &module.Failure{Msg: locked.Error(), Values: value.DictOf("holder", locked.Holder)}
			}
			return nil, err
		},
	}
}
