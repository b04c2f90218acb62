package module

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/node"
	"pig/internal/value"
)

// prune removes files that pig wrote before and that are no longer wanted. It knows its own by their first line: a pattern of
// names would take other clusters' files too.
func prune() Module {
	return Module{
		Name: "prune",
		Spec: Spec{Args: []Arg{
			{Name: "path", Type: Path, Required: true}, {Name: "marker", Required: true}, {Name: "keep", Type: List, Elements: Str},
		}},
		Run: runPrune,
	}
}

func runPrune(_ context.Context, c *Call) (*value.Dict, error) {
	files := c.System.Files()
	dir := c.Args.String("path")
	removed := value.NewList()
	result := value.DictOf("path", dir, "removed", removed)
	i, err := files.Stat(dir, true)
	if err != nil || i.Kind != node.Dir {
		return result, err
	}
	names, err := files.List(dir)
	if err != nil {
		return nil, err
	}
	keep := c.Args.Strings("keep")
	for _, name := range names {
		path := filepath.Join(dir, name)
		if slices.Contains(keep, name) {
			continue
		}
		text, err := files.Read(path)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) || err != nil && isDir(files, path) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if first, _, _ := strings.Cut(string(text), "\n"); first != c.Args.String("marker") {
			continue
		}
		if err := files.Remove(path); err != nil {
			return nil, err
		}
		removed.Append(path)
	}
	return result, nil
}

func isDir(files node.Files, path string) bool {
	i, err := files.Stat(path, true)
	return err == nil && i.Kind == node.Dir
}
