package builtin

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// aptKey adds a key to those that apt trusts for all repositories, or removes it: apt-key does that, which newer releases do not have.
func aptKey() module.Module {
	return module.Module{
		Name: "apt_key",
		Spec: module.Spec{
			Args: []module.Arg{
				{Name: "id"}, {Name: "data"}, {Name: "file", Type: module.Path}, {Name: "url"}, {Name: "keyserver"}, {Name: "keyring", Type: module.Path},
				{Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "validate_certs", Type: module.Bool, Default: true},
			},
			Exclusive: [][]string{{"data", "file", "keyserver", "url"}},
		},
		Run: runAptKey,
	}
}

// keyID is a long or short number of a key.
var keyID = regexp.MustCompile(`^(?:0x)?[0-9A-Fa-f]{8,40}$`)

func runAptKey(ctx context.Context, c *module.Call) (*value.Dict, error) {
	id := strings.ToUpper(strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(c.Args.String("id"), " ", "")), "0x"))
	if c.Args.Has("id") && !keyID.MatchString(id) {
		return nil, fmt.Errorf("Invalid key_id: %s", c.Args.String("id")) //nolint:staticcheck // Ansible's words, here and below
	}
	key, err := keyMaterial(ctx, c)
	if err != nil {
		return nil, err
	}
	if id == "" && key != nil {
		if id, err = keyIDOf(ctx, c, key); err != nil {
			return nil, err
		}
	}
	if id == "" {
		return nil, fmt.Errorf("Missing key_id, cannot proceed") //nolint:staticcheck // the text is Ansible's
	}
	before, err := trustedKeys(ctx, c)
	if err != nil {
		return nil, err
	}
	result := value.DictOf("before", value.Strings(before), "id", id, "key_id", id, "short_id", id[max(0, len(id)-8):])
	there := false
	for _, k := range before {
		there = there || strings.HasSuffix(k, id)
	}
	switch present := c.Args.String("state") == "present"; {
	case present && !there:
		err = addAptKey(ctx, c, id, key)
	case !present && there:
		err = carryOut(ctx, c, node.Change{Kind: "apt key", ID: id, Action: "delete"}, aptKeyCommand(c, "del", id)...)
	}
	return result, err
}

func aptKeyCommand(c *module.Call, words ...string) []string {
	if keyring := c.Args.String("keyring"); keyring != "" {
		return append([]string{"apt-key", "--keyring", keyring}, words...)
	}
	return append([]string{"apt-key"}, words...)
}

// keyMaterial is the key that a call brings, nil if it names one only.
func keyMaterial(ctx context.Context, c *module.Call) ([]byte, error) {
	switch {
	case c.Args.Has("data"):
		return []byte(c.Args.String("data")), nil
	case c.Args.Has("file"):
		return c.System.Files().Read(c.Args.String("file"))
	case c.Args.Has("url"):
		r, err := c.System.Net().HTTP(ctx, node.Request{URL: c.Args.String("url"), Timeout: time.Minute, Insecure: !c.Args.Bool("validate_certs"), ReadOnly: true})
		if err == nil && r.Status != 200 {
			err = fmt.Errorf("Failed to download key at %s: %d %s", c.Args.String("url"), r.Status, r.Reason) //nolint:staticcheck // the text is Ansible's
		}
		return r.Body, err
	}
	return nil, nil
}

// keyIDOf asks gpg for the number of a key.
func keyIDOf(ctx context.Context, c *module.Call, key []byte) (string, error) {
	argv := []string{"gpg", "--with-colons", "--import-options", "show-only", "--import"}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: argv, Stdin: key, Env: plainWords, ReadOnly: true})
	if err != nil {
		return "", err
	}
	ids := keysListed(string(out.Stdout))
	if out.RC != 0 || len(ids) == 0 {
		return "", fmt.Errorf("Unable to extract the key id from the data: %s", strings.TrimSpace(string(out.Stderr))) //nolint:staticcheck // the text is Ansible's
	}
	return ids[0], nil
}

// keysListed are the numbers of the keys in gpg's list.
func keysListed(text string) (ids []string) {
	for line := range strings.Lines(text) {
		f := strings.Split(line, ":")
		if (f[0] == "pub" || f[0] == "sub") && len(f) > 4 {
			ids = append(ids, f[4])
		}
	}
	return ids
}

func trustedKeys(ctx context.Context, c *module.Call) ([]string, error) {
	text, err := learned(ctx, c, aptKeyCommand(c, "adv", "--list-public-keys", "--keyid-format=long", "--with-colons")...)
	return keysListed(text), err
}

func addAptKey(ctx context.Context, c *module.Call, id string, key []byte) error {
	change := node.Change{Kind: "apt key", ID: id, Action: "create"}
	if server := c.Args.String("keyserver"); server != "" {
		return carryOut(ctx, c, change, aptKeyCommand(c, "adv", "--no-tty", "--keyserver", server, "--recv", id)...)
	}
	if key == nil {
		return fmt.Errorf("key %s is not trusted yet: give data, file, url or keyserver", id)
	}
	return carryOutWith(ctx, c, change, node.Cmd{Argv: aptKeyCommand(c, "add", "-"), Stdin: key})
}
