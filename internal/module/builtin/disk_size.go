package builtin

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// diskSize tells the size of the file system that holds a path, or will, and the free bytes: sizes in configuration files follow from it.
func diskSize() module.Module {
	return module.Module{
		Name: "disk_size",
		Spec: module.Spec{Args: []module.Arg{{Name: "path", Type: module.Path, Required: true}}},
		Run:  runDiskSize,
	}
}

func runDiskSize(ctx context.Context, c *module.Call) (*value.Dict, error) {
	path := filepath.Clean(c.Args.String("path"))
	for dir := path; ; dir = filepath.Dir(dir) {
		out, err := c.System.Exec(ctx, node.Cmd{Argv: []string{"df", "-P", "-B1", dir}, ReadOnly: true})
		if err != nil {
			return nil, err
		}
		lines := strings.Split(strings.TrimSpace(string(out.Stdout)), "\n")
		if out.RC == 0 && len(lines) == 2 {
			if f := strings.Fields(lines[1]); len(f) > 5 {
				n, err := strconv.ParseInt(f[1], 10, 64)
				free, freeErr := strconv.ParseInt(f[3], 10, 64)
				return value.DictOf("bytes", n, "free", free, "mount", f[5], "changed", false), errors.Join(err, freeErr)
			}
		}
		if dir == "/" {
			return nil, fmt.Errorf("df does not report the size of %s", path)
		}
	}
}
