package modules

import (
	"context"
	"fmt"

	"pig/internal/module"
	"pig/internal/value"
)

// citusShards counts the shards that a group of a distributed database has, as a member of it knows. It changes nothing, and returns shards.
func citusShards() module.Module {
	return module.Module{
		Name: "citus_shards",
		Spec: module.Spec{Args: append(psqlArgs(), module.Arg{Name: "database", Required: true}, module.Arg{Name: "group", Type: module.Int, Required: true})},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			var shards int64
			question := fmt.Sprintf("SELECT to_jsonb(count(*)) FROM pg_dist_placement WHERE groupid = %d;\n", c.Args.Int("group"))
			if err := newPsql(c).query(ctx, c.Args.String("database"), question, &shards); err != nil {
				return nil, err
			}
			return value.DictOf("shards", shards, "changed", false), nil
		},
	}
}
