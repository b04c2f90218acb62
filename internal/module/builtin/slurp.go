package builtin

import (
	"context"
	"encoding/base64"

	"pig/internal/module"
	"pig/internal/value"
)

// slurp reads a file; of a large one pig itself asks for a piece at an offset.
func slurp() module.Module {
	return module.Module{
		Name: "slurp", Spec: module.Spec{Args: []module.Arg{
			{Name: "src", Type: module.Path, Required: true, Aliases: []string{"path"}},
			{Name: "offset", Type: module.Int}, {Name: "length", Type: module.Int},
		}},
		Run: func(_ context.Context, c *module.Call) (*value.Dict, error) {
			if c.Args.Has("length") {
				piece, err := c.System.Files().ReadAt(c.Args.String("src"), int64(c.Args.Int("offset")), c.Args.Int("length"))
				return value.DictOf("plain", string(piece)), err
			}
			content, err := c.System.Files().Read(c.Args.String("src"))
			if err != nil {
				return nil, err
			}
			return value.DictOf("content", base64.StdEncoding.EncodeToString(content), "encoding", "base64", "source", c.Args.String("src"),
				"plain", string(content)), nil
		},
	}
}
