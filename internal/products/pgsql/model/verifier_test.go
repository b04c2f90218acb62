package model

import (
	"strings"
	"testing"
)

func TestVerifiersAreWholeOrNone(t *testing.T) {
	t.Parallel()
	const salt, key = "1tv7Hrm0Wb6KRvPQjUToXA==", "pfF9mRomJ30YD+yCObDXfwhqmW5/GEqXnRgq6fEdnvU="
	hex := strings.Repeat("0123456789abcdef", 2)
	for password, want := range map[string]string{
		"SCRAM-SHA-256$4096:" + salt + "$" + key + ":" + key:       "verifier",
		"SCRAM-SHA-256$4096:aaaa$bbbb:cccc":                        "broken",
		"SCRAM-SHA-256$4096:" + salt + "$" + key + ":" + key[4:]:   "broken",
		"SCRAM-SHA-256$4096:" + salt + "$" + key[4:] + ":" + key:   "broken",
		"SCRAM-SHA-256$4096:" + salt[:23] + "$" + key + ":" + key:  "broken",
		"SCRAM-SHA-256$many:" + salt + "$" + key + ":" + key:       "broken",
		"SCRAM-SHA-256$4096:" + salt + "$" + key:                   "broken",
		"SCRAM-SHA-256$4096:" + salt + "$" + key + ":" + key + "A": "broken",
		"md5" + hex:                  "verifier",
		"md5" + hex[1:]:              "broken",
		"md5" + hex + "0":            "broken",
		"md5" + strings.ToUpper(hex): "broken",
		"md5isold":                   "password",
		"SCRAM-SHA-256":              "password",
		"Test.Of.Ours":               "password",
	} {
		got := "password"
		switch {
		case IsVerifier(password):
			got = "verifier"
		case BrokenVerifier(password):
			got = "broken"
		}
		if got != want {
			t.Errorf("%s is a %s, want %s", password, got, want)
		}
	}
}
