package cmdb

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"

	"pig/internal/credential"
	"pig/internal/secret"
	"pig/internal/value"
	"pig/internal/vault"
)

// ErrNoKey is why a secret is neither sealed nor opened: nobody gave a key.
var ErrNoKey = errors.New("no key was given: give --vault-password-file, -J or --age-identity")

// Keys seal secrets before they go to the database, and open what comes from there. What was opened once is remembered: a vault takes milliseconds.
type Keys struct {
	cipher credential.Cipher // nil without a key
	mu     sync.Mutex
	opened map[string]string
	known  map[string]string // by the digest of what is sealed
}

// NewKeys seals with a cipher, nil for none.
func NewKeys(c credential.Cipher) *Keys { return &Keys{cipher: c, opened: map[string]string{}} }

// Given tells whether there is a key.
func (k *Keys) Given() bool { return k.cipher != nil }

// agePrefix begins what is sealed with age; the rest is base64.
const agePrefix = "age:"

var ageMagic = []byte("age-encryption.org/")

// IsSealed tells whether a text is an encrypted one.
func IsSealed(text string) bool {
	return vault.Is([]byte(text)) || strings.HasPrefix(text, agePrefix+base64.StdEncoding.EncodeToString(ageMagic)[:12])
}

// Seal encrypts a text.
func (k *Keys) Seal(plain string) (string, error) {
	if k.cipher == nil {
		return "", ErrNoKey
	}
	sealed, err := k.cipher.Seal([]byte(plain))
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(sealed))
	if bytes.HasPrefix(sealed, ageMagic) {
		text = agePrefix + base64.StdEncoding.EncodeToString(sealed)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.opened[text] = plain
	return text, nil
}

// Open decrypts a text that is sealed, and gives others as they are.
func (k *Keys) Open(text string) (string, error) {
	if !IsSealed(text) {
		return text, nil
	}
	text = strings.TrimSpace(text)
	k.mu.Lock()
	plain, ok := k.opened[text]
	if !ok && len(k.known) > 0 {
		plain, ok = k.known[digest(text)]
	}
	k.mu.Unlock()
	if ok {
		return plain, nil
	}
	if k.cipher == nil {
		return "", ErrNoKey
	}
	sealed := []byte(text)
	if coded, is := strings.CutPrefix(text, agePrefix); is {
		var err error
		if sealed, err = base64.StdEncoding.DecodeString(coded); err != nil {
			return "", fmt.Errorf("cannot read the encrypted value: %w", err)
		}
	}
	out, err := k.cipher.Open(sealed)
	if err != nil {
		return "", err
	}
	if IsSealed(string(out)) || bytes.Equal(out, sealed) {
		return "", errors.New("encrypted with another kind of key")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.opened[text] = string(out)
	return string(out), nil
}

// know takes plain texts by the digest of their sealed form.
func (k *Keys) know(plain map[string]string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known = plain
}

// clear is the text of a secret without the seal; ok is false where no key opens it.
func (k *Keys) clear(s secret.Text) (string, bool) {
	plain, err := k.Open(s.Plain())
	return plain, err == nil
}

// hasClear tells whether a value holds a secret that is not sealed.
func hasClear(v value.Value) bool {
	found := false
	value.Walk(v, func(v value.Value) {
		if s, ok := v.(secret.Text); ok && !IsSealed(s.Plain()) {
			found = true
		}
	})
	return found
}

// Secrets are the secrets of rows in the clear, as far as the key opens them: for what masks them.
func (k *Keys) Secrets(rows *Rows) (all []string) {
	for _, row := range rows.list {
		all = append(all, k.secretsIn(row)...)
	}
	return all
}

// SecretsOf are the secrets of changed rows.
func (k *Keys) SecretsOf(changes []Change) (all []string) {
	for _, c := range changes {
		for _, row := range []*Row{c.Before, c.After} {
			if row != nil {
				all = append(all, k.secretsIn(row)...)
			}
		}
	}
	return all
}

func (k *Keys) secretsIn(row *Row) (all []string) {
	value.Walk(row.Value, func(v value.Value) {
		if s, ok := v.(secret.Text); ok && !IsSealed(s.Plain()) {
			all = append(all, s.Plain())
		}
	})
	return all
}
