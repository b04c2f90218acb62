package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"pig/internal/credential"
	"pig/internal/diag"
	"pig/internal/private"
	"pig/internal/secret"
	"pig/internal/value"
	"pig/internal/vault"
)

// The keys of the CA may be encrypted files: Ansible Vaults, opened with the vault password as the inventory's are, or age. Who signs has
// what they hold from here; no other process sees it.

// cipherOf is how a text is encrypted; nil for one in the clear. path names it in errors.
func (s *source) cipherOf(ctx context.Context, path string, text []byte) (credential.Cipher, error) {
	switch {
	case vault.Is(text):
		password, err := s.vaultPassword(ctx)
		if err == nil && password == "" {
			err = diag.Errorf(diag.Pos{}, "%s is an Ansible Vault, but no vault password was given", path).WithHint("add --vault-password-file FILE, or -J for a prompt")
		}
		return credential.Vault{Password: password}, err
	case bytes.HasPrefix(text, []byte("age-encryption.org/")):
		if s.opt.passwords.ageIdentity == "" {
			return nil, diag.Errorf(diag.Pos{}, "%s is encrypted with age, but no identity was given", path).WithHint("add --age-identity FILE")
		}
		return credential.NewAge(s.opt.passwords.ageIdentity)
	}
	return nil, nil //nolint:nilnil // there is none
}

// keyOpener opens the file of a key, or leaves a text that is not encrypted as it is.
func (s *source) keyOpener(ctx context.Context) func(path string, text []byte) ([]byte, error) {
	return func(path string, text []byte) ([]byte, error) {
		cipher, err := s.cipherOf(ctx, path, text)
		if err != nil || cipher == nil {
			return text, err
		}
		if vault.Is(text) {
			text = bytes.TrimSpace(text)
		}
		plain, err := cipher.Open(text)
		if err != nil {
			return nil, fmt.Errorf("cannot open %s: %w", path, err)
		}
		s.redactor.Add(string(plain))
		return plain, nil
	}
}

// keySealer encrypts a key as the key of the CA is.
func (s *source) keySealer(ctx context.Context) func(key []byte) ([]byte, error) {
	return func(key []byte) ([]byte, error) {
		path := s.caKeyPath("ca")
		text, err := os.ReadFile(path) //nolint:gosec // the operator's own directory
		if err != nil {
			return nil, err
		}
		cipher, err := s.cipherOf(ctx, path, text)
		if err != nil || cipher == nil {
			return key, err
		}
		return cipher.Seal(key)
	}
}

// writeKey writes a key of the CA, encrypted if the one that signs is.
func (s *source) writeKey(path string, key []byte) error {
	text, err := s.sealKey(key)
	if err != nil {
		return err
	}
	return private.Replace(path, text, 0o600)
}

// signingKeys are the variables that hold keys of the CA for roles: nothing where their files are not encrypted.
func (s *source) signingKeys() (*value.Dict, error) {
	vars, others, encrypted := value.NewDict(), value.NewList(), false
	for _, name := range []string{"ca.key", "next.key", "last.key"} {
		path := filepath.Join(s.pkiDir(), "ca", name)
		text, err := os.ReadFile(path) //nolint:gosec // the operator's own directory
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read the CA: %w", err)
		}
		plain, err := s.openKey(path, text)
		if err != nil {
			return nil, err
		}
		encrypted = encrypted || !bytes.Equal(plain, text)
		if name == "ca.key" {
			vars.Set("pig_ca_key", secret.New(string(plain)))
		} else {
			others.Append(secret.New(string(plain)))
		}
	}
	if !encrypted {
		return value.NewDict(), nil
	}
	if len(others.Items) > 0 {
		vars.Set("pig_ca_other_keys", others)
	}
	return vars, nil
}
