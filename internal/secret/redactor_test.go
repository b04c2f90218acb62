package secret

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSecretsAreMaskedInJSONToo(t *testing.T) {
	t.Parallel()
	for _, s := range []string{`pa"ss\word`, "a<b>&c&d", "line one\nline two", "tab\there", "plain-secret"} {
		line, err := json.Marshal(map[string]string{"msg": "the password is " + s + "."})
		if err != nil {
			t.Fatal(err)
		}
		got := NewRedactor(s).Redact(string(line))
		if want := `{"msg":"the password is ` + Mask + `."}`; got != want {
			t.Errorf("%q: %s", s, got)
		}
		if strings.Contains(NewRedactor(s).Redact(s), s) {
			t.Errorf("%q is not masked in plain text", s)
		}
	}
}

func TestShortLinesOfASecretAreMasked(t *testing.T) {
	t.Parallel()
	r := NewRedactor("first-Line1\n2nd_Line_of\nend\n")
	if got := r.Redact("+  first-Line1\n+  2nd_Line_of\n"); got != "+  "+Mask+"\n+  "+Mask+"\n" {
		t.Errorf("%q", got)
	}
}
