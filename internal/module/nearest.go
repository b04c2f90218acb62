package module

import (
	"context"
	"strings"

	"pig/internal/diag"
	"pig/internal/node"
)

// WithNearest are names of packages that no repository has, each with the name of one that a repository has and that is meant, most likely.
func WithNearest(ctx context.Context, c *Call, missing []string) []string {
	if len(missing) == 0 {
		return nil
	}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"apt-cache", "pkgnames"}, ReadOnly: true})
	if err != nil || out.RC != 0 {
		return missing // then nobody knows of a nearer one
	}
	known := strings.Fields(string(out.Stdout))
	told := make([]string, len(missing))
	for i, name := range missing {
		told[i] = name
		if hint := diag.DidYouMean(name, known); hint != "" {
			told[i] += " (" + hint + ")"
		}
	}
	return told
}
