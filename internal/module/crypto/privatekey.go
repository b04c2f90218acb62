package crypto

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/secret"
	"pig/internal/value"
)

// regenerations say when a key is made anew.
var regenerations = []string{"never", "fail", "partial_idempotence", "full_idempotence", "always"}

// privateKeyModule keeps a private key.
func privateKeyModule() module.Module {
	return module.Module{
		Name: "openssl_privatekey",
		Spec: module.Spec{Args: fileArgs(backend(),
			module.Arg{Name: "type", Default: "RSA", Choices: []string{"RSA", "ECC", "Ed25519"}}, module.Arg{Name: "size", Type: module.Int, Default: int64(4096)},
			module.Arg{Name: "curve", Choices: []string{"secp224r1", "secp256r1", "secp384r1", "secp521r1"}},
			module.Arg{Name: "passphrase"}, module.Arg{Name: "cipher", Only: "auto"},
			module.Arg{Name: "format", Default: "auto_ignore", Choices: []string{"pkcs1", "pkcs8", "auto", "auto_ignore"}},
			module.Arg{Name: "format_mismatch", Default: "regenerate", Choices: []string{"regenerate", "convert"}},
			module.Arg{Name: "regenerate", Default: "full_idempotence", Choices: regenerations}, module.Arg{Name: "return_content", Type: module.Bool},
		)},
		Run: runPrivateKey,
	}
}

// wantedKey is the key that a task asks for.
type wantedKey struct {
	kind, curve, format, passphrase string
	size                            int
	anyFormat                       bool
}

func newWantedKey(a module.Args) (wantedKey, error) {
	w := wantedKey{kind: a.String("type"), size: a.Int("size"), curve: a.String("curve"), format: a.String("format"), passphrase: a.String("passphrase")}
	switch {
	case w.kind == "ECC" && w.curve == "":
		return w, errors.New("type is ECC but all of the following are missing: curve")
	case w.kind == "RSA" && (w.size < 1024 || w.size > 16384):
		return w, fmt.Errorf("invalid size %d of an RSA key: want 1024 to 16384", w.size)
	case w.format == "pkcs1" && w.kind == "Ed25519":
		return w, errors.New("invalid format \"pkcs1\" of an Ed25519 key: only pkcs8 can hold it")
	case w.format == "pkcs1" && w.passphrase != "":
		return w, errors.New("invalid format \"pkcs1\" of a key with a passphrase: its encryption is weak; use pkcs8")
	}
	if w.kind == "ECC" {
		w.size = curves[w.curve].Params().BitSize
	}
	if w.kind != "RSA" && w.kind != "ECC" {
		w.size = 256
	}
	if w.kind != "ECC" {
		w.curve = ""
	}
	w.anyFormat = w.format == "auto_ignore"
	if w.format == "auto" || w.anyFormat {
		w.format = "pkcs1"
		if w.kind == "Ed25519" || w.passphrase != "" {
			w.format = "pkcs8"
		}
	}
	return w, nil
}

// differs tells why a key is not the one that is asked for, "" if it is.
func (w wantedKey) differs(k privateKey) string {
	kind, size, curve := kindOf(k.Public())
	switch {
	case kind != w.kind:
		return fmt.Sprintf("the type is %s, not %s", kind, w.kind)
	case curve != w.curve:
		return fmt.Sprintf("the curve is %s, not %s", curve, w.curve)
	case size != w.size:
		return fmt.Sprintf("the size is %d bits, not %d", size, w.size)
	}
	return ""
}

func (w wantedKey) create() (crypto.Signer, error) { return newKey(w.kind, w.size, w.curve) }

func runPrivateKey(_ context.Context, c *module.Call) (*value.Dict, error) {
	t, err := newTarget(c, c.Args.String("path"), 0o600, true)
	if err != nil {
		return nil, err
	}
	if c.Args.String("state") == "absent" {
		return t.remove()
	}
	w, err := newWantedKey(c.Args)
	if err != nil {
		return nil, err
	}
	always := c.Args.Bool("force") || c.Args.String("regenerate") == "always"
	if t.unknown && !always {
		return w.result(t, nil), t.settle()
	}
	key, action, err := w.judge(t, always)
	if err != nil {
		return nil, err
	}
	text := t.text
	switch action {
	case "create":
		text, err = t.generate(func() ([]byte, error) {
			made, err := w.create()
			if err != nil {
				return nil, err
			}
			key.Signer = made
			return encodeKey(made, w.format, w.passphrase)
		})
		if errors.Is(err, node.ErrUnknown) {
			return w.result(t, nil), nil
		}
	case "convert":
		if text, err = encodeKey(key.Signer, w.format, w.passphrase); err == nil {
			err = t.write(text)
		}
	default:
		err = t.settle()
	}
	if err != nil {
		return nil, err
	}
	t.text = text
	return w.result(t, key.Signer), nil
}

// judge tells what to do with the file: create a key, convert the one that is there, or nothing.
func (w wantedKey) judge(t *target, always bool) (key privateKey, action string, err error) {
	if !t.there() || always {
		return key, "create", nil
	}
	mode := t.Args.String("regenerate")
	key, err = parseKey(t.text, w.passphrase)
	if err != nil {
		if mode == "full_idempotence" {
			return key, "create", nil
		}
		return key, "", fmt.Errorf("unable to read the key %s: %w; it is made anew with force: true, or with regenerate: full_idempotence or always", t.path, err)
	}
	why := w.differs(key)
	misshapen := why == "" && !w.anyFormat && key.format != w.format
	switch {
	case mode == "never" || why == "" && !misshapen:
		return key, "", nil
	case misshapen && t.Args.String("format_mismatch") == "convert":
		return key, "convert", nil
	case misshapen:
		why = fmt.Sprintf("the format is %s, not %s", key.format, w.format)
	}
	if mode == "fail" {
		return key, "", fmt.Errorf("the key %s is not the one that is asked for: %s; it is made anew with force: true, or with regenerate: partial_idempotence, full_idempotence or always", t.path, why)
	}
	return key, "create", nil
}

// result describes a key; without one only a run can tell it.
func (w wantedKey) result(t *target, key crypto.Signer) *value.Dict {
	d := t.result("type", w.kind, "size", int64(w.size), "fingerprint", later("the fingerprint of the key"))
	if w.curve != "" {
		d.Set("curve", w.curve)
	}
	content := t.Args.Bool("return_content")
	if content {
		d.Set("privatekey", later("the private key"))
	}
	if key == nil {
		return d
	}
	kind, size, curve := kindOf(key.Public())
	d.Set("type", kind)
	d.Set("size", int64(size))
	if curve != "" {
		d.Set("curve", curve)
	}
	d.Set("fingerprint", keyFingerprints(key.Public()))
	if content {
		d.Set("privatekey", secret.New(string(t.text)))
	}
	return d
}
