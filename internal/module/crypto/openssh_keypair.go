package crypto

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// sshKeyModule keeps a pair of keys for ssh: the private one at path, the public one beside it with .pub.
func sshKeyModule() module.Module {
	return module.Module{
		Name: "openssh_keypair",
		Spec: module.Spec{Args: fileArgs(
			module.Arg{Name: "type", Default: "rsa", Choices: []string{"ecdsa", "ed25519", "rsa"}}, module.Arg{Name: "size", Type: module.Int}, module.Arg{Name: "comment"},
			module.Arg{Name: "regenerate", Default: "partial_idempotence", Choices: regenerations},
			module.Arg{Name: "backend", Default: "auto", Choices: []string{"auto", "cryptography", "opensshbin"}}, module.Arg{Name: "private_key_format", Only: "auto"},
		)},
		Run: runSSHKey,
	}
}

// sshPair is a pair of keys that a task asks for.
type sshPair struct {
	private, public *target
	kind, comment   string
	want            wantedKey
}

func newSSHPair(c *module.Call) (*sshPair, error) {
	p := &sshPair{kind: c.Args.String("type"), comment: c.Args.String("comment")}
	size := c.Args.Int("size")
	switch p.kind {
	case "rsa":
		if size == 0 {
			size = 4096
		}
		if size < 1024 || size > 16384 {
			return nil, fmt.Errorf("For RSA keys, the minimum size is 1024 bits and the default is 4096 bits, not %d. 16384 bits is the maximum", size) //nolint:staticcheck // Ansible's words
		}
		p.want = wantedKey{kind: "RSA", size: size}
	case "ecdsa":
		if size == 0 {
			size = 256
		}
		curve := map[int]string{256: "secp256r1", 384: "secp384r1", 521: "secp521r1"}[size]
		if curve == "" {
			return nil, fmt.Errorf("For ECDSA keys, size determines the key length by selecting from one of three elliptic curve sizes: 256, 384 or 521 bits, not %d", size) //nolint:staticcheck // Ansible's words
		}
		p.want = wantedKey{kind: "ECC", size: size, curve: curve}
	default:
		p.want = wantedKey{kind: "Ed25519", size: 256}
	}
	var err error
	path := c.Args.String("path")
	if p.private, err = newTarget(c, path, 0o600, true); err != nil {
		return nil, err
	}
	p.public, err = newTarget(c, path+".pub", 0o644, false)
	return p, err
}

func runSSHKey(_ context.Context, c *module.Call) (*value.Dict, error) {
	p, err := newSSHPair(c)
	if err != nil {
		return nil, err
	}
	if c.Args.String("state") == "absent" {
		d, err := p.private.remove()
		return d, errors.Join(err, c.System.Files().Remove(p.public.path))
	}
	always := c.Args.Bool("force") || c.Args.String("regenerate") == "always"
	if p.private.unknown && !always {
		return p.result(nil), p.private.settle()
	}
	key, remarked, err := p.judge(c.Args.String("regenerate"), always)
	if err != nil {
		return nil, err
	}
	switch {
	case key == nil:
		_, err = p.private.generate(func() ([]byte, error) {
			if key, err = p.want.create(); err != nil {
				return nil, err
			}
			return encodeSSHKey(key, p.comment)
		})
	case remarked:
		_, err = p.private.generate(func() ([]byte, error) { return encodeSSHKey(key, p.comment) })
	default:
		err = p.private.settle()
	}
	if errors.Is(err, node.ErrUnknown) && key == nil {
		return p.result(nil), p.foresee()
	}
	if err != nil && !errors.Is(err, node.ErrUnknown) {
		return nil, err
	}
	return p.result(key), p.publish(key)
}

// judge gives the key that stays, nil if there has to be another; remarked if only its comment differs.
func (p *sshPair) judge(mode string, always bool) (key crypto.Signer, remarked bool, err error) {
	if !p.private.there() || always {
		return nil, false, nil
	}
	key, comment, err := parseSSHKey(p.private.text)
	if err != nil {
		if mode == "full_idempotence" {
			return nil, false, nil
		}
		return nil, false, fmt.Errorf("Unable to read the key. %s: %w; it is made anew with force: true, or with regenerate: full_idempotence or always", p.private.path, err) //nolint:staticcheck // Ansible's words
	}
	why := p.want.differs(privateKey{Signer: key})
	switch {
	case why != "" && mode == "fail":
		return nil, false, fmt.Errorf("Key has wrong type and/or size. %s: %s; it is made anew with force: true, or with regenerate: partial_idempotence, full_idempotence or always", p.private.path, why) //nolint:staticcheck // Ansible's words
	case why != "" && mode != "never":
		return nil, false, nil
	case !p.private.Args.Has("comment"):
		p.comment = comment
		if p.comment == "" {
			_, p.comment, _ = parseSSHPublic(string(p.public.text))
		}
		return key, false, nil
	}
	// A key in PEM has no place for a comment: it stands in the public file alone.
	return key, comment != p.comment && strings.Contains(string(p.private.text), sshBlock), nil
}

// publish writes the public key, if it is not the one of the private key.
func (p *sshPair) publish(key crypto.Signer) error {
	line, err := sshPublicLine(key.Public(), p.comment)
	if err != nil {
		return err
	}
	if !p.public.unknown && strings.TrimSpace(string(p.public.text)) == line {
		return nil
	}
	return p.files().Write(p.public.path, []byte(line+"\n"), p.publicAttrs())
}

// foresee plans the public key of a private one that is only planned.
func (p *sshPair) foresee() error {
	return p.files().WriteUnknown(p.public.path, p.publicAttrs())
}

func (p *sshPair) files() node.Files { return p.private.Call.System.Files() }

func (p *sshPair) publicAttrs() node.Attrs {
	a := node.Attrs{Owner: p.public.Args.String("owner"), Group: p.public.Args.String("group")}
	if !p.public.there() {
		mode := fs.FileMode(0o644)
		a.Mode = &mode
	}
	return a
}

func (p *sshPair) result(key crypto.Signer) *value.Dict {
	what := later("the key")
	d := p.private.result("type", p.kind, "size", int64(p.want.size), "comment", p.comment, "fingerprint", what, "public_key", what)
	if key == nil {
		return d
	}
	kind, size, _ := kindOf(key.Public())
	d.Set("type", map[string]string{"RSA": "rsa", "ECC": "ecdsa", "Ed25519": "ed25519"}[kind])
	d.Set("size", int64(size))
	if _, blob, err := sshPublic(key.Public()); err == nil {
		d.Set("fingerprint", sshFingerprint(blob))
	}
	if line, err := sshPublicLine(key.Public(), ""); err == nil {
		d.Set("public_key", line)
	}
	return d
}
