package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/signature"
)

// What was signed is what is applied: the text that was read, not what the file has by then.
func TestASignedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, signers := testKey(t, dir)
	path := filepath.Join(dir, "my.plan")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(path, "a plan")
	a := &app{}
	signer, err := a.signingKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verifySigned(path, []byte("a plan"), signers); err == nil || !strings.Contains(err.Error(), "my.plan.sig not found") {
		t.Errorf("without a signature: %v", err)
	}
	if err := signFile(signer, path); err != nil {
		t.Fatal(err)
	}
	if who, err := verifySigned(path, []byte("a plan"), signers); err != nil || who != "ann@example.com" {
		t.Errorf("%q, %v", who, err)
	}
	if _, err := verifySigned(path, []byte("another plan"), signers); err == nil || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("another text: %v", err)
	}
	write(signers, strings.Replace(read(t, signers), "ann@example.com ", `ann@example.com namespaces="git" `, 1))
	if _, err := verifySigned(path, []byte("a plan"), signers); err == nil || !strings.Contains(err.Error(), "not for "+signature.Namespace) {
		t.Errorf("a key for something else: %v", err)
	}
	write(key, "no key")
	if _, err := a.signingKey(key); err == nil || !strings.Contains(err.Error(), "cannot read the signing key") {
		t.Errorf("%v", err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
