package builtin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func file() module.Module {
	return module.Module{
		Name: "file",
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "path", Type: module.Path, Required: true, Aliases: []string{"dest", "name"}},
			module.Arg{Name: "state", Choices: []string{"absent", "directory", "file", "hard", "link", "touch"}},
			module.Arg{Name: "src", Type: module.Path},
			module.Arg{Name: "force", Type: module.Bool},
			module.Arg{Name: "follow", Type: module.Bool, Default: true},
			module.Arg{Name: "recurse", Type: module.Bool},
			module.Arg{Name: "access_time", Choices: []string{"preserve", "now"}}, module.Arg{Name: "modification_time", Choices: []string{"preserve", "now"}},
			// impact says what losing or changing this file means: a directory does not know whether it is a database's.
			module.Arg{Name: "impact", Default: "none", Choices: []string{"none", "reload", "gap", "restart", "failover", "data loss"}},
		)},
		Weighed: true,
		Run:     runFile,
	}
}

func runFile(_ context.Context, c *module.Call) (*value.Dict, error) {
	path := filepath.Clean(c.Args.String("path"))
	before, err := c.System.Files().Stat(path, false)
	if err != nil {
		return nil, err
	}
	state := c.Args.String("state")
	if state == "" {
		switch {
		case before.Kind == node.Dir:
			state = "directory"
		case c.Args.Bool("recurse"):
			state = "directory"
		default:
			state = "file"
		}
	}
	switch state {
	case "absent":
		err = c.System.Files().Remove(path)
	case "directory":
		err = makeDirs(c, path)
	case "touch":
		err = touch(c, path)
	case "link":
		err = link(c, path, before)
	case "hard":
		err = hard(c, path, before)
	default:
		err = existing(c, path, before)
	}
	return value.DictOf("path", path, "state", state, "dest", path), err
}

// makeDirs makes path and what is missing above it, each with the same attributes as Ansible gives them.
func makeDirs(c *module.Call, path string) error {
	files := c.System.Files()
	i, err := files.Stat(path, c.Args.Bool("follow"))
	if err != nil {
		return err
	}
	if i.Kind == node.Dir {
		if c.Args.Bool("recurse") {
			return recurse(c, path)
		}
		return settle(c, path, true)
	}
	if i.Exists() {
		return fmt.Errorf("%s already exists and is a %s", path, i.Kind)
	}
	var missing []string
	for dir := path; ; dir = filepath.Dir(dir) {
		i, err := files.Stat(dir, true)
		if err != nil {
			return err
		}
		if i.Exists() {
			if i.Kind != node.Dir {
				return fmt.Errorf("cannot create %s: %s is not a directory", path, dir)
			}
			break
		}
		missing = append(missing, dir)
	}
	a, err := attrs(c.Args, node.Info{Kind: node.Absent})
	if err != nil {
		return err
	}
	for n := len(missing) - 1; n >= 0; n-- {
		err := files.Mkdir(missing[n], a)
		if i, look := files.Stat(missing[n], true); errors.Is(err, fs.ErrExist) && look == nil && i.Kind == node.Dir {
			continue // another task was quicker
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func recurse(c *module.Call, path string) error {
	if err := settle(c, path, true); err != nil {
		return err
	}
	names, err := c.System.Files().List(path)
	if err != nil {
		return err
	}
	for _, n := range names {
		p := filepath.Join(path, n)
		i, err := c.System.Files().Stat(p, false)
		if err != nil {
			return err
		}
		if i.Kind == node.Dir {
			err = recurse(c, p)
		} else if i.Kind != node.Link {
			err = settle(c, p, false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// touch makes an empty file. One that is there is touched only if a time is asked for that is not "preserve".
func touch(c *module.Call, path string) error {
	i, err := c.System.Files().Stat(path, true)
	if err != nil {
		return err
	}
	a, err := attrs(c.Args, i)
	if err != nil {
		return err
	}
	modified, accessed := c.Args.String("modification_time"), c.Args.String("access_time")
	if (modified == "preserve") != (accessed == "preserve") {
		return fmt.Errorf("access_time and modification_time must have the same value: both preserve or none")
	}
	if i.Exists() && modified == "preserve" {
		return settle(c, path, true)
	}
	return c.System.Files().Touch(path, a)
}

func link(c *module.Call, path string, before node.Info) error {
	src := c.Args.String("src")
	if src == "" {
		return fmt.Errorf("state=link needs src")
	}
	if before.Kind == node.Link && before.Target == src {
		return nil
	}
	if before.Kind == node.Dir {
		if !c.Args.Bool("force") {
			return fmt.Errorf("%s is a directory; force: true replaces it by a link", path)
		}
		if err := c.System.Files().Remove(path); err != nil {
			return err
		}
	}
	if before.Kind == node.File && !c.Args.Bool("force") {
		return fmt.Errorf("%s is a file; force: true replaces it by a link", path)
	}
	if !c.Args.Bool("force") {
		target := src
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		i, err := c.System.Files().Stat(target, true)
		if err != nil {
			return err
		}
		if !i.Exists() && !i.Assumed {
			return fmt.Errorf("target %s of the link not found: add force: true to create the link anyway", src)
		}
	}
	return c.System.Files().Symlink(src, path)
}

func hard(c *module.Call, path string, before node.Info) error {
	src := c.Args.String("src")
	if src == "" {
		return fmt.Errorf("state=hard needs src")
	}
	i, err := c.System.Files().Stat(src, true)
	if err != nil {
		return err
	}
	if before.Exists() && before.Inode == i.Inode && before.Dev == i.Dev {
		return nil
	}
	if before.Exists() && !c.Args.Bool("force") {
		return fmt.Errorf("%s already exists; force: true replaces it", path)
	}
	return c.System.Files().Hardlink(src, path)
}

func existing(c *module.Call, path string, before node.Info) error {
	if !before.Exists() {
		if before.Assumed {
			return fmt.Errorf("whether %s exists: %w", path, node.ErrUnknown)
		}
		return fmt.Errorf("file (%s) is absent, cannot continue", path)
	}
	return settle(c, path, c.Args.Bool("follow"))
}
