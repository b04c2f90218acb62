package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/crypto/ssh"

	"pig/internal/private"
	"pig/internal/signature"
)

// signatureOf is the file that has the signature of another one, as ssh-keygen -Y sign names it.
func signatureOf(path string) string { return path + ".sig" }

// signingKey reads a private key, and asks for its passphrase if it has one.
func (a *app) signingKey(path string) (ssh.Signer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the signing key: %w", err)
	}
	key, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		word, wrong := a.ask("Passphrase of " + path)
		if wrong != nil {
			return nil, wrong
		}
		key, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(word))
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the signing key %s: %w", path, err)
	}
	return key, nil
}

// signFile puts the signature of what is in a file beside it.
func signFile(key ssh.Signer, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	sig, err := signature.Sign(key, signature.Namespace, text)
	if err != nil {
		return err
	}
	if err := private.Write(signatureOf(path), sig); err != nil {
		return fmt.Errorf("cannot save the signature of the plan: %w", err)
	}
	return nil
}

// verifySigned refuses a plan file with this text that none of the signers in another file has signed, and gives the name of who has.
func verifySigned(path string, text []byte, signers string) (string, error) {
	list, err := os.ReadFile(signers)
	if err != nil {
		return "", fmt.Errorf("cannot read the allowed signers: %w", err)
	}
	allowed, err := signature.ParseSigners(signers, list)
	if err != nil {
		return "", err
	}
	sig, err := os.ReadFile(signatureOf(path))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot verify %s: signature file %s not found: run pig plan --out %s --sign KEY, or ssh-keygen -Y sign -n %s -f KEY %s", path, signatureOf(path), path, signature.Namespace, path)
	}
	if err != nil {
		return "", fmt.Errorf("cannot read the signature of the plan: %w", err)
	}
	who, err := allowed.Verify(sig, signature.Namespace, text, time.Now())
	if err != nil {
		return "", fmt.Errorf("cannot verify %s: %w: nothing was changed", path, err)
	}
	return who.Principals, nil
}
