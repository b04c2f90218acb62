package credential

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"pig/internal/vault"
)

// Vault keeps the file as an Ansible Vault.
type Vault struct{ Password string }

// Open implements Cipher. A file in the clear is read too: the next Save encrypts it.
func (v Vault) Open(text []byte) ([]byte, error) {
	if !vault.Is(text) {
		return text, nil
	}
	return vault.Decrypt(text, v.Password)
}

// Seal implements Cipher.
func (v Vault) Seal(plain []byte) ([]byte, error) { return vault.Encrypt(plain, v.Password) }

// Age keeps the file encrypted for the keys of an age identity file, as age-keygen writes it.
type Age struct{ identities []age.Identity }

// NewAge reads an identity file.
func NewAge(identityFile string) (*Age, error) {
	f, err := os.Open(identityFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read the age identity: %w", err)
	}
	defer f.Close()
	ids, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("cannot read the age identity %s: %w", identityFile, err)
	}
	return &Age{ids}, nil
}

// Open implements Cipher.
func (a *Age) Open(text []byte) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(text), a.identities...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// Seal implements Cipher: whoever holds an identity of the file can open what is sealed.
func (a *Age) Seal(plain []byte) ([]byte, error) {
	var to []age.Recipient
	for _, id := range a.identities {
		switch id := id.(type) {
		case *age.X25519Identity:
			to = append(to, id.Recipient())
		case *age.HybridIdentity:
			to = append(to, id.Recipient())
		}
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to...)
	if err != nil {
		return nil, fmt.Errorf("cannot encrypt with age: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("cannot encrypt with age: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("cannot encrypt with age: %w", err)
	}
	return b.Bytes(), nil
}

// Plain is the cipher of a file that its owner alone may read. It tells encrypted ones from mistakes.
type Plain struct{}

// Open implements Cipher.
func (Plain) Open(text []byte) ([]byte, error) {
	switch {
	case vault.Is(text):
		return nil, fmt.Errorf("the file is an Ansible Vault: give --vault-password-file or ANSIBLE_VAULT_PASSWORD_FILE")
	case bytes.HasPrefix(text, []byte("age-encryption.org/")):
		return nil, fmt.Errorf("the file is encrypted with age: give --age-identity or PIG_AGE_IDENTITY")
	}
	return text, nil
}

// Seal implements Cipher.
func (Plain) Seal(plain []byte) ([]byte, error) { return plain, nil }
