package module

import (
	"context"
	"encoding/base64"

	"pig/internal/value"
)

func slurp() Module {
	return Module{
		Name: "slurp", Spec: Spec{Args: []Arg{{Name: "src", Type: Path, Required: true, Aliases: []string{"path"}}}},
		Run: func(_ context.Context, c *Call) (*value.Dict, error) {
			content, err := c.System.Files().Read(c.Args.String("src"))
			if err != nil {
				return nil, err
			}
			return value.DictOf("content", base64.StdEncoding.EncodeToString(content), "encoding", "base64", "source", c.Args.String("src"),
				"plain", string(content)), nil
		},
	}
}
