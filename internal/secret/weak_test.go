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
	for _, line := range []string{"requirepass Old1", `"bob" "Old1"`, "*:*:*:u:Old1", "10.0.0.1:5432:postgres:dba:Old1", "pwd=Old1"} {
		if got := HideNamed("@@ @@\n-" + line + "\n"); strings.Contains(got, "Old1") {
			t.Errorf("named: %q", got)
		}
	}
}

func TestFilesThatHoldSecrets(t *testing.T) {
	t.Parallel()
	for file, content := range map[string]string{
		"/etc/redis/redis.conf": "", "/etc/pgbouncer/userlist.txt": "", "/root/.pgpass": "", "/etc/x/server.key": "", "/etc/patroni/patroni.yml": "", "/etc/default/minio.env": "",
		"/etc/a": "user = x\npassword = old\n", "/etc/b": "requirepass old\n", "/etc/c": "export API_TOKEN=x\n", "/etc/d": "url = postgres://u:pw@h/db\n", "/etc/e": "- api_key: x\n",
		"/etc/f": "\"bob\" \"old\"\n",
	} {
		if !Holder(file, []byte(content)) {
			t.Errorf("%s: %q is taken for harmless", file, content)
		}
	}
	for file, content := range map[string]string{
		"/etc/hosts": "10.0.0.1 a\n::1 ip6-localhost\n", "/etc/sysctl.conf": "vm.swappiness = 1\n", "/etc/pg_hba.conf": "host all all 10.0.0.0/8 scram-sha-256\n", "/etc/profile": "PATH=/a:/b\n",
		"/etc/g": "password_file = /x\nkey = y\ntoken_ttl: 5\n", "/etc/h": "password:\n",
	} {
		if Holder(file, []byte(content)) {
			t.Errorf("%s: %q is taken for secret", file, content)
		}
	}
}
