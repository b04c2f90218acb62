package builtin

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/openpgp"
	"pig/internal/pki"
	"pig/internal/repository"
	"pig/internal/value"
)

// repoSign keeps the key of a package repository, made if it is missing, and signs a Release file with it. It returns public, the key that
// apt verifies with, and signed, the file InRelease. The same Release has the same signature.
func repoSign() module.Module {
	return module.Module{
		Name:     "repo_sign",
		Unknowns: true,
		Spec: module.Spec{Args: []module.Arg{
			{Name: "key", Type: module.Path, Required: true}, {Name: "user", Required: true}, {Name: "release"},
			{Name: "create", Type: module.Bool, Default: true},
		}},
		Run: runRepoSign,
	}
}

func runRepoSign(_ context.Context, c *module.Call) (*value.Dict, error) {
	result := value.DictOf("public", value.Unknown{Why: "the key of the repository"}, "signed", value.Unknown{Why: "the key of the repository"})
	text, err := c.System.Files().Read(c.Args.String("key"))
	if errors.Is(err, fs.ErrNotExist) {
		if !c.Args.Bool("create") {
			return nil, fmt.Errorf("key %q not found, and create is not allowed", c.Args.String("key"))
		}
		text, err = c.System.Files().Generate(c.Args.String("key"), pki.NewSigningKey, certAttrs(0o600))
	}
	if errors.Is(err, node.ErrUnknown) {
		return result, nil
	}
	if err != nil {
		return nil, err
	}
	parsed, err := pki.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Args.String("key"), err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("invalid key %q: want Ed25519", c.Args.String("key"))
	}
	result.Set("public", openpgp.PublicKey(key, c.Args.String("user")))
	if c.Args.Unknown("release") || !c.Args.Has("release") {
		return result, nil
	}
	release := c.Args.String("release")
	date, ok := repository.ReleaseDate(release)
	if !ok {
		return nil, errors.New("invalid Release: want a field Date")
	}
	result.Set("signed", openpgp.Clearsign(key, release, date))
	return result, nil
}
