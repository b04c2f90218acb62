package secret

import (
	"strings"
	"testing"
)

func TestPasswordsInsideTexts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"postgres://u:pw-1@10.0.0.1:5432/db":                      "pw-1",
		"http://me:p%40ss@proxy:3128":                             "p%40ss p@ss",
		"redis://:sesame@h":                                       "sesame",
		"host=10.0.0.1 user=rep password=sesame sslmode=require":  "sesame",
		"host=h password='it''s' user=u":                          "it''s it's",
		`host=h password = 'it\'s'`:                               `it's it\'s`,
		"https://h/x?a=1&token=abc&b=2":                           "abc",
		"--password=sesame":                                       "sesame",
		"postgres://h/db?sslmode=require&password=sesame":         "sesame",
		"deb http://u:pw@repo/x trixie main":                      "pw",
		"primary_conninfo='host=h passfile=/x'":                   "",
		"password_encryption=scram-sha-256":                       "",
		"item.password == ''":                                     "",
		"https://host:8080/a@b":                                   "",
		"postgres://u:{{ pw }}@h password={{ pw }} token=<TOKEN>": "",
		"postgres://u:${PW}@h":                                    "",
	} {
		if got := strings.Join(Inside(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
