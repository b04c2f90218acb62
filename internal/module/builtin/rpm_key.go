package builtin

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// rpmKey has rpm trust a key, or no more.
func rpmKey() module.Module {
	return module.Module{
		Name: "rpm_key",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "key", Required: true}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "fingerprint", Type: module.List, Elements: module.Str}, {Name: "validate_certs", Type: module.Bool, Default: true},
		}},
		Run: runRPMKey,
	}
}

// rpmKeyID is what the ID of a key begins with.
var rpmKeyID = regexp.MustCompile(`^(?i:0x)?[0-9A-Fa-f]{8}`)

func runRPMKey(ctx context.Context, c *module.Call) (*value.Dict, error) {
	key, present := c.Args.String("key"), c.Args.String("state") == "present"
	text, err := rpmKeyText(ctx, c, key)
	if err != nil {
		return nil, err
	}
	id := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(key)), "0X")
	var prints []string
	if text != nil {
		if id, prints, err = gpgTells(ctx, c, text); err != nil {
			return nil, err
		}
	}
	trusted, err := rpmTrusts(ctx, c, id)
	if err != nil || trusted == present {
		return nil, err
	}
	change := node.Change{Kind: "rpm key", ID: id, Action: "delete", Makes: map[string]string{"rpm key " + id: "absent"}}
	if !present {
		return nil, carryOut(ctx, c, change, "rpm", "--erase", "--allmatches", "gpg-pubkey-"+strings.ToLower(id[max(0, len(id)-8):]))
	}
	if text == nil {
		return nil, fmt.Errorf("When importing a key, a valid file must be given") //nolint:staticcheck // Ansible's words, here and below
	}
	for _, wanted := range c.Args.Strings("fingerprint") {
		if wanted = strings.ToUpper(strings.ReplaceAll(wanted, " ", "")); !slices.Contains(prints, wanted) {
			return nil, fmt.Errorf("The specified fingerprint, '%s', does not match any key fingerprints in '%s'", wanted, strings.Join(prints, ", ")) //nolint:staticcheck // see above
		}
	}
	change.Action, change.Makes = "create", map[string]string{"rpm key " + id: "present"}
	return nil, carryOutWith(ctx, c, change, node.Cmd{Argv: []string{"rpm", "--import", "/dev/stdin"}, Stdin: text})
}

// rpmKeyText is the key of a URL or a file; nil for the ID of a key.
func rpmKeyText(ctx context.Context, c *module.Call, key string) ([]byte, error) {
	switch {
	case strings.Contains(key, "://"):
		r, err := c.System.Net().HTTP(ctx, node.Request{URL: key, Timeout: time.Minute, ReadOnly: true, Insecure: !c.Args.Bool("validate_certs")})
		if err == nil && r.Status != 200 {
			err = fmt.Errorf("failed to fetch key at %s , error was: %d %s", key, r.Status, r.Reason)
		}
		if err == nil && !strings.Contains(string(r.Body), "-----BEGIN PGP PUBLIC KEY BLOCK-----") {
			err = fmt.Errorf("Not a public key: %s", key) //nolint:staticcheck // Ansible's words
		}
		return r.Body, err
	case rpmKeyID.MatchString(key):
		return nil, nil
	}
	i, err := c.System.Files().Stat(key, true)
	if err != nil {
		return nil, err
	}
	if !i.Exists() && !i.Assumed {
		return nil, fmt.Errorf("Not a valid key %s", key) //nolint:staticcheck // Ansible's words
	}
	return c.System.Files().Read(key)
}

// gpgTells asks which keys are in a text: the ID of the first, and all fingerprints.
func gpgTells(ctx context.Context, c *module.Call, text []byte) (id string, prints []string, err error) {
	argv := []string{"gpg", "--no-tty", "--batch", "--with-colons", "--fixed-list-mode", "--import", "--import-options", "show-only", "--dry-run"}
	out, err := c.System.Exec(ctx, node.Cmd{Argv: argv, Env: plainWords, Stdin: text, ReadOnly: true})
	if err == nil && out.RC != 0 {
		err = &node.CommandError{Argv: argv, Output: out}
	}
	for line := range strings.Lines(string(out.Stdout)) {
		f := strings.Split(strings.TrimSpace(line), ":")
		switch {
		case f[0] == "pub" && len(f) > 4 && id == "":
			id = f[4]
		case f[0] == "fpr" && len(f) > 9:
			prints = append(prints, f[9])
		}
	}
	if err == nil && id == "" {
		err = fmt.Errorf("Unexpected gpg output") //nolint:staticcheck // Ansible's words
	}
	return id, prints, err
}

// rpmTrusts tells whether a key is among those of rpm.
func rpmTrusts(ctx context.Context, c *module.Call, id string) (bool, error) {
	if planned, ok := c.System.Foreseen("rpm key " + id); ok {
		return planned == "present", nil
	}
	out, err := inquire(ctx, c, "rpm", "-q", "gpg-pubkey", "--qf", "%{description}\n")
	if err != nil || out.RC != 0 { // there is none
		return false, err
	}
	argv := []string{"gpg", "--no-tty", "--batch", "--with-colons", "--fixed-list-mode", "--import", "--import-options", "show-only", "--dry-run"}
	listed, err := c.System.Exec(ctx, node.Cmd{Argv: argv, Env: plainWords, Stdin: out.Stdout, ReadOnly: true})
	if err != nil {
		return false, err
	}
	for line := range strings.Lines(string(listed.Stdout)) {
		if f := strings.Split(line, ":"); len(f) > 4 && strings.Contains(f[4], id) {
			return true, nil
		}
	}
	return false, nil
}
