package model

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

// saltSize and headSize are bytes: the head is the salt, the kind of cipher and the nonce.
const saltSize, headSize = 32, 32 + 1 + 8

// Seal encrypts what the administration interface of MinIO wants to have sealed with the caller's secret key: a salt of 32
// bytes, the kind of cipher (0: AES-256-GCM with a key by Argon2id), a nonce of 8 bytes, and the text as the only and last piece
// of a stream in the format of github.com/secure-io/sio-go.
func Seal(secretKey string, text []byte) ([]byte, error) {
	if len(text) > maxSealed {
		return nil, fmt.Errorf("%d bytes are more than can be sealed in one piece", len(text))
	}
	head := make([]byte, headSize)
	_, _ = rand.Read(head) // it cannot fail
	head[saltSize] = 0
	return seal(secretKey, text, head)
}

// Unseal opens what Seal has closed.
func Unseal(secretKey string, sealed []byte) ([]byte, error) {
	if len(sealed) < headSize {
		return nil, fmt.Errorf("invalid sealed text: %d bytes, want at least %d", len(sealed), headSize)
	}
	gcm, nonce, piece, err := stream(secretKey, sealed[:headSize])
	if err != nil {
		return nil, err
	}
	return gcm.Open(nil, nonce, sealed[headSize:], piece)
}

func seal(secretKey string, text, head []byte) ([]byte, error) {
	gcm, nonce, piece, err := stream(secretKey, head)
	if err != nil {
		return nil, err
	}
	return append(head, gcm.Seal(nil, nonce, text, piece)...), nil
}

// stream is the cipher of a head, with the nonce of its only piece and what belongs to that piece besides the text.
func stream(secretKey string, head []byte) (gcm cipher.AEAD, nonce, piece []byte, err error) {
	block, err := aes.NewCipher(argon2.IDKey([]byte(secretKey), head[:saltSize], 1, 64<<10, 4, 32))
	if err != nil {
		return nil, nil, nil, err
	}
	if gcm, err = cipher.NewGCM(block); err != nil {
		return nil, nil, nil, err
	}
	nonce = make([]byte, gcm.NonceSize())
	copy(nonce, head[saltSize+1:])
	// The first number of the stream stands for what belongs to all pieces (nothing); its tag goes into each of them.
	piece = append([]byte{0x80}, gcm.Seal(nil, nonce, nil, nil)...) // 0x80: the last one
	binary.LittleEndian.PutUint32(nonce[8:], 1)
	return gcm, nonce, piece, nil
}
