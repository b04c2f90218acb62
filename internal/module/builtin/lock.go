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
		Spec: module.Spec{Args: []module.Arg{{Name: "holder"}, {Name: "state", Default: "held", Choices: []string{"held", "released", "shown", "broken"}}}},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			switch c.Args.String("state") {
			case "released":
				return nil, c.System.Unlock()
			case "shown":
				return heldBy(c.System.Holder())
			case "broken":
				return heldBy(c.System.Evict(ctx))
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

func heldBy(who string, err error) (*value.Dict, error) { return value.DictOf("holder", who), err }
