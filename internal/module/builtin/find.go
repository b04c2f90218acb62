package builtin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// find lists what is below some directories. It changes nothing.
func find() module.Module {
	return module.Module{
		Name: "find",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "paths", Type: module.List, Elements: module.Path, Required: true, Aliases: []string{"path", "name"}},
			{Name: "patterns", Type: module.List, Elements: module.Str, Aliases: []string{"pattern"}},
			{Name: "excludes", Type: module.List, Elements: module.Str, Aliases: []string{"exclude"}},
			{Name: "use_regex", Type: module.Bool},
			{Name: "file_type", Default: "file", Choices: []string{"any", "directory", "file", "link"}},
			{Name: "recurse", Type: module.Bool},
			{Name: "depth", Type: module.Int},
			{Name: "hidden", Type: module.Bool},
			{Name: "follow", Type: module.Bool},
		}},
		Run: runFind,
	}
}

// finder is one search.
type finder struct {
	files          node.Files
	wanted, banned func(string) bool
	kind           node.Kind // "" is any
	depth          int       // 0: no limit
	hidden, follow bool
	found          *value.List
	examined       int64
}

func runFind(_ context.Context, c *module.Call) (*value.Dict, error) {
	f := &finder{files: c.System.Files(), hidden: c.Args.Bool("hidden"), follow: c.Args.Bool("follow"), depth: 1, found: value.NewList()}
	if c.Args.Bool("recurse") {
		f.depth = c.Args.Int("depth")
	}
	if kind := c.Args.String("file_type"); kind != "any" {
		f.kind = node.Kind(kind)
	}
	var err error
	if f.wanted, err = namePattern(c.Args.Strings("patterns"), c.Args.Bool("use_regex"), true); err != nil {
		return nil, err
	}
	if f.banned, err = namePattern(c.Args.Strings("excludes"), c.Args.Bool("use_regex"), false); err != nil {
		return nil, err
	}
	skipped := value.NewDict()
	for _, dir := range c.Args.Strings("paths") {
		if err := f.walk(dir, 1); err != nil {
			if errors.Is(err, node.ErrUnknown) {
				return nil, err
			}
			skipped.Set(dir, err.Error())
		}
	}
	return value.DictOf("files", f.found, "matched", int64(f.found.Len()), "examined", f.examined, "skipped_paths", skipped, "changed", false), nil
}

// namePattern tells whether a name fits one of the patterns; without any it is none.
func namePattern(patterns []string, regex, none bool) (func(string) bool, error) {
	if len(patterns) == 0 {
		return func(string) bool { return none }, nil
	}
	if !regex {
		for _, p := range patterns {
			if _, err := filepath.Match(p, ""); err != nil {
				return nil, fmt.Errorf("pattern %q: %w", p, err)
			}
		}
		return func(name string) bool {
			return slices.ContainsFunc(patterns, func(p string) bool { ok, _ := filepath.Match(p, name); return ok })
		}, nil
	}
	var all []*pattern
	for _, p := range patterns {
		re, err := compile(`\A(?:`+p+")", 0)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", p, err)
		}
		all = append(all, re)
	}
	return func(name string) bool {
		return slices.ContainsFunc(all, func(re *pattern) bool { return re.matches(name) })
	}, nil
}

func (f *finder) walk(dir string, level int) error {
	i, err := f.files.Stat(dir, true)
	if err != nil {
		return err
	}
	if i.Kind != node.Dir {
		return fmt.Errorf("%w: %s is not a directory", fs.ErrInvalid, dir)
	}
	names, err := f.files.List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		i, err := f.files.Stat(path, f.follow)
		if err != nil || !i.Exists() || name[0] == '.' && !f.hidden {
			continue
		}
		f.examined++
		if (f.kind == "" || i.Kind == f.kind) && f.wanted(name) && !f.banned(name) {
			entry := value.NewDict()
			describe(entry, path, i)
			f.found.Append(entry)
		}
		if i.Kind == node.Dir && (f.depth == 0 || level < f.depth) {
			if err := f.walk(path, level+1); err != nil {
				return err
			}
		}
	}
	return nil
}
