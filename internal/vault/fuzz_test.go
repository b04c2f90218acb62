package vault

import (
	"bytes"
	"testing"
)

// FuzzDecrypt opens any text as a vault: nothing but what was closed with the password opens.
func FuzzDecrypt(f *testing.F) {
	good, err := Encrypt([]byte("pg_admin_password: s3cret\n"), "pw")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	for _, s := range []string{"", "$ANSIBLE_VAULT;1.1;AES256\n", "$ANSIBLE_VAULT;1.2;AES256;id\n30310a30310a3031", "$ANSIBLE_VAULT;1.1;AES256\n0a0a", "$ANSIBLE_VAULT;;;"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		plain, err := Decrypt(text, "pw")
		if err == nil && !bytes.Equal(plain, []byte("pg_admin_password: s3cret\n")) {
			t.Fatalf("%q opens as %q", text, plain)
		}
	})
}

// FuzzEncrypt closes any text, and opens it again.
func FuzzEncrypt(f *testing.F) {
	f.Add([]byte("text"), "pw")
	f.Add([]byte{}, "")
	f.Add([]byte{16, 16, 16}, "\xff\x00")
	f.Fuzz(func(t *testing.T, plain []byte, password string) {
		text, err := Encrypt(plain, password)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Decrypt(text, password); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%q, %v", got, err)
		}
	})
}
