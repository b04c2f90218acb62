// Package vault reads and writes Ansible Vault, format 1.1 and 1.2 with AES256: a header line, then hexadecimal text in lines of
// 80. The text holds salt, HMAC and ciphertext, each in hexadecimal of its own. The format is that of ansible-core's
// parsing/vault: PBKDF2 with SHA-256 and 10,000 rounds makes 32 bytes for AES-256-CTR, 32 for HMAC-SHA256 and the counter's 16.
package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

const (
	magic     = "$ANSIBLE_VAULT"
	rounds    = 10_000
	saltSize  = 32
	lineWidth = 80
)

// ErrPassword is why a vault does not open: the password is another one, or the text was altered.
var ErrPassword = errors.New("wrong vault password, or the vault was altered")

// Is tells whether text is a vault.
func Is(text []byte) bool { return bytes.HasPrefix(text, []byte(magic+";")) }

// Decrypt opens a vault.
func Decrypt(text []byte, password string) ([]byte, error) {
	header, body, _ := strings.Cut(string(text), "\n")
	words := strings.Split(strings.TrimSpace(header), ";")
	if len(words) < 3 || words[0] != magic || (words[1] != "1.1" && words[1] != "1.2") || words[2] != "AES256" {
		return nil, fmt.Errorf("invalid vault header %q: want %s;1.1;AES256", strings.TrimSpace(header), magic)
	}
	inner, err := hex.DecodeString(strings.Join(strings.Fields(body), ""))
	if err != nil {
		return nil, fmt.Errorf("cannot read the vault: %w", err)
	}
	var parts [3][]byte
	lines := strings.SplitN(string(inner), "\n", 3)
	if len(lines) != 3 {
		return nil, errors.New("reading the vault: salt, HMAC or content is missing")
	}
	for i, line := range lines {
		if parts[i], err = hex.DecodeString(strings.TrimSpace(line)); err != nil {
			return nil, fmt.Errorf("cannot read the vault: %w", err)
		}
	}
	k, err := derive(password, parts[0])
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(k.sum(parts[2]), parts[1]) {
		return nil, ErrPassword
	}
	return unpad(k.crypt(parts[2]))
}

// ID is the name that a vault gives for its password, "" if it gives none.
func ID(text []byte) string {
	header, _, _ := strings.Cut(string(text), "\n")
	if words := strings.Split(strings.TrimSpace(header), ";"); len(words) > 3 && words[0] == magic {
		return words[3]
	}
	return ""
}

// Encrypt makes a vault of plain, with a new salt each time.
func Encrypt(plain []byte, password string) ([]byte, error) { return EncryptAs("", plain, password) }

// EncryptAs makes a vault that names its password by an id; "" and default are no name.
func EncryptAs(id string, plain []byte, password string) ([]byte, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // it cannot fail
	k, err := derive(password, salt)
	if err != nil {
		return nil, err
	}
	content := k.crypt(pad(plain))
	inner := hex.EncodeToString([]byte(hex.EncodeToString(salt) + "\n" + hex.EncodeToString(k.sum(content)) + "\n" + hex.EncodeToString(content)))
	var b bytes.Buffer
	if id == "" || id == "default" {
		b.WriteString(magic + ";1.1;AES256\n")
	} else {
		b.WriteString(magic + ";1.2;AES256;" + id + "\n")
	}
	for len(inner) > 0 {
		n := min(lineWidth, len(inner))
		b.WriteString(inner[:n] + "\n")
		inner = inner[n:]
	}
	return b.Bytes(), nil
}

type keys struct{ cipher, mac, counter []byte }

func derive(password string, salt []byte) (keys, error) {
	b, err := pbkdf2.Key(sha256.New, password, salt, rounds, 2*32+aes.BlockSize)
	if err != nil {
		return keys{}, fmt.Errorf("cannot derive the vault's keys: %w", err)
	}
	return keys{b[:32], b[32:64], b[64:]}, nil
}

func (k keys) sum(content []byte) []byte {
	m := hmac.New(sha256.New, k.mac)
	m.Write(content)
	return m.Sum(nil)
}

func (k keys) crypt(text []byte) []byte {
	block, err := aes.NewCipher(k.cipher)
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	out := make([]byte, len(text))
	cipher.NewCTR(block, k.counter).XORKeyStream(out, text)
	return out
}

// pad and unpad are PKCS#7, which the format has although a counter mode needs none.
func pad(text []byte) []byte {
	n := aes.BlockSize - len(text)%aes.BlockSize
	return append(bytes.Clone(text), bytes.Repeat([]byte{byte(n)}, n)...)
}

func unpad(text []byte) ([]byte, error) {
	if len(text) == 0 {
		return nil, ErrPassword
	}
	n := int(text[len(text)-1])
	if n == 0 || n > aes.BlockSize || n > len(text) {
		return nil, ErrPassword
	}
	return text[:len(text)-n], nil
}
