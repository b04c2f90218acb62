package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the default of PBKDF2 in older files
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"hash"
)

// Encrypted keys are PKCS#8 with PBES2 (RFC 8018): PBKDF2 makes a key of the passphrase, and AES in CBC mode encrypts with it.

var (
	oidPBES2   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidSHA1MAC = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 7}
	oidMAC     = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9} // HMAC with SHA-256
	oidAES128  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}
	oidAES192  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}
	oidAES256  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

// rounds is how often PBKDF2 is iterated; more than mostRounds only keeps the node busy.
const rounds, mostRounds = 100_000, 10_000_000

type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbes2 struct{ KDF, Cipher pkix.AlgorithmIdentifier }

type pbkdf struct {
	Salt       []byte
	Iterations int
	Length     int                      `asn1:"optional"`
	MAC        pkix.AlgorithmIdentifier `asn1:"optional"`
}

func encryptKey(der []byte, passphrase string) ([]byte, error) {
	algorithm, data, err := seal(der, passphrase)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(encryptedKey{algorithm, data})
}

func decryptKey(der []byte, passphrase string) ([]byte, error) {
	var k encryptedKey
	if _, err := asn1.Unmarshal(der, &k); err != nil {
		return nil, err
	}
	return unseal(k.Algorithm, k.Data, passphrase)
}

// seal encrypts, and tells how.
func seal(plain []byte, passphrase string) (how pkix.AlgorithmIdentifier, data []byte, err error) {
	salt, iv := make([]byte, 16), make([]byte, aes.BlockSize)
	_, _ = rand.Read(salt)
	_, _ = rand.Read(iv)
	key, err := pbkdf2.Key(sha256.New, passphrase, salt, rounds, 32)
	if err != nil {
		return how, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return how, nil, err
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	data = append([]byte(nil), plain...)
	for range pad {
		data = append(data, byte(pad))
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, data)
	kdf, err1 := asn1.Marshal(pbkdf{Salt: salt, Iterations: rounds, MAC: pkix.AlgorithmIdentifier{Algorithm: oidMAC, Parameters: asn1.NullRawValue}})
	ivText, err2 := asn1.Marshal(iv)
	both, err3 := asn1.Marshal(pbes2{pkix.AlgorithmIdentifier{Algorithm: oidPBKDF2, Parameters: asn1.RawValue{FullBytes: kdf}}, pkix.AlgorithmIdentifier{Algorithm: oidAES256, Parameters: asn1.RawValue{FullBytes: ivText}}})
	return pkix.AlgorithmIdentifier{Algorithm: oidPBES2, Parameters: asn1.RawValue{FullBytes: both}}, data, errors.Join(err1, err2, err3)
}

// unseal decrypts what seal or OpenSSL has encrypted.
func unseal(how pkix.AlgorithmIdentifier, data []byte, passphrase string) ([]byte, error) {
	var p pbes2
	var k pbkdf
	var iv []byte
	if !how.Algorithm.Equal(oidPBES2) {
		return nil, errors.New("encrypted by another scheme than PBES2")
	}
	_, err1 := asn1.Unmarshal(how.Parameters.FullBytes, &p)
	_, err2 := asn1.Unmarshal(p.KDF.Parameters.FullBytes, &k)
	_, err3 := asn1.Unmarshal(p.Cipher.Parameters.FullBytes, &iv)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	length := map[string]int{oidAES128.String(): 16, oidAES192.String(): 24, oidAES256.String(): 32}[p.Cipher.Algorithm.String()]
	mac, known := map[string]func() hash.Hash{"": sha1.New, oidSHA1MAC.String(): sha1.New, oidMAC.String(): sha256.New}[k.MAC.Algorithm.String()]
	switch {
	case length == 0 || !known || !p.KDF.Algorithm.Equal(oidPBKDF2):
		return nil, errors.New("encrypted by another cipher than AES in CBC mode, or another function than PBKDF2")
	case k.Iterations < 1 || k.Iterations > mostRounds || len(iv) != aes.BlockSize || len(data) == 0 || len(data)%aes.BlockSize != 0:
		return nil, errors.New("broken parameters of the encryption")
	}
	key, err := pbkdf2.Key(mac, passphrase, k.Salt, k.Iterations, length)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > aes.BlockSize {
		return nil, errors.New("another passphrase")
	}
	want := make([]byte, pad)
	for i := range want {
		want[i] = byte(pad)
	}
	if !hmac.Equal(plain[len(plain)-pad:], want) {
		return nil, errors.New("another passphrase")
	}
	return plain[:len(plain)-pad], nil
}
