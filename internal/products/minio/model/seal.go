package model

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"

	"golang.org/x/crypto/argon2"
)

// maxSealed is the longest text that is one piece: longer ones would be cut.
const maxSealed = 16 << 10

// saltSize and headSize are bytes: the head is the salt, the kind of cipher and the nonce.
const saltSize, headSize = 32, 32 + 1 + 8

// Sealer encrypts what the administration interface of MinIO wants to have sealed with the caller's secret key: a salt of 32
// bytes, the kind of cipher (0: AES-256-GCM with a key by Argon2id), a nonce of 8 bytes, and the text as the only and last piece
// of a stream in the format of github.com/secure-io/sio-go. It makes the key of a salt once, which takes 64 MB and some 50 ms: all that
// it seals has one salt, and nonces of its own.
type Sealer struct {
	secretKey string
	mu        sync.Mutex
	salt      []byte
	gcm       cipher.AEAD // with the key of salt; nil: none is made yet
}

// NewSealer gives one for a caller's secret key.
func NewSealer(secretKey string) *Sealer { return &Sealer{secretKey: secretKey} }

// Seal encrypts text.
func (s *Sealer) Seal(text []byte) ([]byte, error) {
	if len(text) > maxSealed {
		return nil, fmt.Errorf("%d bytes are more than can be sealed in one piece", len(text))
	}
	head := make([]byte, headSize)
	_, _ = rand.Read(head) // it cannot fail
	head[saltSize] = 0
	s.mu.Lock()
	copy(head, s.salt)
	s.mu.Unlock()
	return s.seal(text, head)
}

// Unseal opens what a Sealer with the same secret key has closed.
func (s *Sealer) Unseal(sealed []byte) ([]byte, error) {
	if len(sealed) < headSize {
		return nil, fmt.Errorf("invalid sealed text: %d bytes, want at least %d", len(sealed), headSize)
	}
	gcm, nonce, piece, err := s.stream(sealed[:headSize])
	if err != nil {
		return nil, err
	}
	return gcm.Open(nil, nonce, sealed[headSize:], piece)
}

func (s *Sealer) seal(text, head []byte) ([]byte, error) {
	gcm, nonce, piece, err := s.stream(head)
	if err != nil {
		return nil, err
	}
	return append(head, gcm.Seal(nil, nonce, text, piece)...), nil
}

// stream is the cipher of a head, with the nonce of its only piece and what belongs to that piece besides the text.
func (s *Sealer) stream(head []byte) (gcm cipher.AEAD, nonce, piece []byte, err error) {
	if gcm, err = s.cipher(head[:saltSize]); err != nil {
		return nil, nil, nil, err
	}
	nonce = make([]byte, gcm.NonceSize())
	copy(nonce, head[saltSize+1:])
	// The first number of the stream stands for what belongs to all pieces (nothing); its tag goes into each of them.
	piece = append([]byte{0x80}, gcm.Seal(nil, nonce, nil, nil)...) // 0x80: the last one
	binary.LittleEndian.PutUint32(nonce[8:], 1)
	return gcm, nonce, piece, nil
}

// cipher has the key of a salt.
func (s *Sealer) cipher(salt []byte) (cipher.AEAD, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gcm != nil && bytes.Equal(s.salt, salt) {
		return s.gcm, nil
	}
	block, err := aes.NewCipher(argon2.IDKey([]byte(s.secretKey), salt, 1, 64<<10, 4, 32))
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	s.salt, s.gcm = bytes.Clone(salt), gcm
	return gcm, nil
}
