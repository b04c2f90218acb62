package cli

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
)

// testKey makes a private key, and a file that allows its signatures.
func testKey(t *testing.T, dir string) (key, signers string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	shown, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	key, signers = filepath.Join(dir, "key"), filepath.Join(dir, "signers")
	for name, text := range map[string][]byte{key: pem.EncodeToMemory(block), signers: append([]byte("ann@example.com "), ssh.MarshalAuthorizedKey(shown)...)} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return key, signers
}
