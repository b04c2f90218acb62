package builtin

import (
	"crypto/md5"  //nolint:gosec // a user may ask for it
	"crypto/sha1" //nolint:gosec // compatibility, not security
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"

	"pig/internal/node"
)

// checksum is the hexadecimal digest of a file by an algorithm that Ansible names; sha1 if it is none of the others.
func checksum(files node.Files, path, algorithm string) (string, error) {
	h := digest(algorithm)
	for offset := int64(0); ; {
		piece, err := files.ReadAt(path, offset, node.PieceSize)
		if err != nil {
			return "", err
		}
		h.Write(piece)
		if offset += int64(len(piece)); len(piece) < node.PieceSize {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
	}
}

func digest(algorithm string) hash.Hash {
	switch algorithm {
	case "md5":
		return md5.New() //nolint:gosec // asked for
	case "sha224":
		return sha256.New224()
	case "sha256":
		return sha256.New()
	case "sha384":
		return sha512.New384()
	case "sha512":
		return sha512.New()
	}
	return sha1.New() //nolint:gosec // compatibility, not security
}

// sum1 is the checksum that copy, template and stat report.
func sum1(content []byte) string {
	h := sha1.Sum(content) //nolint:gosec // compatibility, not security
	return hex.EncodeToString(h[:])
}
