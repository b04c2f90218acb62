package module

import (
	"context"

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
			return nil, c.System.Lock(c.Args.String("holder"))
		},
	}
}
