package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/secret"
)

// place takes the mark ‸ out of a line and gives the column of what stands behind it.
func place(line string) (string, int) {
	before, after, ok := strings.Cut(line, caret)
	if !ok {
		return line, 0
	}
	return before + after, len([]rune(before)) + 1
}

func TestMarksStayWithTheirTextWhenPasswordsAreMasked(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"pg_users: [ { name: a, password: CANARY, ‸pgbouncr: true } ]":          "pg_users: [ { name: a, password: ••••••, ‸pgbouncr: true } ]",
		"- { ‸nam: a, password: CANARY, roles: [ x ] }":                         "- { ‸nam: a, password: ••••••, roles: [ x ] }",
		"- { name: a, password: 'CAN,ARY: x', ‸pgbouncr: true }":                "- { name: a, password: ••••••, ‸pgbouncr: true }",
		`- { name: a, password: "CAN\"ARY, b: c", ‸pgbouncr: true } # why`:      "- { name: a, password: ••••••, ‸pgbouncr: true } # why",
		`- { "name": "a", "password": "CANARY", ‸"pgbouncr": true }`:            `- { "name": "a", "password": ••••••, ‸"pgbouncr": true }`,
		"[ { name: a, password: CANARY }, { name: b, ‸passwrd: CANARY } ]":      "[ { name: a, password: •••••• }, { name: b, ‸passwrd: •••••• } ]",
		"- { name: a, ‸password: CANARY, roles: [] }":                           "- { name: a, ‸password: ••••••, roles: [] }",
		"- { name: a, password: ‸CANARY, roles: [] }":                           "- { name: a, password: ‸••••••, roles: [] }",
		"- { name: a, password: CAN‸ARY, roles: [] }":                           "- { name: a, password: ‸••••••, roles: [] }",
		"- { password: CANARY, secret_key: CANARY2, nam: ‸ü }":                  "- { password: ••••••, secret_key: ••••••, nam: ‸ü }",
		"10.0.0.1 ansible_password=CANARY ‸ansibel_user=x":                      "10.0.0.1 ansible_password=•••••• ‸ansibel_user=x",
		"x: { url: 'http://u:CANARY@h/', ‸y: 1 }":                               "x: { url: 'http://u:••••••@h/', ‸y: 1 }",
		"x: { pg_admin_password: { a: CANARY, b: [ CANARY ] }, ‸pg_seqq: 1 }":   "x: { pg_admin_password: ••••••, ‸pg_seqq: 1 }",
		"pg_admin_password: CANARY ‸more":                                       "pg_admin_password: ‸••••••",
		"- { name: a, password: CAN,ARY, ‸pgbouncr: true }":                     "- { name: a, password: ••••••, ‸pgbouncr: true }",
		"- { name: a, password: CAN}ARY, ‸pgbouncr: true }":                     "- { name: a, password: ••••••, ‸pgbouncr: true }",
		"- { name: a, password: CANARY, CANARY, ‸pgbouncr: true }":              "- { name: a, password: ••••••, ‸pgbouncr: true }",
		"- { name: a, password: 'CANARY, pgbouncer: CANARY, comment: 'a‸': 'x'": "- { name: a, password: ‸••••••",
		"- { name: a, password: \"CANARY, b: c, ‸d: e }":                        "- { name: a, password: ‸••••••",
	} {
		text, col := place(line)
		e := veil(text, col, secretSpans(text))
		shown := []rune(e.Line)
		got := string(shown[:e.Col-1]) + caret + string(shown[e.Col-1:])
		if got != want {
			t.Errorf("%s\ngives %s\nwant  %s", line, got, want)
		}
	}
}

func TestAMarkOutsideOfTheLineIsNone(t *testing.T) {
	t.Parallel()
	for _, col := range []int{-1, 0, 30} {
		if e := veil("password: CANARY", col, secretSpans("password: CANARY")); e.Col != 0 {
			t.Errorf("column %d becomes %d", col, e.Col)
		}
	}
}

// What only the inventory tells to be a secret is masked in the excerpt too, and moves the mark.
func TestMarksStayWhereKnownSecretsAreMasked(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pigsty.yml")
	if err := os.WriteFile(file, []byte("x: { note: CANARYCANARY, wrong: 1 }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	d := diag.Errorf(diag.Pos{File: file, Line: 1, Col: 26}, "unknown")
	diag.Render(&b, d, (&app{}).excerpts(secret.NewRedactor("CANARYCANARY").Redact))
	lines := strings.Split(b.String(), "\n")
	if want := "    1 | x: { note: " + secret.Mask + ", wrong: 1 }"; lines[2] != want {
		t.Fatalf("got %q, want %q", lines[2], want)
	}
	if at := strings.Index(string([]rune(lines[2])), "wrong"); len([]rune(lines[2][:at])) != strings.Index(lines[3], "^") {
		t.Errorf("the mark is at the wrong place:\n%s\n%s", lines[2], lines[3])
	}
}

// A password that is an ordinary word is hidden in its line, and does not hide words of the message.
func TestAWeakPasswordSparesTheMessage(t *testing.T) {
	sound, err := os.ReadFile("testdata/mistakes/sound.yml")
	if err != nil {
		t.Fatal(err)
	}
	code, out := validateText(t, strings.Replace(string(sound), "pg_version: 17", "pg_version: 17\n    minio_secret_key: short", 1))
	if code != 1 || !strings.Contains(out, "minio_secret_key is too short\n") || !strings.Contains(out, "minio_secret_key: ••••••") || strings.Contains(out, ": short") {
		t.Errorf("exit status %d\n%s", code, out)
	}
}
