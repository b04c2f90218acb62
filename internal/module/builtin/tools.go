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

// plainWords keeps programs from translating what modules read.
var plainWords = map[string]string{"LC_ALL": "C", "LANG": "C"}

// inquire runs a command that changes nothing.
func inquire(ctx context.Context, c *module.Call, argv ...string) (node.Output, error) {
	return c.System.Exec(ctx, node.Cmd{Argv: argv, Env: plainWords, ReadOnly: true})
}

// learned is what a command says that changes nothing and has to succeed.
func learned(ctx context.Context, c *module.Call, argv ...string) (string, error) {
	out, err := inquire(ctx, c, argv...)
	if err == nil && out.RC != 0 {
		err = &node.CommandError{Argv: argv, Output: out}
	}
	return string(out.Stdout), err
}

// carryOut runs a command that makes a change.
func carryOut(ctx context.Context, c *module.Call, change node.Change, argv ...string) error {
	return carryOutWith(ctx, c, change, node.Cmd{Argv: argv})
}

// carryOutWith is carryOut for a command that has an input, a directory or an environment.
func carryOutWith(ctx context.Context, c *module.Call, change node.Change, cmd node.Cmd) error {
	cmd.Change = &change
	if cmd.Env == nil {
		cmd.Env = plainWords
	}
	out, err := c.System.Exec(ctx, cmd)
	if err == nil && out.RC != 0 {
		err = &node.CommandError{Argv: cmd.Argv, Output: out}
	}
	return err
}

// textAt is the content of a file, "" where there is none.
func textAt(c *module.Call, path string) (string, node.Info, error) {
	i, err := c.System.Files().Stat(path, true)
	if err != nil {
		return "", i, err
	}
	if i.Kind == node.Dir {
		return "", i, fmt.Errorf("path %s is a directory", path)
	}
	content, err := c.System.Files().Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return string(content), i, err
}

// putText writes a file if its text is to be another, after a copy of the old one where backup is asked for. It gives the name of the copy.
func putText(c *module.Call, path, old, text string, before node.Info) (copied string, err error) {
	if old == text && before.Exists() {
		return "", nil
	}
	if c.Args.Bool("backup") && before.Exists() {
		if copied, err = backup(c, path, []byte(old), before); err != nil {
			return "", err
		}
	}
	return copied, c.System.Files().Write(path, []byte(text), node.Attrs{})
}

// mkdirAll makes a directory with those above it that are missing.
func mkdirAll(c *module.Call, dir string, a node.Attrs) error {
	i, err := c.System.Files().Stat(dir, true)
	if err != nil || i.Kind == node.Dir || i.Assumed {
		return err
	}
	if err := mkdirAll(c, filepath.Dir(dir), node.Attrs{}); err != nil {
		return err
	}
	return c.System.Files().Mkdir(dir, a)
}

// followed is the file that a path means, through links.
func followed(c *module.Call, path string) (string, error) {
	for range 40 {
		i, err := c.System.Files().Stat(path, false)
		if err != nil || i.Kind != node.Link {
			return path, err
		}
		if filepath.IsAbs(i.Target) {
			path = i.Target
		} else {
			path = filepath.Join(filepath.Dir(path), i.Target)
		}
	}
	return "", fmt.Errorf("too many links from %s", path)
}

// isUnknown tells whether only a run can tell what was asked.
func isUnknown(err error) bool { return errors.Is(err, node.ErrUnknown) }

// outputOf is what a command left behind, for the result of a task.
func outputOf(out node.Output) *value.Dict {
	return value.DictOf("rc", int64(out.RC), "stdout", string(out.Stdout), "stderr", string(out.Stderr))
}
