package modules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pig/internal/format"
	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// pgbackrestPlace refuses another encryption for a repository that a cluster has something in: pgBackRest encrypts none anew, and reads nothing of it with
// another cipher or passphrase. config is the configuration of before, content the one that is to replace it, name what pgbackrest_repo calls the repository.
func pgbackrestPlace() module.Module {
	return module.Module{
		Name: "pgbackrest_place",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "stanza", Required: true}, {Name: "name", Required: true}, {Name: "content", Required: true}, {Name: "dbsu", Default: "postgres"},
			{Name: "config", Type: module.Path, Default: pgbackrestConf},
		}},
		Run: runPgbackrestPlace,
	}
}

func runPgbackrestPlace(ctx context.Context, c *module.Call) (*value.Dict, error) {
	result := value.DictOf("changed", false)
	text, there, err := c.Present(c.Args.String("config"))
	if err != nil || !there {
		return result, err
	}
	is, declared := repositoryOf(string(text)), repositoryOf(c.Args.String("content"))
	cipher, other := is.cipher(), declared.cipher()
	if !is.same(declared) || cipher == other && is["cipher-pass"] == declared["cipher-pass"] {
		return result, nil
	}
	p := pgbackrest{call: c, stanza: c.Args.String("stanza")}
	s, found, err := p.ask(ctx, p.infoAs(c.Args.String("dbsu")))
	if errors.Is(err, node.ErrUnknown) {
		return result, nil
	}
	if err != nil {
		return nil, err
	}
	if !found || s.Status.Code == stanzaMissing || s.Status.Code == stanzaMissingData {
		return result, nil
	}
	what, keep := fmt.Sprintf("from cipher_type %s to %s", cipher, other), "cipher_type: "+cipher
	if cipher == other {
		what, keep = "to another cipher_pass", "the former cipher_pass"
	}
	return nil, fmt.Errorf("cannot change backup repository %s (%s), which has %s of %s, %s: pgBackRest cannot re-encrypt a repository. Restore %s, or write another path for new backups",
		c.Args.String("name"), is["path"], format.Plural(len(s.Backup), "backup"), p.stanza, what, keep)
}

// repository are the options of the first repository of a configuration of pgBackRest's, without repo1-.
type repository map[string]string

func repositoryOf(text string) repository {
	r := repository{}
	for line := range strings.Lines(text) {
		name, v, _ := strings.Cut(line, "=")
		if name, ours := strings.CutPrefix(strings.TrimSpace(name), "repo1-"); ours {
			r[name] = strings.TrimSpace(v)
		}
	}
	return r
}

func (r repository) cipher() string {
	if r["cipher-type"] == "" {
		return "none"
	}
	return r["cipher-type"]
}

// same tells whether both are in one place.
func (r repository) same(other repository) bool {
	return !slices.ContainsFunc([]string{
		"type", "path", "host", "s3-bucket", "s3-endpoint", "azure-account", "azure-container", "gcs-bucket", "sftp-host",
	}, func(option string) bool { return r[option] != other[option] })
}
