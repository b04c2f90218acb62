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
