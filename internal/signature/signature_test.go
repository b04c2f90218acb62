package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

func keys(t *testing.T) map[string]ssh.Signer {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]ssh.Signer{}
	for name, key := range map[string]crypto.Signer{"ed25519": ed, "ecdsa": ec, "rsa": r} {
		if all[name], err = ssh.NewSignerFromKey(key); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func line(s ssh.Signer, options string) string {
	return "ann@example.com " + options + string(ssh.MarshalAuthorizedKey(s.PublicKey()))
}

func allowed(t *testing.T, text string) Signers {
	t.Helper()
	s, err := ParseSigners("keys", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASignatureIsOfOneFileOneKeyAndOneUse(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	all := keys(t)
	for name, key := range all {
		sig, err := Sign(key, Namespace, []byte("plan"))
		if err != nil {
			t.Fatal(err)
		}
		signers := allowed(t, "# who may\n\n"+line(key, ""))
		if s, err := signers.Verify(sig, Namespace, []byte("plan"), now); err != nil || s.Principals != "ann@example.com" {
			t.Errorf("%s: %v, %v", name, s, err)
		}
		if _, err := signers.Verify(sig, Namespace, []byte("plans"), now); err == nil {
			t.Errorf("%s: another file is taken", name)
		}
		if _, err := signers.Verify(sig, "file", []byte("plan"), now); err == nil {
			t.Errorf("%s: a signature for something else is taken", name)
		}
		for other, key := range all {
			if other == name {
				continue
			}
			if _, err := allowed(t, line(key, "")).Verify(sig, Namespace, []byte("plan"), now); err == nil || !strings.Contains(err.Error(), "not one of the allowed signers") {
				t.Errorf("%s: the key of %s lets it through: %v", name, other, err)
			}
		}
		for options, good := range map[string]bool{
			`namespaces="pig-plan" `: true, `namespaces="git,pig-*" `: true, `namespaces="git" `: false,
			`valid-after="20260101Z",valid-before="20270101Z" `: true, `valid-before="20260101" `: false, `valid-after="202612011200Z" `: false,
		} {
			if _, err := allowed(t, line(key, options)).Verify(sig, Namespace, []byte("plan"), now); (err == nil) != good {
				t.Errorf("%s with %s: %v", name, options, err)
			}
		}
		for i := range len(sig) { // no byte of it can be another one, but for the ends of lines
			bad := bytes.Clone(sig)
			if bad[i] ^= 1; bad[i] == '\n' || sig[i] == '\n' || sig[i] == '=' || bad[i] == '=' {
				continue
			}
			if _, err := signers.Verify(bad, Namespace, []byte("plan"), now); err == nil && !lastBits(sig, i) {
				t.Errorf("%s: byte %d of %d changed: it is taken", name, i, len(sig))
			}
		}
	}
}

// lastBits tells whether a sign of Base64 stands before padding, where some of its bits mean nothing.
func lastBits(sig []byte, i int) bool { return i+1 < len(sig) && sig[i+1] == '=' }

func TestSHA1IsRefused(t *testing.T) {
	t.Parallel()
	key := keys(t)["rsa"]
	good, err := Sign(key, Namespace, []byte("plan"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := open(good)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := digestOf("sha512", []byte("plan"))
	if err != nil {
		t.Fatal(err)
	}
	weak, err := key.Sign(rand.Reader, append([]byte(magic), ssh.Marshal(signed{Namespace, "", "sha512", digest})...))
	if err != nil || weak.Format != ssh.KeyAlgoRSA {
		t.Fatalf("%v, %v", weak, err)
	}
	e.Signature = string(ssh.Marshal(weak))
	if _, err := Key(armor(append([]byte(magic), ssh.Marshal(e)...)), Namespace, []byte("plan")); err == nil || !strings.Contains(err.Error(), "SHA-1") {
		t.Errorf("%v", err)
	}
}

func TestSignersThatAreRefused(t *testing.T) {
	t.Parallel()
	key := keys(t)["ed25519"]
	other := "ecdsa-sha2-nistp256 " + base64.StdEncoding.EncodeToString(key.PublicKey().Marshal())
	for text, want := range map[string]string{
		"":                                 "no key found",
		"# nobody\n":                       "no key found",
		"ann":                              "keys:1: invalid signer: want a name and a key",
		line(key, "cert-authority "):       `option "cert-authority" is not supported`,
		line(key, `valid-after="soon" `):   "invalid time",
		"\nann ssh-ed25519 ???":            "keys:2: invalid signer: the key is not Base64",
		"ann " + other:                     "not of ecdsa-sha2-nistp256",
		"ann namespaces=\"a\" ssh-ed25519": "want a name and a key",
	} {
		if _, err := ParseSigners("keys", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// What pig signs ssh-keygen verifies, and the other way round.
func TestSSHKeygenAgrees(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("it needs ssh-keygen")
	}
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		dir := t.TempDir()
		file := func(name string) string { return filepath.Join(dir, name) }
		run := func(stdin []byte, args ...string) {
			t.Helper()
			c := exec.CommandContext(t.Context(), "ssh-keygen", args...)
			c.Stdin = bytes.NewReader(stdin)
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%s: ssh-keygen %v: %v\n%s", kind, args, err, out)
			}
		}
		run(nil, "-q", "-t", kind, "-N", "", "-f", file("key"))
		private, err := os.ReadFile(file("key"))
		if err != nil {
			t.Fatal(err)
		}
		signer, err := ssh.ParsePrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		who := line(signer, `namespaces="pig-plan" `)
		plan := []byte("a plan\n")
		sig, err := Sign(signer, Namespace, plan)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string][]byte{"plan": plan, "mine.sig": sig, "allowed": []byte(who)} {
			if err := os.WriteFile(file(name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		run(plan, "-Y", "verify", "-f", file("allowed"), "-I", "ann@example.com", "-n", Namespace, "-s", file("mine.sig"))
		run(nil, "-Y", "sign", "-q", "-f", file("key"), "-n", Namespace, file("plan"))
		theirs, err := os.ReadFile(file("plan.sig"))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := allowed(t, who).Verify(theirs, Namespace, plan, time.Now()); err != nil || s.Principals != "ann@example.com" {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
