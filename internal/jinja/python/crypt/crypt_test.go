package crypt

import (
	"encoding/json"
	"os"
	"testing"
)

func TestHashesAreThoseOfTheCLibrary(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/crypt.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ PW, SHA512, SHA256, MD5, Bcrypt string }
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		check := func(got string, err error, want string) {
			t.Helper()
			if err != nil || got != want {
				t.Errorf("%q: %s %v, want %s", c.PW, got, err, want)
			}
		}
		got, err := SHA512(c.PW, "saltsalt", 5000)
		check(got, err, c.SHA512)
		got, err = SHA256(c.PW, "abcdefgh", 10000)
		check(got, err, c.SHA256)
		got, err = MD5(c.PW, "saltsalt")
		check(got, err, c.MD5)
		got, err = Bcrypt(c.PW, "aaaaaaaaaaaaaaaaaaaaae", 4, "2b")
		check(got, err, c.Bcrypt)
	}
}

func TestBadSaltsAndRoundsAreErrors(t *testing.T) {
	t.Parallel()
	for name, hash := range map[string]func() (string, error){
		"long salt":   func() (string, error) { return SHA512("x", "12345678901234567", 0) },
		"salt with $": func() (string, error) { return SHA256("x", "a$b", 0) },
		"few rounds":  func() (string, error) { return SHA512("x", "a", 10) },
		"bcrypt salt": func() (string, error) { return Bcrypt("x", "short", 4, "2b") },
		"bcrypt cost": func() (string, error) { return Bcrypt("x", "aaaaaaaaaaaaaaaaaaaaae", 40, "2b") },
	} {
		if _, err := hash(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
