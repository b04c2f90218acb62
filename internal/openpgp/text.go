package openpgp

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

const (
	beginMessage   = "-----BEGIN PGP SIGNED MESSAGE-----\n"
	beginSignature = "\n-----BEGIN PGP SIGNATURE-----\n"
)

// Clearsign signs a text at a time. Blanks at the ends of lines are not a part of what is signed, and are taken away.
func Clearsign(key ed25519.PrivateKey, text string, at time.Time) string {
	lines := linesOf(text)
	var b strings.Builder
	b.WriteString(beginMessage + "Hash: SHA512\n\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "-") {
			b.WriteString("- ")
		}
		b.WriteString(line + "\n")
	}
	b.WriteString(armor("SIGNATURE", sign(key, signedText, []byte(strings.Join(lines, "\r\n")), at, nil)))
	return b.String()
}

func linesOf(text string) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return lines
}

var errForm = errors.New("not a text signed by a key for Ed25519 with SHA-512")

// Verify gives the text of a signed message, if pub has signed it.
func Verify(pub ed25519.PublicKey, message string) (string, error) {
	rest, ok := strings.CutPrefix(message, beginMessage)
	header, rest, found := strings.Cut(rest, "\n\n")
	text, signature, ends := strings.Cut(rest, beginSignature)
	if !ok || !found || !ends || header != "Hash: SHA512" {
		return "", errForm
	}
	lines := linesOf(text)
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "- ")
	}
	body, err := unarmor(beginSignature[1:] + signature)
	if err != nil {
		return "", err
	}
	return strings.Join(lines, "\n") + "\n", verify(pub, []byte(strings.Join(lines, "\r\n")), body)
}

func verify(pub ed25519.PublicKey, data, packets []byte) error {
	body, err := unpack(tagSignature, packets)
	if err != nil || len(body) < 6 || !bytes.Equal(body[:4], []byte{4, signedText, algorithmEdDSA, hashSHA512}) {
		return errForm
	}
	head := 6 + int(binary.BigEndian.Uint16(body[4:6]))
	if len(body) < head+2 {
		return errForm
	}
	at := head + 2 + int(binary.BigEndian.Uint16(body[head:])) + 2 // after what is not signed, and the first bytes of the digest
	if at > len(body) {
		return errForm
	}
	signature := make([]byte, ed25519.SignatureSize)
	rest := body[at:]
	for _, half := range [][]byte{signature[:32], signature[32:]} {
		if len(rest) < 2 {
			return errForm
		}
		n := (int(binary.BigEndian.Uint16(rest)) + 7) / 8
		if n > 32 || len(rest) < 2+n {
			return errForm
		}
		copy(half[32-n:], rest[2:2+n])
		rest = rest[2+n:]
	}
	if !ed25519.Verify(pub, digestOf(data, body[:head]), signature) {
		return errors.New("the signature is not that of the key " + Fingerprint(pub))
	}
	return nil
}

// ParsePublicKey reads what PublicKey wrote.
func ParsePublicKey(armored string) (ed25519.PublicKey, error) {
	packets, err := unarmor(armored)
	if err != nil {
		return nil, err
	}
	body, err := unpack(tagPublicKey, packets)
	if err != nil {
		return nil, err
	}
	if len(body) < ed25519.PublicKeySize {
		return nil, errForm
	}
	pub := ed25519.PublicKey(body[len(body)-ed25519.PublicKeySize:])
	if !bytes.Equal(keyBody(pub), body) {
		return nil, errors.New("not a public key created by pig")
	}
	return pub, nil
}

// unpack is the body of the first packet, which must have that tag.
func unpack(tag byte, packets []byte) ([]byte, error) {
	if len(packets) < 3 || packets[0] != 0xc0|tag {
		return nil, errForm
	}
	n, rest := int(packets[1]), packets[2:]
	if n >= 192 {
		n, rest = (n-192)<<8+int(packets[2])+192, packets[3:]
	}
	if n > len(rest) {
		return nil, errForm
	}
	return rest[:n], nil
}

func armor(kind string, data []byte) string {
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	b.WriteString("-----BEGIN PGP " + kind + "-----\n\n")
	for len(text) > 64 {
		b.WriteString(text[:64] + "\n")
		text = text[64:]
	}
	sum := crc24(data)
	b.WriteString(text + "\n=" + base64.StdEncoding.EncodeToString([]byte{byte(sum >> 16), byte(sum >> 8), byte(sum)}) + "\n") //nolint:gosec // 24 bits in three bytes
	b.WriteString("-----END PGP " + kind + "-----\n")
	return b.String()
}

func unarmor(text string) ([]byte, error) {
	_, text, ok := strings.Cut(text, "-----\n\n")
	text, _, found := strings.Cut(text, "\n=")
	if !ok || !found {
		return nil, errForm
	}
	return base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "\n", ""))
}

func crc24(data []byte) uint32 {
	crc := uint32(0xb704ce)
	for _, b := range data {
		crc ^= uint32(b) << 16
		for range 8 {
			crc <<= 1
			if crc&0x1000000 != 0 {
				crc ^= 0x1864cfb
			}
		}
	}
	return crc & 0xffffff
}
