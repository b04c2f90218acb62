package builtin

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/pki"
	"pig/internal/value"
)

// x509Revoke takes certificates out of use: each goes to the directory revoked, under its serial number, and its key is removed. names are
// paths without .crt and .key; those that are not there are done already.
func x509Revoke() module.Module {
	return module.Module{
		Name: "x509_revoke",
		Spec: module.Spec{Args: []module.Arg{{Name: "names", Type: module.List, Elements: module.Str, Required: true}, {Name: "revoked", Type: module.Path, Required: true}}},
		Run:  runX509Revoke,
	}
}

func runX509Revoke(_ context.Context, c *module.Call) (*value.Dict, error) {
	files := c.System.Files()
	for _, name := range c.Args.Strings("names") {
		text, err := files.Read(name + ".crt")
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, node.ErrUnknown) {
			return nil, err
		}
		if err == nil {
			if err := setAside(c, name, text); err != nil {
				return nil, err
			}
		}
		for _, file := range []string{name + ".crt", name + ".key"} {
			if i, err := files.Stat(file, true); err != nil || !i.Exists() {
				continue
			}
			if err := files.Remove(file); err != nil {
				return nil, err
			}
		}
	}
	return value.NewDict(), nil
}

func setAside(c *module.Call, name string, text []byte) error {
	cert, err := pki.ParseCert(text)
	if err != nil {
		return nil //nolint:nilerr // what is no certificate opens nothing
	}
	at := path.Join(c.Args.String("revoked"), fmt.Sprintf("%s-%x.crt", path.Base(name), cert.SerialNumber))
	return c.System.Files().Write(at, text, certAttrs(0o644))
}

// x509List keeps the lists of revoked certificates of an authority: those of the directory revoked. While the authority is changed there are
// two; other_keys are where the key of the other one may be. It returns list, as PEM.
func x509List() module.Module {
	return module.Module{
		Name: "x509_list",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "list", Type: module.Path, Required: true}, {Name: "revoked", Type: module.Path, Required: true},
			{Name: "ca_key", Type: module.Path, Required: true}, {Name: "ca_cert", Type: module.Path, Required: true}, {Name: "other_keys", Type: module.List, Elements: module.Str},
			{Name: "ca_key_text"}, {Name: "other_key_texts", Type: module.List, Elements: module.Str}, // in place of encrypted files
		}},
		Run: runX509List,
	}
}

func runX509List(_ context.Context, c *module.Call) (*value.Dict, error) {
	unknown := value.DictOf("list", value.Unknown{Why: "the authority's key"})
	issuers, err := issuers(c)
	if errors.Is(err, node.ErrUnknown) {
		return unknown, ignoreUnknown(c.System.Files().WriteUnknown(c.Args.String("list"), certAttrs(0o644)))
	}
	if err != nil {
		return nil, err
	}
	revoked, err := certificatesIn(c, c.Args.String("revoked"))
	if err != nil {
		return nil, err
	}
	revoked = pki.Revocable(revoked, time.Now())
	at := c.Args.String("list")
	text, err := c.System.Files().Read(at)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if pki.ListsDue(text, issuers, revoked) {
		text, err = c.System.Files().Generate(at, func() ([]byte, error) { return pki.RevocationLists(issuers, revoked, time.Now()) }, certAttrs(0o644))
		if errors.Is(err, node.ErrUnknown) {
			return unknown, nil
		}
	}
	return value.DictOf("list", string(text)), err
}

// issuers are the authority that signs, and the one beside it.
func issuers(c *module.Call) ([]pki.Issuer, error) {
	_, key, err := authority(c)
	if err != nil {
		return nil, err
	}
	keys := []crypto.Signer{key}
	others, err := otherKeys(c)
	if err != nil {
		return nil, err
	}
	keys = append(keys, others...)
	certs, err := c.System.Files().Read(c.Args.String("ca_cert"))
	if err != nil {
		return nil, err
	}
	return pki.Issuers(certs, keys)
}

// otherKeys are those of the authority beside the one that signs.
func otherKeys(c *module.Call) (keys []crypto.Signer, err error) {
	texts := map[string][]byte{}
	for i, text := range c.Args.Strings("other_key_texts") {
		texts[fmt.Sprintf("key %d beside the one that signs", i+1)] = []byte(text)
	}
	if len(texts) == 0 {
		for _, path := range c.Args.Strings("other_keys") {
			text, err := c.System.Files().Read(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			texts[path] = text
		}
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		key, err := pki.ParseKey(texts[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func certificatesIn(c *module.Call, dir string) ([]*x509.Certificate, error) {
	names, err := c.System.Files().List(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var certs []*x509.Certificate
	for _, name := range names {
		if !strings.HasSuffix(name, ".crt") {
			continue
		}
		text, err := c.System.Files().Read(path.Join(dir, name))
		if err != nil {
			return nil, err
		}
		cert, err := pki.ParseCert(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Join(dir, name), err)
		}
		certs = append(certs, cert)
	}
	return certs, nil
}
