package builtin

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// tempfile makes a file or a directory with a name that nothing else has.
func tempfile() module.Module {
	return module.Module{
		Name: "tempfile",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "state", Default: "file", Choices: []string{"file", "directory"}}, {Name: "path", Type: module.Path},
			{Name: "prefix", Default: "ansible."}, {Name: "suffix", Default: ""},
		}},
		Run: runTempfile,
	}
}

func runTempfile(ctx context.Context, c *module.Call) (*value.Dict, error) {
	dir := c.Args.String("path")
	if dir == "" {
		dir = "/tmp"
	}
	in, err := c.System.Files().Stat(dir, true)
	if err != nil {
		return nil, err
	}
	if in.Kind != node.Dir && !in.Assumed {
		return nil, fmt.Errorf("directory %q not found on this node", dir)
	}
	state := c.Args.String("state")
	pattern := filepath.Join(dir, c.Args.String("prefix")+"*"+c.Args.String("suffix"))
	// Only a run chooses the name.
	result := value.DictOf("path", value.Unknown{Why: "the name of the temporary " + state}, "state", state)
	change := node.Change{Kind: "temporary " + state, ID: pattern, Action: "create"}
	err = c.System.Do(ctx, change, func(context.Context) error {
		path := strings.Replace(pattern, "*", strings.ToLower(rand.Text()[:8]), 1)
		result.Set("path", path)
		if state == "directory" {
			mode := octalMode(0o700)
			return c.Scratch.Files().Mkdir(path, node.Attrs{Mode: &mode})
		}
		mode := octalMode(0o600)
		return c.Scratch.Files().Write(path, nil, node.Attrs{Mode: &mode})
	})
	return result, err
}
