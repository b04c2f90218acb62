package module

import (
	"context"
	"errors"

	"pig/internal/node"
	"pig/internal/value"
)

// lock is how an apply keeps others off a node while it is at work there.
func lock() Module {
	return Module{
		Name: "node_lock",
		Spec: Spec{Args: []Arg{{Name: "holder"}, {Name: "state", Default: "held", Choices: []string{"held", "released"}}}},
		Run: func(_ context.Context, c *Call) (*value.Dict, error) {
			if c.Args.String("state") == "released" {
				return nil, c.System.Unlock()
			}
			err := c.System.Lock(c.Args.String("holder"))
			var locked *node.Locked
			if errors.As(err, &locked) {
				return nil, &Failure{Msg: locked.Error(), Values: value.DictOf("holder", locked.Holder)}
			}
			return nil, err
		},
	}
}
