package builtin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

func copyModule() module.Module {
	return module.Module{
		Name: "copy",
		Spec: module.Spec{
			Args: append(append(fileArgs(), checkArgs()...),
				module.Arg{Name: "staged"}, // pig's own: see internal/engine/staged.go
				module.Arg{Name: "dest", Type: module.Path, Required: true},
				module.Arg{Name: "content", Type: module.Raw},
				module.Arg{Name: "src", Type: module.Path},
				module.Arg{Name: "remote_src", Type: module.Bool},
				module.Arg{Name: "backup", Type: module.Bool},
				module.Arg{Name: "force", Type: module.Bool, Default: true, Aliases: []string{"thirsty"}},
				module.Arg{Name: "follow", Type: module.Bool},
				module.Arg{Name: "validate"},
				module.Arg{Name: "directory_mode", Type: module.Mode},
				module.Arg{Name: "local_follow", Type: module.Bool, Only: true},
				module.Arg{Name: "checksum"},
				module.Arg{Name: "pieces", Choices: []string{"wanted", "staged"}}, // pig's own, with size: see copy_pieces.go
				module.Arg{Name: "size", Type: module.Int},
				module.Arg{Name: "decrypt", Type: module.Bool, Only: false},
			),
			OneOf: [][]string{{"content", "src"}},
		},
		Unknowns: true,
		Run:      runCopy,
	}
}

func runCopy(ctx context.Context, c *module.Call) (*value.Dict, error) {
	files := c.System.Files()
	dest, err := destination(c)
	if err != nil {
		return nil, err
	}
	before, err := files.Stat(dest, c.Args.Bool("follow"))
	if err != nil {
		return nil, err
	}
	if before.Exists() && !c.Args.Bool("force") {
		return value.DictOf("dest", dest, "changed", false), nil
	}
	a, err := attrs(c.Args, before)
	if err != nil {
		return nil, err
	}
	if c.Args.Unknown("content") {
		return value.DictOf("dest", dest), files.WriteUnknown(dest, a)
	}
	if c.Args.Has("pieces") {
		return copyPieces(c, dest, before, a)
	}
	content, err := contentOf(c)
	if err != nil {
		return nil, err
	}
	result := value.DictOf("dest", dest, "checksum", sum1(content), "size", int64(len(content)))
	old, err := files.Read(dest)
	switch {
	case err == nil && before.Kind != node.Link && bytes.Equal(old, content):
		return result, settle(c, dest, true)
	case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, node.ErrUnknown):
		return nil, err
	}
	if err := validate(ctx, c, dest, content, a); err != nil {
		return nil, err
	}
	if err := checked(ctx, c, []node.Seen{seenAs(dest, content, a)}); err != nil {
		return nil, err
	}
	if c.Args.Bool("backup") && before.Exists() && err == nil {
		name, err := backup(c, dest, old, before)
		if err != nil {
			return nil, err
		}
		result.Set("backup_file", name)
	}
	return result, files.Write(dest, content, a)
}

// destination is the file that dest means: with a slash at the end, or where a directory is, the file goes below it.
func destination(c *module.Call) (string, error) {
	dest := c.Args.String("dest")
	base := filepath.Base(c.Args.String("src"))
	if !c.Args.Has("src") {
		if strings.HasSuffix(dest, "/") {
			return "", fmt.Errorf("dest %s is a directory, and content has no name", dest)
		}
		return filepath.Clean(dest), nil
	}
	if strings.HasSuffix(dest, "/") {
		if err := makeDirs(c, filepath.Clean(dest)); err != nil {
			return "", err
		}
		return filepath.Join(dest, base), nil
	}
	i, err := c.System.Files().Stat(dest, true)
	if err == nil && i.Kind == node.Dir {
		return filepath.Join(dest, base), nil
	}
	return filepath.Clean(dest), err
}

func contentOf(c *module.Call) ([]byte, error) {
	if c.Args.Has("content") {
		switch v := c.Args.Get("content").(type) {
		case *value.Dict, *value.List:
			return ansibleJSON(v), nil
		case value.Bytes:
			return v, nil
		default:
			return []byte(value.Str(v)), nil
		}
	}
	return c.System.Files().Read(c.Args.String("src"))
}

// validate runs the user's check on the new content before it takes the place of the old.
func validate(ctx context.Context, c *module.Call, dest string, content []byte, a node.Attrs) error {
	check := c.Args.String("validate")
	if check == "" {
		return nil
	}
	if !strings.Contains(check, "%s") {
		return fmt.Errorf("validate must contain %%s: %s", check)
	}
	words, err := module.SplitWords(check)
	if err != nil {
		return err
	}
	temp := dest + ".pig-check"
	if err := c.Scratch.Files().Write(temp, content, a); err != nil {
		return err
	}
	defer func() { _ = c.Scratch.Files().Remove(temp) }()
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, "%s", temp)
	}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: words, Verify: true})
	if err != nil {
		return err
	}
	if out.RC != 0 {
		return &module.Failure{Msg: "failed to validate", Values: value.DictOf("rc", int64(out.RC), "stdout", string(out.Stdout), "stderr", string(out.Stderr))}
	}
	return nil
}

func backup(c *module.Call, path string, content []byte, before node.Info) (string, error) {
	name := fmt.Sprintf("%s.%s~", path, time.Now().UTC().Format("2006-01-02@15:04:05"))
	mode := before.Mode
	return name, c.System.Files().Write(name, content, node.Attrs{Mode: &mode, Owner: before.Owner, Group: before.Group})
}
