package openpgp

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var signedAt = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

const release = "Origin: pig\n- a line that begins with a dash\nSHA256:\n 00ff 12 Packages\n"

func keyOf(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func TestVerify(t *testing.T) {
	t.Parallel()
	for seed := range byte(64) { // halves of signatures begin with zeros now and then
		key := keyOf(seed)
		message := Clearsign(key, release, signedAt)
		if text, err := Verify(public(key), message); err != nil || text != release {
			t.Fatalf("%d: %q, %v", seed, text, err)
		}
		if message != Clearsign(key, release, signedAt) {
			t.Fatal("signing again gives another signature")
		}
		if _, err := Verify(public(keyOf(seed+1)), message); err == nil {
			t.Fatal("another key verifies it")
		}
		if _, err := Verify(public(key), strings.Replace(message, "00ff", "00fe", 1)); err == nil {
			t.Fatal("another text verifies")
		}
		if pub, err := ParsePublicKey(PublicKey(key, "pig")); err != nil || !pub.Equal(public(key)) {
			t.Fatalf("%v, %v", pub, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(Clearsign(keyOf(1), release, signedAt))
	f.Fuzz(func(t *testing.T, message string) {
		if text, err := Verify(public(keyOf(2)), message); err == nil {
			t.Errorf("forged: %q", text)
		}
	})
}

// Those who verify for apt: gpgv on Debian 12, sqv on Debian 13.
func TestVerifiersOfApt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ring := write("key.asc", PublicKey(keyOf(1), "pig"))
	good := write("InRelease", Clearsign(keyOf(1), release, signedAt))
	bad := write("Forged", Clearsign(keyOf(2), release, signedAt))
	tried := false
	for _, v := range [][]string{{"sqv", "--cleartext", "--keyring", ring}, {"gpg", "--homedir", dir, "--batch", "--verify"}} {
		if _, err := exec.LookPath(v[0]); err != nil {
			continue
		}
		if v[0] == "gpg" {
			if out, err := exec.Command("gpg", "--homedir", dir, "--batch", "--import", ring).CombinedOutput(); err != nil {
				t.Errorf("gpg does not take the key: %v\n%s", err, out)
			}
		}
		tried = true
		if out, err := exec.Command(v[0], append(v[1:], good)...).CombinedOutput(); err != nil {
			t.Errorf("%s refuses: %v\n%s", v[0], err, out)
		}
		if out, err := exec.Command(v[0], append(v[1:], bad)...).CombinedOutput(); err == nil {
			t.Errorf("%s takes a signature of another key\n%s", v[0], out)
		}
	}
	if !tried {
		t.Skip("neither sqv nor gpg is here")
	}
}
