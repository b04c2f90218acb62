package crypto

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/secret"
	"pig/internal/value"
)

// containerModule keeps a file with a key and certificates, or takes one apart.
func containerModule() module.Module {
	return module.Module{
		Name: "openssl_pkcs12",
		Spec: module.Spec{Args: fileArgs(backend(),
			module.Arg{Name: "action", Default: "export", Choices: []string{"export", "parse"}}, module.Arg{Name: "src", Type: module.Path},
			module.Arg{Name: "friendly_name", Aliases: []string{"name"}}, module.Arg{Name: "passphrase"}, module.Arg{Name: "encryption_level", Only: "auto"},
			module.Arg{Name: "privatekey_path", Type: module.Path}, module.Arg{Name: "privatekey_content"}, module.Arg{Name: "privatekey_passphrase"},
			module.Arg{Name: "certificate_path", Type: module.Path}, module.Arg{Name: "certificate_content"},
			module.Arg{Name: "other_certificates", Type: module.List, Elements: module.Path, Aliases: []string{"ca_certificates"}}, module.Arg{Name: "other_certificates_parse_all", Type: module.Bool},
			module.Arg{Name: "return_content", Type: module.Bool},
		), Exclusive: [][]string{{"privatekey_path", "privatekey_content"}, {"certificate_path", "certificate_content"}}},
		Run: runContainer,
	}
}

func runContainer(_ context.Context, c *module.Call) (*value.Dict, error) {
	t, err := newTarget(c, c.Args.String("path"), 0o600, true)
	if err != nil {
		return nil, err
	}
	if c.Args.String("state") == "absent" {
		return t.remove()
	}
	if c.Args.String("action") == "parse" {
		return unpack(t)
	}
	want, err := newContainer(c)
	if errors.Is(err, node.ErrUnknown) {
		return containerResult(t, nil), t.foresee()
	}
	if err != nil {
		return nil, err
	}
	if t.unknown && !c.Args.Bool("force") {
		return containerResult(t, nil), t.settle()
	}
	pass := c.Args.String("passphrase")
	if have, err := parseContainer(t.text, pass); err == nil && !c.Args.Bool("force") && want.same(have) {
		return containerResult(t, t.text), t.settle()
	}
	text, err := t.generate(func() ([]byte, error) { return want.encode(pass) })
	if errors.Is(err, node.ErrUnknown) {
		return containerResult(t, nil), nil
	}
	return containerResult(t, text), err
}

// newContainer gathers what is to be in the file.
func newContainer(c *module.Call) (container, error) {
	want := container{name: c.Args.String("friendly_name")}
	private, err := input(c, "privatekey_content", "privatekey_path")
	if err != nil {
		return want, err
	}
	if private != nil {
		key, err := parseKey(private, c.Args.String("privatekey_passphrase"))
		if err != nil {
			return want, fmt.Errorf("cannot use the private key: %w", err)
		}
		want.key = key.Signer
	}
	text, err := input(c, "certificate_content", "certificate_path")
	if err != nil {
		return want, err
	}
	if text != nil {
		if want.cert, err = parseCertificate(text); err != nil {
			return want, fmt.Errorf("cannot use the certificate: %w", err)
		}
	}
	if want.key != nil && want.cert == nil {
		return want, errors.New("missing parameter required by privatekey_path or privatekey_content: certificate_path")
	}
	if want.key != nil && !samePublic(want.key.Public(), want.cert.PublicKey) {
		return want, errors.New("the private key does not belong to the certificate")
	}
	for _, path := range c.Args.Strings("other_certificates") {
		text, err := c.System.Files().Read(path)
		if err != nil {
			return want, fmt.Errorf("cannot read other_certificates: %w", err)
		}
		certs, err := allCertificates(text)
		if err != nil {
			return want, fmt.Errorf("%s: %w", path, err)
		}
		if !c.Args.Bool("other_certificates_parse_all") {
			certs = certs[:1]
		}
		want.others = append(want.others, certs...)
	}
	return want, nil
}

// allCertificates are those of a bundle.
func allCertificates(text []byte) (certs []*x509.Certificate, err error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		certs = append(certs, cert)
	}
	if certs == nil {
		return nil, errors.New("not a certificate in PEM")
	}
	return certs, nil
}

// unpack writes what is in a file as PEM.
func unpack(t *target) (*value.Dict, error) {
	source, err := t.System.Files().Read(t.Args.String("src"))
	if errors.Is(err, node.ErrUnknown) {
		return containerResult(t, nil), t.foresee()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read src: %w", err)
	}
	c, err := parseContainer(source, t.Args.String("passphrase"))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", t.Args.String("src"), err)
	}
	var text []byte
	if c.key != nil {
		if text, err = encodeKey(c.key, "pkcs8", ""); err != nil {
			return nil, err
		}
	}
	for _, cert := range append([]*x509.Certificate{c.cert}, c.others...) {
		if cert != nil {
			text = append(text, pemOf(cert)...)
		}
	}
	if string(text) == string(t.text) && !t.unknown && !t.Args.Bool("force") {
		return containerResult(t, text), t.settle()
	}
	return containerResult(t, text), t.write(text)
}

func containerResult(t *target, text []byte) *value.Dict {
	d := t.result("privatekey", t.Args.Get("privatekey_path"))
	if t.Args.Bool("return_content") {
		d.Set("pkcs12", later("the file"))
		if text != nil {
			d.Set("pkcs12", secret.New(base64.StdEncoding.EncodeToString(text)))
		}
	}
	return d
}
