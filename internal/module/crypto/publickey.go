package crypto

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// publicKeyModule keeps the public key of a private one.
func publicKeyModule() module.Module {
	return module.Module{
		Name: "openssl_publickey",
		Spec: module.Spec{Args: fileArgs(backend(),
			module.Arg{Name: "privatekey_path", Type: module.Path}, module.Arg{Name: "privatekey_content"}, module.Arg{Name: "privatekey_passphrase"},
			module.Arg{Name: "format", Default: "PEM", Choices: []string{"OpenSSH", "PEM"}}, module.Arg{Name: "return_content", Type: module.Bool},
		), Exclusive: [][]string{{"privatekey_path", "privatekey_content"}}},
		Run: runPublicKey,
	}
}

func runPublicKey(_ context.Context, c *module.Call) (*value.Dict, error) {
	t, err := newTarget(c, c.Args.String("path"), 0o644, false)
	if err != nil {
		return nil, err
	}
	if c.Args.String("state") == "absent" {
		return t.remove()
	}
	format := c.Args.String("format")
	d := func(text, prints value.Value) *value.Dict {
		r := t.result("format", format, "fingerprint", prints, "privatekey", c.Args.Get("privatekey_path"))
		if c.Args.Bool("return_content") {
			r.Set("publickey", text)
		}
		return r
	}
	private, err := needed(c, "privatekey_content", "privatekey_path")
	if errors.Is(err, node.ErrUnknown) {
		return d(later("the public key"), later("the fingerprint of the key")), t.foresee()
	}
	if err != nil {
		return nil, err
	}
	key, err := parseKey(private, c.Args.String("privatekey_passphrase"))
	if err != nil {
		return nil, fmt.Errorf("cannot use the private key: %w", err)
	}
	text, err := publicText(key.Public())
	if format == "OpenSSH" && err == nil {
		text, err = sshPublicLine(key.Public(), "")
	}
	if err != nil {
		return nil, err
	}
	if !t.unknown && !c.Args.Bool("force") && samePublic(parsePublic(t.text, format), key.Public()) {
		return d(string(t.text), keyFingerprints(key.Public())), t.settle()
	}
	if c.Args.Bool("force") && bytes.Equal(t.text, []byte(text)) { // it is written anew, as it was
		err = t.settle()
	} else {
		err = t.write([]byte(text))
	}
	r := d(text, keyFingerprints(key.Public()))
	if c.Args.Bool("force") {
		r.Set("changed", true)
	}
	return r, err
}

// parsePublic reads a public key, nil if there is none in that format.
func parsePublic(text []byte, format string) crypto.PublicKey {
	if format == "OpenSSH" {
		pub, _, _ := parseSSHPublic(string(text))
		return pub
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil
	}
	pub, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil
	}
	return pub
}
