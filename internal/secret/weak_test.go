package secret

import (
	"strings"
	"testing"
)

func TestCommonWordsAreMaskedWhereTheyStandAlone(t *testing.T) {
	t.Parallel()
	r := NewRedactor("pigsty", "test", "event", "2026", "0.00", "sesame-Street-42")
	for in, want := range map[string]string{
		"pigsty.yml:3:5: /etc/pigsty/pigsty.conf":              "pigsty.yml:3:5: /etc/pigsty/pigsty.conf",
		"PASSWORD 'pigsty'; password=pigsty. password: pigsty": "PASSWORD '••••••'; password=••••••. password: ••••••",
		"postgres://u:test@10.0.0.1:5432/test":                 "postgres://u:••••••@10.0.0.1:5432/test",
		"pg-test latest testing test_db pg-test-1":             "pg-test latest testing test_db pg-test-1",
		"2026-11-29T03:24:28Z 20260 pid 12026":                 "2026-11-29T03:24:28Z 20260 pid 12026",
		"rate 10.00, 0.000, 0.00s; password 0.00":              "rate 10.00, 0.000, 0.00s; password ••••••",
		"xsesame-Street-42x":                                   "x••••••x",
		"testtest test":                                        "testtest ••••••",
		`{"password":"test"}`:                                  `{"password":"••••••"}`,
		"c2VzYW1lLVN0cmVldC00Mg==":                             "••••••",
	} {
		if got := r.Redact(in); got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
	if got := r.Name("test sesame-Street-42"); got != "test ••••••" {
		t.Errorf("a name: %q", got)
	}
	if got := strings.Join(r.Found("pigsty.yml has 'test'"), " "); got != "test" {
		t.Errorf("found: %q", got)
	}
	for s, want := range map[string]bool{"pigsty": true, "DBUser.Meta": false, "password1": true, "20261129": true, "correcthorsebatterystaple": false, "xK9#mQ2!": false} {
		if Weak(s) != want {
			t.Errorf("%q is weak: %v", s, !want)
		}
	}
}

func TestRemovedLinesAreHidden(t *testing.T) {
	t.Parallel()
	diff := "--- /x\n+++ /x\n@@ -1,3 +1,2 @@\n same\n--- old secret\n-password: old\n-\n+password: ••••••\n"
	if got, want := HideRemoved(diff), "--- /x\n+++ /x\n@@ -1,3 +1,2 @@\n same\n-••••••\n-••••••\n-\n+password: ••••••\n"; got != want {
		t.Errorf("got %q", got)
	}
	if got := HideNamed("@@ @@\n-port: 1\n-Password = x\n+port: 2\n"); got != "@@ @@\n-port: 1\n-••••••\n+port: 2\n" {
		t.Errorf("named: %q", got)
	}
}
