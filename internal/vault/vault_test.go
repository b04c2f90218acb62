package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
)

func TestDecryptsWhatAnsibleWrote(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/ansible.vault") // ansible-vault encrypt, password "pig test"
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Decrypt(text, "pig test")
	if err != nil || string(plain) != "pg_admin_password: s3cret\n" {
		t.Fatalf("%q, %v", plain, err)
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, plain := range []string{"", "a", strings.Repeat("x", 16), strings.Repeat("line\n", 500), "\x00\xff"} {
		text, err := Encrypt([]byte(plain), "pw")
		if err != nil {
			t.Fatal(err)
		}
		if !Is(text) || bytes.Contains(text, []byte("line")) {
			t.Fatalf("not a vault: %q", text)
		}
		if got, err := Decrypt(text, "pw"); err != nil || string(got) != plain {
			t.Errorf("%q: %q, %v", plain, got, err)
		}
		if _, err := Decrypt(text, "pv"); !errors.Is(err, ErrPassword) {
			t.Errorf("another password: %v", err)
		}
	}
}

// Content that was altered is no content, also where its padding is as it has to be: only the HMAC tells.
func TestAlteredContent(t *testing.T) {
	t.Parallel()
	text, err := Encrypt([]byte(strings.Repeat("x", 40)), "pw")
	if err != nil {
		t.Fatal(err)
	}
	inner, err := hex.DecodeString(strings.Join(strings.Fields(string(text))[1:], ""))
	if err != nil {
		t.Fatal(err)
	}
	content := bytes.LastIndexByte(inner, '\n') + 1
	if inner[content] != '0' {
		inner[content] = '0'
	} else {
		inner[content] = '1'
	}
	altered := magic + ";1.1;AES256\n" + hex.EncodeToString(inner) + "\n"
	if plain, err := Decrypt([]byte(altered), "pw"); !errors.Is(err, ErrPassword) {
		t.Errorf("%q, %v", plain, err)
	}
}

func TestDamagedVaults(t *testing.T) {
	t.Parallel()
	good, err := Encrypt([]byte("x"), "pw")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "$ANSIBLE_VAULT;1.0;AES\n00", "$ANSIBLE_VAULT;1.1;AES256\n", "$ANSIBLE_VAULT;1.1;AES256\nzz", "$ANSIBLE_VAULT;1.1;AES256\n30310a", string(good[:len(good)-9])} {
		if _, err := Decrypt([]byte(text), "pw"); err == nil {
			t.Errorf("%q is taken for a vault", text)
		}
	}
}
