package model

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // what PostgreSQL calls md5 authentication
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/xdg-go/stringprep"
)

// Encryption is how a server stores passwords that it is given in the clear.
type Encryption struct {
	Method     string // scram-sha-256 or md5
	Iterations int    // of scram-sha-256
}

var (
	scramForm = regexp.MustCompile(`^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$`)
	md5Form   = regexp.MustCompile(`^md5[0-9a-f]{32}$`)
	nearMD5   = regexp.MustCompile(`(?i)^md5[0-9a-f]{28,36}$`)
)

// IsVerifier tells whether password is already what a server stores rather than what a user types. It is as strict as PostgreSQL, which
// takes anything else for a password in the clear.
func IsVerifier(password string) bool {
	return md5Form.MatchString(password) || isSCRAM(password)
}

// isSCRAM takes a salt in base64 and two keys of SHA-256.
func isSCRAM(password string) bool {
	m := scramForm.FindStringSubmatch(password)
	if m == nil {
		return false
	}
	if _, err := base64.StdEncoding.DecodeString(m[2]); err != nil {
		return false
	}
	for _, text := range m[3:] {
		if key, err := base64.StdEncoding.DecodeString(text); err != nil || len(key) != sha256.Size {
			return false
		}
	}
	return true
}

// BrokenVerifier tells whether password is meant to be a verifier and is none: a part of it is missing or changed.
func BrokenVerifier(password string) bool {
	return !IsVerifier(password) && (strings.HasPrefix(password, "SCRAM-SHA-256$") || nearMD5.MatchString(password))
}

// PasswordMatches tells whether stored, from pg_authid, is good for password: the same verifier, or one that the password
// in the clear satisfies. An md5 verifier is good only where the server still makes such, as its rules may demand SCRAM.
func PasswordMatches(stored, user, password string, e Encryption) bool {
	switch {
	case stored == "":
		return false
	case IsVerifier(password):
		return subtle.ConstantTimeCompare([]byte(stored), []byte(password)) == 1
	case md5Form.MatchString(stored):
		return e.Method == "md5" && stored == md5Verifier(user, password)
	}
	m := scramForm.FindStringSubmatch(stored)
	if m == nil {
		return false
	}
	iterations, err := strconv.Atoi(m[1])
	if err != nil {
		return false
	}
	salt, err := base64.StdEncoding.DecodeString(m[2])
	if err != nil {
		return false
	}
	want, err := scramVerifier(prepared(password), salt, iterations)
	return err == nil && subtle.ConstantTimeCompare([]byte(stored), []byte(want)) == 1
}

// Verifier makes what a server stores for password, so that the password itself never gets there. A verifier stays as it
// is.
func Verifier(user, password string, e Encryption) (string, error) {
	switch {
	case IsVerifier(password):
		return password, nil
	case e.Method == "md5":
		return md5Verifier(user, password), nil
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	return scramVerifier(prepared(password), salt, max(e.Iterations, 1))
}

// prepared is the password as SCRAM takes it. As in PostgreSQL, one that SASLprep does not allow is taken as it is.
func prepared(password string) string {
	if ascii(password) {
		return password
	}
	if p, err := stringprep.SASLprep.Prepare(password); err == nil {
		return p
	}
	return password
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x7f }) < 0
}

func md5Verifier(user, password string) string {
	sum := md5.Sum([]byte(password + user)) //nolint:gosec // see above
	return "md5" + hex.EncodeToString(sum[:])
}

// scramVerifier is RFC 5803's form as PostgreSQL stores it.
func scramVerifier(password string, salt []byte, iterations int) (string, error) {
	salted, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("cannot derive a key: %w", err)
	}
	client := sha256.Sum256(sign(salted, "Client Key"))
	server := sign(salted, "Server Key")
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", iterations, b64(salt), b64(client[:]), b64(server)), nil
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
