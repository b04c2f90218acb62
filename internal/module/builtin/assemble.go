package builtin

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// assemble makes one file of the fragments in a directory.
func assemble() module.Module {
	return module.Module{
		Name: "assemble",
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "src", Type: module.Path, Required: true}, module.Arg{Name: "dest", Type: module.Path, Required: true},
			module.Arg{Name: "backup", Type: module.Bool}, module.Arg{Name: "delimiter"}, module.Arg{Name: "regexp"},
			module.Arg{Name: "ignore_hidden", Type: module.Bool}, module.Arg{Name: "validate"},
			module.Arg{Name: "remote_src", Type: module.Bool, Default: true, Only: true}, module.Arg{Name: "decrypt", Type: module.Bool, Only: false},
		)},
		Run: runAssemble,
	}
}

func runAssemble(ctx context.Context, c *module.Call) (*value.Dict, error) {
	src, dest := c.Args.String("src"), c.Args.String("dest")
	i, err := c.System.Files().Stat(src, true)
	if err != nil {
		return nil, err
	}
	if i.Assumed {
		return nil, fmt.Errorf("contents of %s: %w", src, node.ErrUnknown)
	}
	if !i.Exists() {
		return nil, fmt.Errorf("Source (%s) does not exist", src) //nolint:staticcheck // Ansible's words, here and below
	}
	if i.Kind != node.Dir {
		return nil, fmt.Errorf("Source (%s) is not a directory", src) //nolint:staticcheck // the text is Ansible's
	}
	text, err := joinFragments(c, src)
	if err != nil {
		return nil, err
	}
	old, before, err := textAt(c, dest)
	if err != nil {
		return nil, err
	}
	a, err := attrs(c.Args, before)
	if err != nil {
		return nil, err
	}
	md5sum := digest("md5")
	md5sum.Write([]byte(text))
	result := value.DictOf("src", src, "dest", dest, "checksum", sum1([]byte(text)), "md5sum", hex.EncodeToString(md5sum.Sum(nil)), "msg", "OK")
	if before.Exists() && old == text {
		return result, settle(c, dest, true)
	}
	if err := validate(ctx, c, dest, []byte(text), a); err != nil {
		var failed *module.Failure
		if errors.As(err, &failed) && failed.Values != nil {
			return nil, fmt.Errorf("failed to validate: rc:%s error:%s", value.Str(failed.Values.At("rc")), value.Str(failed.Values.At("stderr")))
		}
		return nil, err
	}
	if c.Args.Bool("backup") && before.Exists() {
		name, err := backup(c, dest, []byte(old), before)
		if err != nil {
			return nil, err
		}
		result.Set("backup_file", name)
	}
	return result, c.System.Files().Write(dest, []byte(text), a)
}

func joinFragments(c *module.Call, dir string) (string, error) {
	wanted, err := compile(c.Args.String("regexp"), 0)
	if err != nil {
		return "", fmt.Errorf("Invalid Regexp (%w) in %q", err, c.Args.String("regexp")) //nolint:staticcheck // the text is Ansible's
	}
	names, err := c.System.Files().List(dir)
	if err != nil {
		return "", err
	}
	var fragments []string
	for _, name := range names {
		path := filepath.Join(dir, name)
		i, err := c.System.Files().Stat(path, true)
		if err != nil {
			return "", err
		}
		if i.Kind != node.File || !wanted.matches(name) || c.Args.Bool("ignore_hidden") && strings.HasPrefix(name, ".") {
			continue
		}
		content, err := c.System.Files().Read(path)
		if err != nil {
			return "", err
		}
		fragments = append(fragments, string(content))
	}
	return Assembled(fragments, c.Args.String("delimiter")), wanted.err
}

// Assembled is one text of fragments: each begins a line, and so does what is put between them.
func Assembled(fragments []string, delimiter string) string {
	delimiter = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(delimiter)
	if delimiter != "" && !strings.HasSuffix(delimiter, "\n") {
		delimiter += "\n"
	}
	var all strings.Builder
	for i, f := range fragments {
		if i > 0 {
			if !strings.HasSuffix(fragments[i-1], "\n") {
				all.WriteByte('\n')
			}
			all.WriteString(delimiter)
		}
		all.WriteString(f)
	}
	return all.String()
}
