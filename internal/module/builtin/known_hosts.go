package builtin

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // it is what OpenSSH hides the names of hosts with
	"encoding/base64"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// knownHosts adds the key of a host to the file from which ssh knows whom it speaks to, or removes it.
func knownHosts() module.Module {
	return module.Module{
		Name: "known_hosts", Places: true,
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true, Aliases: []string{"host"}}, {Name: "key"}, {Name: "path", Type: module.Path, Default: "~/.ssh/known_hosts"},
			{Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "hash_host", Type: module.Bool},
		}},
		Run: runKnownHosts,
	}
}

// hostKey is a line of such a file.
type hostKey struct{ mark, hosts, kind, key string }

// parseHostKey reads a line; false if it is none.
func parseHostKey(line string) (k hostKey, ok bool) {
	f := strings.Fields(line)
	if len(f) > 0 && strings.HasPrefix(f[0], "@") {
		k.mark, f = f[0], f[1:]
	}
	if len(f) < 3 || strings.HasPrefix(f[0], "#") {
		return k, false
	}
	k.hosts, k.kind, k.key = f[0], f[1], f[2]
	return k, true
}

// of tells whether the key is that of a host, which may be hidden.
func (k hostKey) of(host string) bool {
	return slices.ContainsFunc(strings.Split(k.hosts, ","), func(name string) bool {
		salt, hash, ok := strings.Cut(strings.TrimPrefix(name, "|1|"), "|")
		if !strings.HasPrefix(name, "|1|") || !ok {
			return strings.EqualFold(name, host)
		}
		raw, err := base64.StdEncoding.DecodeString(salt)
		return err == nil && hideHost(host, raw) == hash
	})
}

func hideHost(host string, salt []byte) string {
	mac := hmac.New(sha1.New, salt)
	mac.Write([]byte(strings.ToLower(host)))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func runKnownHosts(_ context.Context, c *module.Call) (*value.Dict, error) {
	host, path := c.Args.String("name"), c.Args.String("path")
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		me, _, err := c.System.Accounts().User(c.System.User())
		if err != nil {
			return nil, err
		}
		path = filepath.Join(me.Home, rest)
	}
	present := c.Args.String("state") == "present"
	wanted, given, err := wantedKey(c, host)
	if err != nil {
		return nil, err
	}
	if present && !given {
		return nil, fmt.Errorf("No key specified when adding a host") //nolint:staticcheck // Ansible's words
	}
	text, before, err := textAt(c, path)
	if err != nil {
		return nil, err
	}
	result := value.DictOf("name", host, "key", c.Args.Get("key"), "path", c.Args.String("path"), "state", c.Args.String("state"), "hash_host", c.Args.Bool("hash_host"))
	var kept []string
	there := false
	for _, line := range splitLines(text).lines {
		k, ok := parseHostKey(line)
		mine := ok && k.of(host) && (!given || k.kind == wanted.kind)
		switch {
		case !mine || !present && given && k.key != wanted.key:
			kept = append(kept, line)
		case present && k.key == wanted.key && k.mark == wanted.mark && sameNames(k, wanted, c.Args.Bool("hash_host")):
			kept, there = append(kept, line), true
		}
	}
	if there || !present && len(kept) == len(splitLines(text).lines) {
		return result, nil
	}
	return result, writeHostKeys(c, path, before, kept, wanted, present)
}

// sameNames tells whether a line names the host as it is to be named.
func sameNames(k, wanted hostKey, hide bool) bool {
	if hide || hidden(wanted) {
		return hidden(k)
	}
	return k.hosts == wanted.hosts
}

func hidden(k hostKey) bool { return strings.HasPrefix(k.hosts, "|1|") }

// wantedKey is the key that a call gives, which has to be one of the host.
func wantedKey(c *module.Call, host string) (k hostKey, given bool, err error) {
	text := strings.TrimSpace(c.Args.String("key"))
	if text == "" {
		return k, false, nil
	}
	k, ok := parseHostKey(text)
	if ok && strings.Contains(text, "\n") {
		return k, false, fmt.Errorf("invalid key %q: want one line", text)
	}
	if !ok || !k.of(host) {
		return k, false, fmt.Errorf("Host parameter does not match hashed host field in supplied key") //nolint:staticcheck // Ansible's words
	}
	return k, true, nil
}

func writeHostKeys(c *module.Call, path string, before node.Info, kept []string, k hostKey, add bool) error {
	if !before.Exists() {
		mode := octalMode(0o700)
		if err := mkdirAll(c, filepath.Dir(path), node.Attrs{Mode: &mode}); err != nil {
			return err
		}
	}
	text := func(line string) []byte {
		all := kept
		if add {
			all = append(slices.Clone(kept), line)
		}
		if len(all) == 0 {
			return nil
		}
		return []byte(strings.Join(all, "\n") + "\n")
	}
	if !add || !c.Args.Bool("hash_host") || hidden(k) {
		return c.System.Files().Write(path, text(strings.TrimSpace(c.Args.String("key"))), node.Attrs{})
	}
	_, err := c.System.Files().Generate(path, func() ([]byte, error) {
		salt := make([]byte, sha1.Size)
		_, _ = rand.Read(salt) // it never fails
		line := strings.TrimSpace(k.mark + " |1|" + base64.StdEncoding.EncodeToString(salt) + "|" + hideHost(c.Args.String("name"), salt) + " " + k.kind + " " + k.key)
		return text(line), nil
	}, node.Attrs{})
	if isUnknown(err) {
		return nil // a plan has noted the write
	}
	return err
}
