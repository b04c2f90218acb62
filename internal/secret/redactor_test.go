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

// A secret that is too short to be looked for everywhere is looked for in what came of its own task.
func TestShortSecretsOfATask(t *testing.T) {
	t.Parallel()
	r := NewOwn("abc", "event", "long-One-of-14\nx1\n}\n")
	diff := "--- /abc\n+++ /abc\n@@ -0,0 +1,9 @@\n+\"short\" \"abc\"\n+xabcx\n+plain\n event/x\n+it is 'event'\n+events\n+  x1\n+}\n+long-One-of-14\n"
	want := "--- /abc\n+++ /abc\n@@ -0,0 +1,9 @@\n+" + Mask + "\n+" + Mask + "\n+plain\n " + Mask + "\n+it is '" + Mask + "'\n+" + Mask + "\n+" + Mask + "\n+}\n+" + Mask + "\n"
	if got := r.Diff(diff); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for in, want := range map[string]string{"abc": Mask, "xabc": Mask, "0644": "0644", "event/x": Mask, "the event": "the " + Mask} {
		if got := r.Whole(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := NewRedactor("abc").Redact("abc"); got != "abc" {
		t.Errorf("what others say: %q", got)
	}
}

// Secrets come while others are masked already: the longest at a place counts, whichever came first.
func TestSecretsThatComeLater(t *testing.T) {
	t.Parallel()
	r := NewRedactor("S3cret-Word!")
	for i := range 100 {
		r.Add("filler-No." + strings.Repeat("x", i) + "!Z9")
	}
	for _, c := range []struct{ add, text, want string }{
		{"", "a S3cret-Word! here", "a " + Mask + " here"},
		{"S3cret-Word!-and-more9", "a S3cret-Word!-and-more9 here", "a " + Mask + " here"},
		{"S3cret", "a S3cret S3cret-Word! aS3cretb", "a " + Mask + " " + Mask + " aS3cretb"},
		{"cret", "cret and secret cret-x", Mask + " and secret cret-x"},
		{"filler-No.!Z9", "filler-No.xx!Z9filler-No.!Z9", Mask + Mask},
	} {
		if c.add != "" {
			r.Add(c.add)
		}
		if got := r.Redact(c.text); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// A public word stays readable where a secret is a part of it, and does not hide a secret that goes on behind it.
func TestPublicWordsAroundSecrets(t *testing.T) {
	t.Parallel()
	r := NewRedactor("Meta.Secret.9", "tail-of-pg-Test9")
	r.Public("pg-Meta.Secret.9", "pg-tail", "Meta.Secret.9")
	for text, want := range map[string]string{
		"pg-Meta.Secret.9 Meta.Secret.9": "pg-Meta.Secret.9 " + Mask,
		"pg-tail-of-pg-Test9":            "pg-" + Mask,
	} {
		if got := r.Redact(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
