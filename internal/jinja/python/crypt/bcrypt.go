package crypt

import (
	"encoding/base64"
	"fmt"

	"golang.org/x/crypto/blowfish" //nolint:staticcheck // deprecated for new systems; bcrypt is an old one
)

var bcryptBase64 = base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").WithPadding(base64.NoPadding)

// Bcrypt is bcrypt with a salt of 22 characters; cost 0 is 12, as Ansible takes it. ident is 2a, 2b or 2y.
func Bcrypt(password, salt string, cost int, ident string) (string, error) {
	if cost == 0 {
		cost = 12
	}
	if cost < 4 || cost > 20 {
		return "", fmt.Errorf("rounds must be between 4 and 20")
	}
	if len(salt) != 22 {
		return "", fmt.Errorf("invalid salt size: bcrypt takes 22 characters")
	}
	switch ident {
	case "2a", "2b", "2y":
	default:
		return "", fmt.Errorf("unknown ident %q for bcrypt", ident)
	}
	raw, err := bcryptBase64.DecodeString(salt)
	if err != nil {
		return "", fmt.Errorf("invalid characters in salt")
	}
	key := append([]byte(password), 0)
	if len(key) > 72 {
		key = key[:72]
	}
	c, err := blowfish.NewSaltedCipher(key, raw)
	if err != nil {
		return "", err
	}
	for range uint64(1) << cost {
		blowfish.ExpandKey(key, c)
		blowfish.ExpandKey(raw, c)
	}
	text := []byte("OrpheanBeholderScryDoubt")
	for i := 0; i < 24; i += 8 {
		for range 64 {
			c.Encrypt(text[i:i+8], text[i:i+8])
		}
	}
	return fmt.Sprintf("$%s$%02d$%s%s", ident, cost, bcryptBase64.EncodeToString(raw), bcryptBase64.EncodeToString(text[:23])), nil
}
