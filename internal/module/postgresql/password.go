package postgresql

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// samePassword tells whether a password, or its verifier, is the one that the server has: of md5 or SCRAM.
func samePassword(wanted, have, role string) bool {
	switch {
	case wanted == "" || have == "":
		return wanted == have
	case wanted == have:
		return true
	case isVerifier(wanted):
		return false
	case strings.HasPrefix(have, "md5"):
		sum := md5.Sum([]byte(wanted + role))
		return have == "md5"+hex.EncodeToString(sum[:])
	}
	return opensSCRAM(wanted, have)
}

// isVerifier tells a text that the server keeps as it is.
func isVerifier(s string) bool {
	return strings.HasPrefix(s, "SCRAM-SHA-256$") || strings.HasPrefix(s, "md5") && len(s) == len("md5")+2*md5.Size
}

// opensSCRAM reads SCRAM-SHA-256$ROUNDS:SALT$STORED:SERVER.
func opensSCRAM(password, verifier string) bool {
	rest, ok := strings.CutPrefix(verifier, "SCRAM-SHA-256$")
	how, keys, cut := strings.Cut(rest, "$")
	rounds, salt64, cut2 := strings.Cut(how, ":")
	stored64, _, cut3 := strings.Cut(keys, ":")
	n, err := strconv.Atoi(rounds)
	salt, err2 := base64.StdEncoding.DecodeString(salt64)
	stored, err3 := base64.StdEncoding.DecodeString(stored64)
	if !ok || !cut || !cut2 || !cut3 || err != nil || err2 != nil || err3 != nil || n < 1 || n > 10_000_000 {
		return false
	}
	salted, err := pbkdf2.Key(sha256.New, password, salt, n, sha256.Size)
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, salted)
	mac.Write([]byte("Client Key"))
	sum := sha256.Sum256(mac.Sum(nil))
	return hmac.Equal(sum[:], stored)
}
