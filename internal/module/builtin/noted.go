package builtin

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// pending reads the notes of the node, makes some, or strikes some out.
func pending() module.Module {
	return module.Module{
		Name: "pending",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "state", Default: "read", Choices: []string{"read", "noted", "done"}},
			{Name: "handlers", Type: module.List},
		}},
		Run: runPending,
	}
}

func runPending(_ context.Context, c *module.Call) (*value.Dict, error) {
	dir, err := module.PendingDir(c.Scratch)
	if err != nil {
		return nil, err
	}
	files := c.Scratch.Files()
	var list []module.Pending
	for _, item := range c.Args.List("handlers") {
		if d, ok := item.(*value.Dict); ok {
			list = append(list, module.Pending{ID: value.Str(d.At("id")), Handler: value.Str(d.At("handler")), Cause: value.Str(d.At("cause"))})
		}
	}
	switch c.Args.String("state") {
	case "noted":
		return value.DictOf("changed", false), module.NotePending(c.Scratch, list)
	case "done":
		for _, p := range list {
			if err := files.Remove(path.Join(dir, p.ID)); err != nil {
				return nil, err
			}
		}
		return value.DictOf("changed", false), nil
	}
	found, err := readNotes(files, dir)
	return value.DictOf("changed", false, "pending", found), err
}

func readNotes(f node.Files, dir string) (*value.List, error) {
	found := value.NewList()
	names, err := f.List(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) {
		return found, nil
	}
	for _, name := range names {
		if strings.HasPrefix(name, ".") { // one that was being written when an agent died
			continue
		}
		text, err := f.Read(path.Join(dir, name))
		if err != nil {
			return nil, err
		}
		var p module.Pending
		if json.Unmarshal(text, &p) != nil { // a node that went down may leave it empty; its name says which handler it is
			p = module.Pending{}
		}
		found.Append(value.DictOf("id", name, "handler", p.Handler, "cause", p.Cause))
	}
	return found, err
}
