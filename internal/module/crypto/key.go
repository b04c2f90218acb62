package crypto

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/md5" //nolint:gosec // a fingerprint among others
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // a fingerprint among others
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"pig/internal/value"
)

// curves are those that Go knows, by the names that Ansible has for them.
var curves = map[string]elliptic.Curve{"secp224r1": elliptic.P224(), "secp256r1": elliptic.P256(), "secp384r1": elliptic.P384(), "secp521r1": elliptic.P521()}

// privateKey is a key and how it stood in its file.
type privateKey struct {
	crypto.Signer
	format string // pkcs1 (of EC keys that is SEC 1) or pkcs8
}

// errPassphrase is a key that cannot be read with the passphrase that was given, or without one.
var errPassphrase = errors.New("the passphrase does not fit")

// parseKey reads a private key in PEM.
func parseKey(text []byte, passphrase string) (privateKey, error) {
	block, rest := pem.Decode(text)
	for block != nil && block.Type == "EC PARAMETERS" {
		block, rest = pem.Decode(rest)
	}
	if block == nil {
		return privateKey{}, errors.New("not a private key in PEM")
	}
	der, encrypted, err := opened(block, passphrase)
	switch {
	case err != nil:
		return privateKey{}, err
	case !encrypted && passphrase != "":
		return privateKey{}, fmt.Errorf("%w: the key has none", errPassphrase)
	}
	k := privateKey{format: "pkcs8"}
	var key any
	switch block.Type {
	case "RSA PRIVATE KEY":
		k.format = "pkcs1"
		key, err = x509.ParsePKCS1PrivateKey(der)
	case "EC PRIVATE KEY":
		k.format = "pkcs1"
		key, err = x509.ParseECPrivateKey(der)
	default:
		key, err = x509.ParsePKCS8PrivateKey(der)
	}
	if err != nil {
		return privateKey{}, fmt.Errorf("cannot read the private key: %w", err)
	}
	var ok bool
	if k.Signer, ok = key.(crypto.Signer); !ok {
		return privateKey{}, fmt.Errorf("cannot use a private key of the kind %T", key)
	}
	return k, nil
}

// opened is the DER of a block, decrypted if it has a passphrase.
func opened(block *pem.Block, passphrase string) (der []byte, encrypted bool, err error) {
	legacy := strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED")
	if !legacy && block.Type != "ENCRYPTED PRIVATE KEY" {
		return block.Bytes, false, nil
	}
	if passphrase == "" {
		return nil, true, fmt.Errorf("%w: the key has one, and none is given", errPassphrase)
	}
	if legacy {
		der, err = x509.DecryptPEMBlock(block, []byte(passphrase)) //nolint:staticcheck // that is how older files are encrypted
	} else {
		der, err = decryptKey(block.Bytes, passphrase)
	}
	if err != nil {
		return nil, true, fmt.Errorf("%w: %w", errPassphrase, err)
	}
	return der, true, nil
}

// encodeKey writes a key in PEM.
func encodeKey(key crypto.Signer, format, passphrase string) ([]byte, error) {
	block := &pem.Block{Type: "PRIVATE KEY"}
	var err error
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if format == "pkcs1" {
			block = &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(k)}
		}
	case *ecdsa.PrivateKey:
		if format == "pkcs1" {
			block.Type = "EC PRIVATE KEY"
			block.Bytes, err = x509.MarshalECPrivateKey(k)
		}
	}
	if block.Bytes == nil && err == nil {
		block.Bytes, err = x509.MarshalPKCS8PrivateKey(key)
	}
	if err == nil && passphrase != "" {
		block.Type = "ENCRYPTED PRIVATE KEY"
		block.Bytes, err = encryptKey(block.Bytes, passphrase)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write the private key: %w", err)
	}
	return pem.EncodeToMemory(block), nil
}

// newKey makes a key.
func newKey(kind string, size int, curve string) (crypto.Signer, error) {
	switch kind {
	case "RSA":
		return rsa.GenerateKey(rand.Reader, size)
	case "ECC":
		return ecdsa.GenerateKey(curves[curve], rand.Reader)
	default:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
}

// kindOf tells what a public key is: its type, its size in bits and its curve.
func kindOf(pub crypto.PublicKey) (kind string, size int, curve string) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return "RSA", k.N.BitLen(), ""
	case *ecdsa.PublicKey:
		for name, c := range curves {
			if c == k.Curve {
				return "ECC", c.Params().BitSize, name
			}
		}
	case ed25519.PublicKey:
		return "Ed25519", 256, ""
	}
	return "unknown", 0, ""
}

// publicText is a public key in PEM.
func publicText(pub crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// fingerprints are the digests of some bytes by all common functions.
func fingerprints(der []byte) *value.Dict {
	d := value.NewDict()
	set := func(name string, sum []byte) {
		text := hex.EncodeToString(sum)
		parts := make([]string, 0, len(sum))
		for i := 0; i < len(text); i += 2 {
			parts = append(parts, text[i:i+2])
		}
		d.Set(name, strings.Join(parts, ":"))
	}
	md, s1, s224, s256, s384, s512 := md5.Sum(der), sha1.Sum(der), sha256.Sum224(der), sha256.Sum256(der), sha512.Sum384(der), sha512.Sum512(der) //nolint:gosec // as above
	s3a, s3b, s3c := sha3.Sum256(der), sha3.Sum384(der), sha3.Sum512(der)
	for _, f := range []struct {
		name string
		sum  []byte
	}{{"md5", md[:]}, {"sha1", s1[:]}, {"sha224", s224[:]}, {"sha256", s256[:]}, {"sha384", s384[:]}, {"sha512", s512[:]}, {"sha3_256", s3a[:]}, {"sha3_384", s3b[:]}, {"sha3_512", s3c[:]}} {
		set(f.name, f.sum)
	}
	return d
}

// keyFingerprints are those of a public key.
func keyFingerprints(pub crypto.PublicKey) value.Value {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil
	}
	return fingerprints(der)
}

// samePublic tells whether two public keys are the same.
func samePublic(x, y crypto.PublicKey) bool {
	k, ok := x.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(y)
}
