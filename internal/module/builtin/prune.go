package builtin

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// prune removes files that pig wrote before and that are no longer wanted. It knows its own by their first line: a pattern of
// names would take other clusters' files too.
func prune() module.Module {
	return module.Module{
		Name: "prune",
		Spec: module.Spec{Args: append(checkArgs(),
			module.Arg{Name: "path", Type: module.Path, Required: true}, module.Arg{Name: "marker", Required: true}, module.Arg{Name: "keep", Type: module.List, Elements: module.Str},
			module.Arg{Name: "ending"}, // of the names that are looked at: what many hosts share is not read for each of them
			module.Arg{Name: "staged"}, // see internal/engine/staged.go
		)},
		Run: runPrune,
	}
}

func runPrune(ctx context.Context, c *module.Call) (*value.Dict, error) {
	removed := value.NewList()
	result := value.DictOf("path", c.Args.String("path"), "removed", removed)
	paths, err := toPrune(c)
	if err != nil {
		return result, err
	}
	seen := make([]node.Seen, len(paths))
	for i, path := range paths {
		seen[i] = node.Seen{Path: path, Kind: node.Absent}
	}
	if err := checked(ctx, c, seen); err != nil {
		return nil, err
	}
	for _, path := range paths {
		if err := c.System.Files().Remove(path); err != nil {
			return nil, err
		}
		removed.Append(path)
	}
	return result, nil
}

// toPrune are the files that are pig's and no longer wanted.
func toPrune(c *module.Call) (paths []string, err error) {
	files := c.System.Files()
	dir := c.Args.String("path")
	i, err := files.Stat(dir, true)
	if err != nil || i.Kind != node.Dir {
		return nil, err
	}
	names, err := files.List(dir)
	if err != nil {
		return nil, err
	}
	keep, ending := c.Args.Strings("keep"), c.Args.String("ending")
	for _, name := range names {
		path := filepath.Join(dir, name)
		if slices.Contains(keep, name) || !strings.HasSuffix(name, ending) {
			continue
		}
		text, err := files.Read(path)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) || err != nil && isDir(files, path) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if first, _, _ := strings.Cut(string(text), "\n"); first == c.Args.String("marker") {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

func isDir(files node.Files, path string) bool {
	i, err := files.Stat(path, true)
	return err == nil && i.Kind == node.Dir
}
