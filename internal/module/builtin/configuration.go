package builtin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// configuration puts the files of one program into place, all or none: its check sees all of them as they are to be, since one may need
// another. What the files are to be, tasks before it have said with staged (see internal/engine/staged.go).
func configuration() module.Module {
	return module.Module{
		Name: "configuration",
		Spec: module.Spec{Args: append(checkArgs(),
			module.Arg{Name: "staged", Required: true},
			module.Arg{Name: "files", Type: module.List, Elements: module.Dict}, // as for copy
			module.Arg{Name: "prune", Type: module.List, Elements: module.Dict}, // as for prune
			module.Arg{Name: "absent", Type: module.List, Elements: module.Str},
		)},
		Unknowns: true,
		Run:      runConfiguration,
	}
}

func runConfiguration(ctx context.Context, c *module.Call) (*value.Dict, error) {
	files, err := parts(c, "files", copyModule())
	if err != nil {
		return nil, err
	}
	prunes, err := parts(c, "prune", prune())
	if err != nil {
		return nil, err
	}
	seen, certain, err := unlike(files, prunes, c)
	if err != nil {
		return nil, err
	}
	if certain {
		if err := checked(ctx, c, seen); err != nil {
			return nil, err
		}
	}
	for _, one := range files {
		if _, err := runCopy(ctx, one); err != nil {
			return nil, err
		}
	}
	for _, one := range prunes {
		if _, err := runPrune(ctx, one); err != nil {
			return nil, err
		}
	}
	for _, path := range c.Args.Strings("absent") {
		if err := c.System.Files().Remove(path); err != nil {
			return nil, err
		}
	}
	return value.DictOf("staged", c.Args.String("staged")), nil
}

// parts are the calls of another module that an argument lists.
func parts(c *module.Call, arg string, of module.Module) (calls []*module.Call, err error) {
	for _, item := range c.Args.List(arg) {
		args, err := of.Spec.Check(of.Name, item.(*value.Dict))
		if err != nil {
			return nil, err
		}
		known := args.Clone()
		if known.Delete("content"); value.HasUnknown(known) {
			return nil, fmt.Errorf("arguments of %s: %w", of.Name, node.ErrUnknown)
		}
		calls = append(calls, &module.Call{System: c.System, Scratch: c.Scratch, Args: module.NewArgs(args), Facts: c.Facts})
	}
	return calls, nil
}

// unlike is what a check is to see otherwise than it stands there, and whether all of it is known.
func unlike(files, prunes []*module.Call, c *module.Call) (seen []node.Seen, certain bool, err error) {
	certain = true
	for _, one := range files {
		if value.HasUnknown(one.Args.Get("content")) {
			certain = false
			continue
		}
		path, content, a, err := wanted(one)
		if err != nil {
			return nil, false, err
		}
		old, err := c.System.Files().Read(path)
		switch {
		case err == nil && bytes.Equal(old, content):
		case err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown):
			seen = append(seen, seenAs(path, content, a))
		default:
			return nil, false, err
		}
	}
	gone := c.Args.Strings("absent")
	for _, one := range prunes {
		names, err := toPrune(one)
		if err != nil {
			return nil, false, err
		}
		gone = append(gone, names...)
	}
	for _, path := range gone {
		i, err := c.System.Files().Stat(path, false)
		if err != nil {
			return nil, false, err
		}
		if i.Exists() {
			seen = append(seen, node.Seen{Path: path, Kind: node.Absent})
		}
	}
	return seen, certain, nil
}

// wanted is the file that a call of copy is to write.
func wanted(c *module.Call) (path string, content []byte, a node.Attrs, err error) {
	if path, err = destination(c); err != nil {
		return "", nil, a, err
	}
	before, err := c.System.Files().Stat(path, c.Args.Bool("follow"))
	if err != nil {
		return "", nil, a, err
	}
	if a, err = attrs(c.Args, before); err != nil {
		return "", nil, a, err
	}
	content, err = contentOf(c)
	return path, content, a, err
}
