package minio

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// maxSealed is the longest text that is one piece: longer ones would be cut.
const maxSealed = 16 << 10

// Seal encrypts what the administration interface of MinIO wants to have sealed with the caller's secret key: a salt of 32
// bytes, the kind of cipher (0: AES-256-GCM with a key by Argon2id), a nonce of 8 bytes, and the text as the only and last piece
// of a stream in the format of github.com/secure-io/sio-go.
func Seal(secretKey string, text []byte) ([]byte, error) {
	if len(text) > maxSealed {
		return nil, fmt.Errorf("%d bytes are more than can be sealed in one piece", len(text))
	}
	head := make([]byte, 32+1+8)
	_, _ = rand.Read(head) // it cannot fail
	head[32] = 0
	return seal(secretKey, text, head)
}

func seal(secretKey string, text, head []byte) ([]byte, error) {
	block, err := aes.NewCipher(argon2.IDKey([]byte(secretKey), head[:32], 1, 64<<10, 4, 32))
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	copy(nonce, head[33:])
	// The first number of the stream stands for what belongs to all pieces (nothing); its tag goes into each of them.
	piece := append([]byte{0x80}, gcm.Seal(nil, nonce, nil, nil)...) // 0x80: the last one
	binary.LittleEndian.PutUint32(nonce[8:], 1)
	return append(head, gcm.Seal(nil, nonce, text, piece)...), nil
}
