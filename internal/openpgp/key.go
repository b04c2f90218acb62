// Package openpgp writes and checks what apt wants of OpenPGP, and nothing else: a version 4 key for Ed25519, and texts signed in the clear
// with SHA-512 (RFC 9580: sections 4, 5.2, 5.5, 7). It does no I/O. A text and a key give the same signature each time, so that what
// is signed again has not changed.
package openpgp

import (
	"crypto/ed25519"
	"crypto/sha1" //nolint:gosec // the fingerprint of a version 4 key is SHA-1 by definition; no signature rests on it
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strings"
	"time"
)

const (
	algorithmEdDSA = 22
	hashSHA512     = 10

	tagSignature, tagPublicKey, tagUserID = 2, 6, 13

	signedText, certifiedUser = 0x01, 0x13
)

// oidEd25519 is 1.3.6.1.4.1.11591.15.1 with its length.
var oidEd25519 = []byte{9, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01}

// created is when every key counts as made: it is a part of the fingerprint, and a key file holds no time.
var created = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// keyBody is the body of the packet of a public key.
func keyBody(pub ed25519.PublicKey) []byte {
	b := []byte{4}
	b = binary.BigEndian.AppendUint32(b, uint32(created.Unix())) //nolint:gosec // a constant
	b = append(b, algorithmEdDSA)
	b = append(b, oidEd25519...)
	return append(b, integer(append([]byte{0x40}, pub...))...)
}

func fingerprint(pub ed25519.PublicKey) []byte {
	sum := sha1.Sum(framed(0x99, keyBody(pub))) //nolint:gosec // as above
	return sum[:]
}

// Fingerprint is the fingerprint of a key as people compare it.
func Fingerprint(pub ed25519.PublicKey) string {
	return strings.ToUpper(hex.EncodeToString(fingerprint(pub)))
}

// PublicKey is the armored public half of key, in the name of user.
func PublicKey(key ed25519.PrivateKey, user string) string {
	pub := public(key)
	flags := subpacket(27, []byte{0x03}) // it certifies itself, and signs
	hashes := subpacket(21, []byte{hashSHA512})
	digest := append(framed(0x99, keyBody(pub)), 0xb4)
	digest = binary.BigEndian.AppendUint32(digest, uint32(len(user))) //nolint:gosec // a name
	digest = append(digest, user...)
	packets := packet(tagPublicKey, keyBody(pub))
	packets = append(packets, packet(tagUserID, []byte(user))...)
	packets = append(packets, sign(key, certifiedUser, digest, created, append(flags, hashes...))...)
	return armor("PUBLIC KEY BLOCK", packets)
}

func public(key ed25519.PrivateKey) ed25519.PublicKey {
	pub, _ := key.Public().(ed25519.PublicKey)
	return pub
}

// sign is the packet of a signature of data at a time.
func sign(key ed25519.PrivateKey, kind byte, data []byte, at time.Time, more []byte) []byte {
	pub := public(key)
	var when [4]byte
	binary.BigEndian.PutUint32(when[:], uint32(at.Unix())) //nolint:gosec // until 2106
	hashed := append(subpacket(33, append([]byte{4}, fingerprint(pub)...)), subpacket(2, when[:])...)
	hashed = append(hashed, more...)
	head := []byte{4, kind, algorithmEdDSA, hashSHA512}
	head = binary.BigEndian.AppendUint16(head, uint16(len(hashed))) //nolint:gosec // some tens of bytes
	head = append(head, hashed...)
	digest := digestOf(data, head)
	signature := ed25519.Sign(key, digest)
	issuer := subpacket(16, fingerprint(pub)[12:])
	body := binary.BigEndian.AppendUint16(head, uint16(len(issuer))) //nolint:gosec // ten bytes
	body = append(body, issuer...)
	body = append(body, digest[:2]...)
	body = append(body, integer(signature[:32])...)
	return packet(tagSignature, append(body, integer(signature[32:])...))
}

// digestOf is what is signed: the data, then the signed part of the signature and its length.
func digestOf(data, head []byte) []byte {
	h := sha512.New()
	h.Write(data)
	h.Write(head)
	h.Write(binary.BigEndian.AppendUint32([]byte{4, 0xff}, uint32(len(head)))) //nolint:gosec // some tens of bytes
	return h.Sum(nil)
}

func packet(tag byte, body []byte) []byte {
	out := []byte{0xc0 | tag}
	if n := len(body); n < 192 {
		out = append(out, byte(n))
	} else {
		n -= 192
		out = append(out, byte(n>>8)+192, byte(n)) //nolint:gosec // below 8384: keys and signatures are small
	}
	return append(out, body...)
}

func subpacket(kind byte, data []byte) []byte {
	return append([]byte{byte(len(data) + 1), kind}, data...) //nolint:gosec // below 192
}

// framed is a key's body as fingerprints and signatures hash it.
func framed(mark byte, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{mark}, uint16(len(body))), body...) //nolint:gosec // 51 bytes
}

// integer is a number of any size with its length in bits.
func integer(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	n := 0
	if len(b) > 0 {
		n = (len(b)-1)*8 + bits.Len8(b[0])
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(n)), b...) //nolint:gosec // at most 263
}
