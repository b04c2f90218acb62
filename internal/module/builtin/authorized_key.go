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

func authorizedKey() module.Module {
	return module.Module{
		Name: "authorized_key",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "user", Required: true}, {Name: "key", Required: true},
			{Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "path", Type: module.Path}, {Name: "manage_dir", Type: module.Bool, Default: true}, {Name: "exclusive", Type: module.Bool},
			{Name: "key_options"}, {Name: "follow", Type: module.Bool}, {Name: "validate_certs", Type: module.Bool, Only: true},
		}},
		Run: runAuthorizedKey,
	}
}

func runAuthorizedKey(_ context.Context, c *module.Call) (*value.Dict, error) {
	name := c.Args.String("user")
	u, ok, err := c.System.Accounts().User(name)
	if err != nil {
		return nil, err
	}
	if !ok && !u.Assumed {
		return nil, fmt.Errorf("user %q not found on this node", name)
	}
	if !ok {
		return nil, fmt.Errorf("the home of %s: %w", name, node.ErrUnknown)
	}
	path := c.Args.String("path")
	if path == "" {
		path = filepath.Join(u.Home, ".ssh", "authorized_keys")
	}
	if c.Args.Bool("manage_dir") && c.Args.String("path") == "" {
		if err := ensureDir(c, filepath.Dir(path), 0o700, u); err != nil {
			return nil, err
		}
	}
	old, err := c.System.Files().Read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	doc := splitLines(string(old))
	for key := range strings.SplitSeq(c.Args.String("key"), "\n") {
		if key = strings.TrimSpace(key); key != "" && !strings.HasPrefix(key, "#") {
			doc.lines = editKey(c, doc.lines, key)
		}
	}
	if c.Args.Bool("exclusive") {
		wanted := c.Args.String("key")
		doc.lines = slices.DeleteFunc(doc.lines, func(l string) bool { return !strings.Contains(wanted, keyBlob(l)) })
	}
	doc.newline = true
	result := value.DictOf("user", name, "path", path, "keyfile", path)
	if doc.String() == string(old) {
		return result, nil
	}
	mode := octalMode(0o600)
	return result, c.System.Files().Write(path, []byte(doc.String()), node.Attrs{Mode: &mode, Owner: u.Name, Group: u.Group})
}

func ensureDir(c *module.Call, path string, mode uint32, u node.Account) error {
	i, err := c.System.Files().Stat(path, true)
	if err != nil || i.Exists() {
		return err
	}
	m := octalMode(mode)
	return c.System.Files().Mkdir(path, node.Attrs{Mode: &m, Owner: u.Name, Group: u.Group})
}

// editKey adds or removes one key; two lines with the same key material are the same key.
func editKey(c *module.Call, lines []string, key string) []string {
	same := func(l string) bool { return keyBlob(l) != "" && keyBlob(l) == keyBlob(key) }
	if c.Args.String("state") == "absent" {
		return slices.DeleteFunc(lines, same)
	}
	if o := c.Args.String("key_options"); o != "" {
		key = o + " " + key
	}
	if i := slices.IndexFunc(lines, same); i >= 0 {
		if c.Args.Has("key_options") {
			lines[i] = key
		}
		return lines
	}
	return append(lines, key)
}

// keyBlob is the base64 part of a line of authorized_keys. It begins with the length of the kind's name, so with AAAA: words of a command among
// the options may look like a kind.
func keyBlob(line string) string {
	words := strings.Fields(line)
	for i, w := range words {
		if (strings.HasPrefix(w, "ssh-") || strings.HasPrefix(w, "ecdsa-") || strings.HasPrefix(w, "sk-")) && i+1 < len(words) && strings.HasPrefix(words[i+1], "AAAA") {
			return words[i+1]
		}
	}
	return ""
}
