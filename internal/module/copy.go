package module

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"pig/internal/node"
	"pig/internal/value"
)

func copyModule() Module {
	return Module{
		Name: "copy",
		Spec: Spec{
			Args: append(append(fileArgs(), checkArgs()...),
				Arg{Name: "staged"}, // pig's own: see internal/engine/staged.go
				Arg{Name: "dest", Type: Path, Required: true},
				Arg{Name: "content", Type: Raw},
				Arg{Name: "src", Type: Path},
				Arg{Name: "remote_src", Type: Bool},
				Arg{Name: "backup", Type: Bool},
				Arg{Name: "force", Type: Bool, Default: true, Aliases: []string{"thirsty"}},
				Arg{Name: "follow", Type: Bool},
				Arg{Name: "validate"},
				Arg{Name: "directory_mode", Type: Mode},
				Arg{Name: "local_follow", Type: Bool, Only: true},
				Arg{Name: "checksum"},
				Arg{Name: "pieces", Choices: []string{"wanted", "staged"}}, // pig's own, with size: see copy_pieces.go
				Arg{Name: "size", Type: Int},
				Arg{Name: "decrypt", Type: Bool, Only: false},
			),
			OneOf: [][]string{{"content", "src"}},
		},
		Unknowns: true,
		Run:      runCopy,
	}
}

func runCopy(ctx context.Context, c *Call) (*value.Dict, error) {
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
func destination(c *Call) (string, error) {
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

func contentOf(c *Call) ([]byte, error) {
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
func validate(ctx context.Context, c *Call, dest string, content []byte, a node.Attrs) error {
	check := c.Args.String("validate")
	if check == "" {
		return nil
	}
	if !strings.Contains(check, "%s") {
		return fmt.Errorf("validate must contain %%s: %s", check)
	}
	words, err := SplitWords(check)
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
		return &Failure{Msg: "failed to validate", Values: value.DictOf("rc", int64(out.RC), "stdout", string(out.Stdout), "stderr", string(out.Stderr))}
	}
	return nil
}

func backup(c *Call, path string, content []byte, before node.Info) (string, error) {
	name := fmt.Sprintf("%s.%s~", path, time.Now().UTC().Format("2006-01-02@15:04:05"))
	mode := before.Mode
	return name, c.System.Files().Write(name, content, node.Attrs{Mode: &mode, Owner: before.Owner, Group: before.Group})
}
