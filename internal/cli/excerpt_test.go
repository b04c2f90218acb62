package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/diag"
)

// shownLines gives each line of a file as it would be shown below a mistake.
func shownLines(t *testing.T, name, text string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var shown []string
	for i := range strings.Count(text, "\n") {
		e, err := readExcerpt(diag.Pos{File: file, Line: i + 1})
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, e.Line)
	}
	return shown
}

func TestExcerptsShowNoSecret(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"pg_admin_password:\n  \"CANARY2\n", "pg_admin_password:\n\"CANARY2\n", "all:\n  vars:\n    pg_admin_password:\n    CANARY2: 'x\n", "pg_admin_password: \"x\n  CANARY2\n  CANARY3\"\n",
		"pg_admin_password: |\n  a\n  CANARY2\n", "pg_admin_pasword:\n\n  # why\n  CANARY2\n", "admin_passwords:\n  bob:\n    CANARY2: x\n  eve: CANARY\n", "passwords:\n- x\n- CANARY2\n",
		"passwords:\n  - x\n  -   - CANARY2\n", "pg_users:\n  - name: a\n    password:\n      CANARY2\n    roles: []\n", "pg_users: [\n  { name: a, password: CANARY2,\n  CANARY3 },\n", "pg_users: password=CANARY\n",
		"pg_users:\n  - { name: a, password CANARY }\n", "x: { tls_private_key_pem:\n  CANARY2 }\n", "vip_auth_pass CANARY\n", "all: { vars: {\n \"pgpass\": \"CANARY2\n", "pg_admin_password: !secret\n  CANARY2\n",
		"x: 'a\n CANARY2'\n", "db:\n  s3_secret_access_key: >-\n\n     CANARY2\n     CANARY3: 2\n",
	} {
		for _, line := range shownLines(t, "pigsty.yml", text) {
			if strings.Contains(line, "CANARY") {
				t.Errorf("%q: the excerpt is %q", text, line)
			}
		}
	}
	for _, text := range []string{"pg_admin_password: CANARY\n", "x: CANARY\n", "CANARY\n", "  'CANARY\n", "# CANARY\n", "- CANARY\n", "minio_user_meta:\n  CANARY\n"} {
		for _, line := range shownLines(t, "secrets.yml", text) {
			if strings.Contains(line, "CANARY") {
				t.Errorf("secrets.yml, %q: the excerpt is %q", text, line)
			}
		}
	}
}

func TestExcerptsShowTheRest(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"all:\n  children:\n    pg-meta:\n      hosts:\n        10.10.10.10: { pg_seq: 1, pg_role: primary }\n        ::1: {}\n      vars:\n        pg_users:\n          - { name: a, pgbouncer: true }\n          - name: b\n            roles: [ x ]\n",
		"- hosts: all\n  tasks:\n    - name: say it\n      shell: |\n        echo one\n        echo two\n    - debug: msg=hello\n", "pg_databases: [\n  { name: a },\n  { name: b }\n]\n", "---\n# a comment\nnode_dns_servers:\n- 1.1.1.1\n",
		"pg_pwd_enc: md5\nkey: x\nauth: y\n", "pg_hba_rules: [ { user: all, auth: pwd }, { auth: pwd, user: all, addr: inta } ]\n",
	} {
		if got := strings.Join(shownLines(t, "pigsty.yml", text), "\n") + "\n"; got != text {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
	for name, text := range map[string]string{"hosts": "[all]\n10.10.10.10 ansible_user=x\n", "a.j2": "{% if x %}\nplain {{ y }}\n"} {
		if got := strings.Join(shownLines(t, name, text), "\n") + "\n"; got != text {
			t.Errorf("%s: %q is shown as %q", name, text, got)
		}
	}
	if got := shownLines(t, "secrets.yml", "pg_admin_password: \"x\n"); got[0] != "pg_admin_password: ••••••" {
		t.Errorf("the key of a password is not shown: %q", got)
	}
}
