package module

import (
	"crypto/md5" //nolint:gosec // a user may ask for it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
)

// checksum is the hexadecimal digest of content by an algorithm that Ansible names; sha1 if it is none of the others.
func checksum(algorithm string, content []byte) string {
	var sum []byte
	switch algorithm {
	case "md5":
		s := md5.Sum(content) //nolint:gosec // asked for
		sum = s[:]
	case "sha224":
		s := sha256.Sum224(content)
		sum = s[:]
	case "sha256":
		s := sha256.Sum256(content)
		sum = s[:]
	case "sha384":
		s := sha512.Sum384(content)
		sum = s[:]
	case "sha512":
		s := sha512.Sum512(content)
		sum = s[:]
	default:
		return sum1(content)
	}
	return hex.EncodeToString(sum)
}
