package builtin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// publish keeps small files in directories that something else watches: targets for the metrics store, records for the name
// server. The directory is made by whoever watches it. Where it is missing nobody does, so nothing is written, and a warning
// tells so: a cluster is no worse for not being watched. Where nobody has to watch (optional) there is nothing to tell. A unit that
// does not watch by itself is named in reload by the handler of such a task.
func publish() module.Module {
	return module.Module{
		Name: "publish",
		Spec: module.Spec{Args: append(checkArgs(),
			module.Arg{Name: "root", Type: module.Path, Required: true}, module.Arg{Name: "files", Type: module.List, Elements: module.Dict}, module.Arg{Name: "absent", Type: module.List, Elements: module.Str},
			module.Arg{Name: "optional", Type: module.Bool}, module.Arg{Name: "reload"},
		)},
		Run: runPublish,
	}
}

func runPublish(ctx context.Context, c *module.Call) (*value.Dict, error) {
	files := c.System.Files()
	root := c.Args.String("root")
	result := value.DictOf("root", root, "watched", true)
	i, err := files.Stat(root, true)
	if err != nil {
		return nil, err
	}
	if i.Kind != node.Dir && !i.Assumed {
		result.Set("watched", false)
		if len(c.Args.List("files")) > 0 && !c.Args.Bool("optional") {
			c.Facts.Warn("cannot write below %s: directory not found: apply the infra module first (pig infra)", root)
		}
		return result, nil
	}
	if i.Assumed && c.Args.Bool("optional") {
		return nil, fmt.Errorf("whether %s exists: %w", root, node.ErrUnknown)
	}
	if err := checkPublished(ctx, c, root); err != nil {
		return nil, err
	}
	for _, item := range c.Args.List("files") {
		if err := publishOne(files, root, item.(*value.Dict)); err != nil {
			return nil, err
		}
	}
	for _, name := range c.Args.Strings("absent") {
		path, err := below(root, name)
		if err != nil {
			return nil, err
		}
		if err := files.Remove(path); err != nil {
			return nil, err
		}
	}
	if unit := c.Args.String("reload"); unit != "" {
		return result, reloadIfUp(ctx, c, unit)
	}
	return result, nil
}

// checkPublished has a check look at what will be there otherwise than it is.
func checkPublished(ctx context.Context, c *module.Call, root string) error {
	var seen []node.Seen
	files := c.System.Files()
	for _, item := range c.Args.List("files") {
		file := item.(*value.Dict)
		path, err := below(root, value.Str(file.At("path")))
		if err != nil {
			return err
		}
		content := []byte(value.Str(file.At("content")))
		if old, err := files.Read(path); err != nil || !slices.Equal(old, content) {
			mode := octalMode(0o644)
			seen = append(seen, seenAs(path, content, node.Attrs{Mode: &mode}))
		}
	}
	for _, name := range c.Args.Strings("absent") {
		path, err := below(root, name)
		if err != nil {
			return err
		}
		if i, err := files.Stat(path, false); err == nil && i.Exists() {
			seen = append(seen, node.Seen{Path: path, Kind: node.Absent})
		}
	}
	return checked(ctx, c, seen)
}

// reloadIfUp has a unit read its files again, if it runs: if not, it reads them when it starts.
func reloadIfUp(ctx context.Context, c *module.Call, unit string) error {
	services := c.System.Services()
	u, err := services.Unit(ctx, unit)
	if err != nil || !u.Running() {
		return err
	}
	return services.Reload(ctx, unit, node.UnitOptions{})
}

func publishOne(files node.Files, root string, file *value.Dict) error {
	path, err := below(root, value.Str(file.At("path")))
	if err != nil {
		return err
	}
	content := []byte(value.Str(file.At("content")))
	mode := octalMode(0o644)
	dir := filepath.Dir(path)
	if i, err := files.Stat(dir, true); err != nil {
		return err
	} else if !i.Exists() {
		all := octalMode(0o755)
		if err := files.Mkdir(dir, node.Attrs{Mode: &all}); err != nil {
			return err
		}
	}
	old, err := files.Read(path)
	switch {
	case err == nil && slices.Equal(old, content):
		return files.Set(path, true, node.Attrs{Mode: &mode})
	case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, node.ErrUnknown):
		return err
	}
	return files.Write(path, content, node.Attrs{Mode: &mode})
}

// below is a path below root, and nowhere else.
func below(root, name string) (string, error) {
	if name == "" || !filepath.IsLocal(name) || strings.Contains(name, "..") {
		return "", fmt.Errorf("invalid path %q: must lie below %s", name, root)
	}
	return filepath.Join(root, name), nil
}
