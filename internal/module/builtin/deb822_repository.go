package builtin

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// deb822Repository keeps a repository of apt in a file of fields.
func deb822Repository() module.Module {
	list := func(name string) module.Arg { return module.Arg{Name: name, Type: module.List, Elements: module.Str} }
	return module.Module{
		Name: "deb822_repository", Places: true,
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "mode", Type: module.Mode, Default: "0644"},
			{Name: "types", Type: module.List, Elements: module.Str, Default: value.NewList("deb"), Choices: []string{"deb", "deb-src"}},
			list("uris"), list("suites"), list("components"), list("architectures"), list("languages"), list("targets"),
			{Name: "signed_by"}, {Name: "inrelease_path"}, {Name: "date_max_future", Type: module.Int}, {Name: "enabled", Type: module.Bool}, {Name: "trusted", Type: module.Bool},
			{Name: "allow_downgrade_to_insecure", Type: module.Bool}, {Name: "allow_insecure", Type: module.Bool}, {Name: "allow_weak", Type: module.Bool},
			{Name: "by_hash", Type: module.Bool}, {Name: "check_date", Type: module.Bool}, {Name: "check_valid_until", Type: module.Bool}, {Name: "pdiffs", Type: module.Bool},
		}},
		Run: runDeb822,
	}
}

// deb822Fields are the arguments that become fields, in their order in the file, and the names of those fields.
var deb822Fields = []struct{ arg, field string }{
	{"allow_downgrade_to_insecure", "Allow-Downgrade-To-Insecure"}, {"allow_insecure", "Allow-Insecure"}, {"allow_weak", "Allow-Weak"},
	{"architectures", "Architectures"}, {"by_hash", "By-Hash"}, {"check_date", "Check-Date"}, {"check_valid_until", "Check-Valid-Until"},
	{"components", "Components"}, {"date_max_future", "Date-Max-Future"}, {"enabled", "Enabled"}, {"inrelease_path", "Inrelease-Path"},
	{"languages", "Languages"}, {"name", "X-Repolib-Name"}, {"pdiffs", "Pdiffs"}, {"signed_by", "Signed-By"}, {"suites", "Suites"}, {"targets", "Targets"},
	{"trusted", "Trusted"}, {"types", "Types"}, {"uris", "URIs"},
}

// notInFile are signs that the name of a file does not have.
var notInFile = regexp.MustCompile(`[^a-z0-9-]+`)

func runDeb822(ctx context.Context, c *module.Call) (*value.Dict, error) {
	slug := strings.Trim(notInFile.ReplaceAllString(strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(c.Args.String("name"))), ""), "-")
	dest := aptSourcesDir + "/" + slug + ".sources"
	if c.Args.String("state") == "absent" {
		return removeDeb822(c, slug, dest)
	}
	signed, key, err := signedBy(ctx, c, slug)
	if err != nil {
		return nil, err
	}
	text := deb822Text(c, signed)
	old, before, err := textAt(c, dest)
	if err != nil {
		return nil, err
	}
	result := value.DictOf("repo", text, "dest", dest, "key_filename", nil)
	if key != "" {
		result.Set("key_filename", key)
	}
	a, err := attrs(c.Args, before)
	if err != nil {
		return nil, err
	}
	if before.Exists() && old == text {
		return result, settle(c, dest, true)
	}
	return result, c.System.Files().Write(dest, []byte(text), a)
}

func removeDeb822(c *module.Call, slug, dest string) (*value.Dict, error) {
	paths := []string{dest}
	for _, suffix := range []string{"asc", "gpg"} {
		paths = append(paths, keyrings+"/"+slug+"."+suffix)
	}
	for _, path := range paths {
		i, err := c.System.Files().Stat(path, false)
		if err != nil {
			return nil, err
		}
		if i.Exists() {
			if err := c.System.Files().Remove(path); err != nil {
				return nil, err
			}
		}
	}
	return value.DictOf("repo", nil, "dest", dest, "key_filename", paths[2]), nil
}

// deb822Text is the file.
func deb822Text(c *module.Call, signed string) string {
	var text strings.Builder
	for _, f := range deb822Fields {
		if !c.Args.Has(f.arg) {
			continue
		}
		v := ""
		switch {
		case f.arg == "signed_by":
			v = signed
		case c.Args.List(f.arg) != nil:
			v = strings.Join(c.Args.Strings(f.arg), " ")
		default:
			v = c.Args.String(f.arg)
			if on, ok := c.Args.Get(f.arg).(bool); ok {
				v = map[bool]string{true: "yes", false: "no"}[on]
			}
		}
		if strings.Contains(v, "\n") {
			v = "\n" + deb822Lines(v)
		}
		text.WriteString(strings.TrimRight(f.field+": "+v, " ") + "\n")
	}
	return strings.ReplaceAll(text.String(), ": \n", ":\n")
}

// deb822Lines are the lines of a value as a field has them: a point stands for an empty one.
func deb822Lines(v string) string {
	lines := strings.Split(strings.TrimRight(v, "\n"), "\n")
	for i, l := range lines {
		if l = strings.TrimSpace(l); l == "" {
			l = "."
		}
		lines[i] = "    " + l
	}
	return strings.Join(lines, "\n")
}

// keyrings is where keys of repositories are kept.
const keyrings = "/etc/apt/keyrings"

// signedBy is what the field says, and the file of the key if one was fetched.
func signedBy(ctx context.Context, c *module.Call, slug string) (field, file string, err error) {
	given := c.Args.String("signed_by")
	u, err := url.Parse(given)
	if err != nil || !slices.Contains([]string{"http", "https", "file", "ftp"}, u.Scheme) {
		return given, "", nil //nolint:nilerr // a key, a fingerprint or a path
	}
	key, err := fetchKey(ctx, c, u)
	if err != nil {
		return "", "", err
	}
	suffix := "gpg"
	if bytes.Contains(key, []byte("-----BEGIN PGP")) {
		suffix = "asc"
	}
	file = keyrings + "/" + slug + "." + suffix
	old, before, err := textAt(c, file)
	if err != nil {
		return "", "", err
	}
	if before.Exists() && old == string(key) {
		return file, file, nil
	}
	mode, dirMode := octalMode(0o644), octalMode(0o755)
	if err := mkdirAll(c, keyrings, node.Attrs{Mode: &dirMode}); err != nil {
		return "", "", err
	}
	return file, file, c.System.Files().Write(file, key, node.Attrs{Mode: &mode})
}

func fetchKey(ctx context.Context, c *module.Call, u *url.URL) ([]byte, error) {
	if u.Scheme == "file" {
		return c.System.Files().Read(u.Path)
	}
	r, err := c.System.Net().HTTP(ctx, node.Request{URL: u.String(), Timeout: time.Minute, ReadOnly: true})
	if err == nil && r.Status != 200 {
		err = fmt.Errorf("Could not fetch signed_by key: %s: %d %s", u, r.Status, r.Reason) //nolint:staticcheck // Ansible's words
	}
	return r.Body, err
}
