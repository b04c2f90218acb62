// Package signature signs files with SSH keys, and judges such signatures. They are those of ssh-keygen -Y sign and ssh-keygen -Y verify
// (PROTOCOL.sshsig of OpenSSH), so that either side can be ssh-keygen.
package signature

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Namespace is what signatures of plan files are for: one that was made for something else is none of a plan.
const Namespace = "pig-plan"

const (
	magic = "SSHSIG"
	begin = "-----BEGIN SSH SIGNATURE-----"
	end   = "-----END SSH SIGNATURE-----"
	// wide is the length of lines between begin and end.
	wide = 70
)

// envelope is what stands between begin and end, behind magic.
type envelope struct {
	Version   uint32
	PublicKey string
	Namespace string
	Reserved  string
	Hash      string
	Signature string
}

// signed is what the key signs, behind magic.
type signed struct {
	Namespace string
	Reserved  string
	Hash      string
	Digest    string
}

// Sign signs message for namespace.
func Sign(key ssh.Signer, namespace string, message []byte) ([]byte, error) {
	digest := sha512.Sum512(message)
	blob := append([]byte(magic), ssh.Marshal(signed{namespace, "", "sha512", string(digest[:])})...)
	sig, err := sign(key, blob)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	body := append([]byte(magic), ssh.Marshal(envelope{1, string(key.PublicKey().Marshal()), namespace, "", "sha512", string(ssh.Marshal(sig))})...)
	return armor(body), nil
}

// sign never uses SHA-1, which RSA keys would with their own name.
func sign(key ssh.Signer, blob []byte) (*ssh.Signature, error) {
	if key.PublicKey().Type() != ssh.KeyAlgoRSA {
		return key.Sign(rand.Reader, blob)
	}
	rsa, ok := key.(ssh.AlgorithmSigner)
	if !ok {
		return nil, errors.New("the RSA key cannot sign with SHA-512")
	}
	return rsa.SignWithAlgorithm(rand.Reader, blob, ssh.KeyAlgoRSASHA512)
}

func armor(body []byte) []byte {
	var b bytes.Buffer
	text := base64.StdEncoding.EncodeToString(body)
	b.WriteString(begin + "\n")
	for len(text) > wide {
		b.WriteString(text[:wide] + "\n")
		text = text[wide:]
	}
	b.WriteString(text + "\n" + end + "\n")
	return b.Bytes()
}

// Key is the key that signed message for namespace. Whether anybody trusts that key is another question: see Signers.
func Key(armored []byte, namespace string, message []byte) (ssh.PublicKey, error) {
	e, err := open(armored)
	if err != nil {
		return nil, err
	}
	switch {
	case e.Version != 1:
		return nil, fmt.Errorf("invalid signature: version %d, want 1", e.Version)
	case e.Namespace != namespace:
		return nil, fmt.Errorf("invalid signature: made for %q, want %q", e.Namespace, namespace)
	}
	key, err := ssh.ParsePublicKey([]byte(e.PublicKey))
	if err != nil {
		return nil, fmt.Errorf("invalid signature: %w", err)
	}
	digest, err := digestOf(e.Hash, message)
	if err != nil {
		return nil, err
	}
	var sig ssh.Signature
	if err := ssh.Unmarshal([]byte(e.Signature), &sig); err != nil {
		return nil, fmt.Errorf("invalid signature: %w", err)
	}
	if sig.Format == ssh.KeyAlgoRSA {
		return nil, errors.New("invalid signature: it is made with SHA-1")
	}
	if err := key.Verify(append([]byte(magic), ssh.Marshal(signed{e.Namespace, e.Reserved, e.Hash, digest})...), &sig); err != nil {
		return nil, errors.New("invalid signature: the file is not the one that was signed")
	}
	return key, nil
}

func open(armored []byte) (e envelope, err error) {
	text := strings.TrimSpace(strings.ReplaceAll(string(armored), "\r\n", "\n"))
	inner, begun := strings.CutPrefix(text, begin)
	inner, ended := strings.CutSuffix(inner, end)
	if !begun || !ended {
		return e, errors.New("invalid signature: want the output of pig plan --sign or ssh-keygen -Y sign")
	}
	body, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(inner, "\n", ""))
	if err != nil {
		return e, fmt.Errorf("invalid signature: %w", err)
	}
	body, is := bytes.CutPrefix(body, []byte(magic))
	if !is {
		return e, errors.New("invalid signature: not one of an SSH key")
	}
	if err := ssh.Unmarshal(body, &e); err != nil {
		return e, fmt.Errorf("invalid signature: %w", err)
	}
	return e, nil
}

func digestOf(hash string, message []byte) (string, error) {
	switch hash {
	case "sha256":
		sum := sha256.Sum256(message)
		return string(sum[:]), nil
	case "sha512":
		sum := sha512.Sum512(message)
		return string(sum[:]), nil
	}
	return "", fmt.Errorf("invalid signature: hash %q, want sha256 or sha512", hash)
}
