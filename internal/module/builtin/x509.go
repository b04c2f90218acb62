package builtin

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/pki"
	"pig/internal/secret"
	"pig/internal/value"
)

// x509Module keeps a key and its certificate as they should be: made if they are missing, issued anew if they no longer
// do. It returns both, so that they can be copied to where they are needed.
func x509Module() module.Module {
	return module.Module{
		Name: "x509",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "key", Type: module.Path, Required: true}, {Name: "cert", Type: module.Path, Required: true},
			// Without ca_cert an authority signs itself.
			{Name: "ca_key", Type: module.Path}, {Name: "ca_cert", Type: module.Path},
			// What an encrypted file of a key holds, in its place: only pig itself has the password.
			{Name: "key_text"}, {Name: "ca_key_text"},
			{Name: "authority", Type: module.Bool}, {Name: "create", Type: module.Bool, Default: true},
			{Name: "cn", Required: true}, {Name: "o", Default: "pigsty"}, {Name: "ou"},
			{Name: "names", Type: module.List, Elements: module.Str}, {Name: "usage", Type: module.List, Elements: module.Str, Choices: []string{"server", "client"}},
			{Name: "validity", Default: "7300d"}, {Name: "renew_before", Default: "30d"}, {Name: "rsa_bits", Type: module.Int},
		}},
		Run: runX509,
	}
}

func runX509(_ context.Context, c *module.Call) (*value.Dict, error) {
	req, err := certRequest(c)
	if err != nil {
		return nil, err
	}
	keyText, err := certKey(c)
	unknown := errors.Is(err, node.ErrUnknown)
	if err != nil && !unknown {
		return nil, err
	}
	result := value.DictOf("key", value.Unknown{Why: "the key"}, "cert", value.Unknown{Why: "the certificate"}, "reason", "")
	if unknown {
		return result, planCert(c)
	}
	result.Set("key", secret.New(string(keyText)))
	key, err := pki.ParseKey(keyText)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Args.String("key"), err)
	}
	text, reason, err := certificate(c, req, key)
	if errors.Is(err, node.ErrUnknown) {
		return result, nil
	}
	if err != nil {
		return nil, err
	}
	result.Set("cert", string(text))
	result.Set("reason", reason)
	return result, nil
}

// planCert plans a certificate for a key, or by an authority, that is itself only planned. If it was planned before, it is
// as good as made.
func planCert(c *module.Call) error {
	path := c.Args.String("cert")
	i, err := c.System.Files().Stat(path, true)
	if err != nil {
		return err
	}
	if i.Exists() {
		if _, err := c.System.Files().Read(path); errors.Is(err, node.ErrUnknown) {
			return nil
		}
	}
	return ignoreUnknown(c.System.Files().WriteUnknown(path, certAttrs(0o644)))
}

func ignoreUnknown(err error) error {
	if errors.Is(err, node.ErrUnknown) {
		return nil
	}
	return err
}

func certAttrs(mode uint32) node.Attrs {
	m := octalMode(mode)
	return node.Attrs{Mode: &m}
}

// keyAttrs are those of a key: it is a secret from the moment that it is made, and no diff shows it.
func keyAttrs() node.Attrs {
	a := certAttrs(0o600)
	a.NoDiff = true
	return a
}

func certRequest(c *module.Call) (pki.Request, error) {
	r := pki.Request{
		CommonName: c.Args.String("cn"), Organization: c.Args.String("o"), Unit: c.Args.String("ou"), Names: c.Args.Strings("names"),
		Authority: c.Args.Bool("authority"),
	}
	for _, u := range c.Args.Strings("usage") {
		r.Server, r.Client = r.Server || u == "server", r.Client || u == "client"
	}
	var err error
	if r.Days, err = days(c.Args.String("validity")); err != nil {
		return r, err
	}
	r.RenewBefore, err = days(c.Args.String("renew_before"))
	return r, err
}

// days reads a span such as 7300d, or a bare number of days.
func days(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), "d"))
	if err != nil || n < 0 {
		return 0, fmt.Errorf("invalid duration %q: want days, such as 7300d", text)
	}
	return n, nil
}

// certKey reads the key, or makes it.
func certKey(c *module.Call) ([]byte, error) {
	path := c.Args.String("key")
	text, err := keyFile(c, path, c.Args.String("key_text"))
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	if c.Args.Bool("authority") { // a new key would take the place of a CA that others trust
		if i, err := c.System.Files().Stat(c.Args.String("cert"), true); err == nil && i.Exists() {
			return nil, fmt.Errorf("key file %s not found, but %s exists: restore the key, or remove the certificate to create a new CA", path, c.Args.String("cert"))
		}
	}
	if !c.Args.Bool("create") {
		return nil, fmt.Errorf("key file %q not found, and create is false", path)
	}
	return c.System.Files().Generate(path, func() ([]byte, error) { return pki.NewKey(c.Args.Int("rsa_bits")) }, keyAttrs())
}

// keyFile reads the file of a key, unless it is known what that holds.
func keyFile(c *module.Call, path, text string) ([]byte, error) {
	if text != "" {
		return []byte(text), nil
	}
	return c.System.Files().Read(path)
}

// certificate reads the certificate, or issues it if there is none that does.
func certificate(c *module.Call, req pki.Request, key crypto.Signer) (text []byte, reason string, err error) {
	files := c.System.Files()
	var caCert *x509.Certificate
	var caKey crypto.Signer
	if c.Args.Has("ca_cert") {
		if caCert, caKey, err = authority(c); err != nil {
			return nil, "", err
		}
	}
	path := c.Args.String("cert")
	text, err = files.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		reason = "there was none"
	case err != nil:
		return nil, "", err
	default:
		cert, err := pki.CertOf(text, key)
		switch {
		case req.Authority && caCert == nil:
			if cert, err = pki.SignerOf(text, key); err != nil {
				return nil, "", fmt.Errorf("%s does not belong to %s: %w", c.Args.String("key"), path, err)
			}
			reason = pki.Due(cert, req, key, caCert, time.Now())
		case err != nil:
			reason = err.Error()
		default:
			reason = pki.Due(cert, req, key, caCert, time.Now())
		}
	}
	if reason == "" {
		return text, "", nil
	}
	text, err = files.Generate(path, func() ([]byte, error) { return pki.Sign(req, key, caCert, caKey, time.Now()) }, certAttrs(0o644))
	return text, reason, err
}

func authority(c *module.Call) (*x509.Certificate, crypto.Signer, error) {
	certText, err := c.System.Files().Read(c.Args.String("ca_cert"))
	if err != nil {
		if errors.Is(err, node.ErrUnknown) {
			if c.Args.Has("cert") {
				err = errors.Join(err, planCert(c))
			}
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("cannot read the authority's certificate: %w", err)
	}
	keyText, err := keyFile(c, c.Args.String("ca_key"), c.Args.String("ca_key_text"))
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the authority's key: %w", err)
	}
	key, err := pki.ParseKey(keyText)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", c.Args.String("ca_key"), err)
	}
	cert, err := pki.SignerOf(certText, key)
	if err != nil {
		return nil, nil, fmt.Errorf("%s does not belong to %s: %w", c.Args.String("ca_key"), c.Args.String("ca_cert"), err)
	}
	return cert, key, nil
}
