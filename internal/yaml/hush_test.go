package yaml

import (
	"strings"
	"testing"
)

func TestFaultsTellNoSecret(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"*Sesame1", "&Sesame1 *Sesame2", "!Sesame1", "!<Sesame1>", "%Sesame1", "@Sesame1", "`Sesame1", "!!int Sesame1", "'Sesame1", `"Sesame1`, "Sesame1: Sesame2", "{Sesame1", "[Sesame1", "!!binary Sesame1", "2026-13-41 # Sesame", "!!timestamp Sesame1", "Sesame1 'Sesame2': x", `"\Sesame1"`} {
		for _, text := range []string{
			"a: 1\ndb_password: " + value + "\nb: 2\n", "users:\n- { name: a, password: " + value + " }\n", "api_token:\n  " + value + "\nb: 2\n",
			"all: { vars: { x: 1, \"s3.secret_key\": " + value + " } }\n",
		} {
			_, warnings, err := Parse([]byte(text), "pigsty.yml", Options{})
			for _, w := range warnings {
				if strings.Contains(w.Error()+w.Detail+w.Hint, "Sesame") {
					t.Errorf("%q: the warning tells the secret: %v", text, w)
				}
			}
			if err != nil && strings.Contains(err.Error(), "Sesame") {
				t.Errorf("%q: the error tells the secret: %v", text, err)
			}
		}
	}
	if _, _, err := Parse([]byte("pg_port: *sesame\n"), "pigsty.yml", Options{}); err == nil || !strings.Contains(err.Error(), "sesame") {
		t.Errorf("what is no secret is not told: %v", err)
	}
	if _, _, err := Parse([]byte("pg-test.pgsodium_key: *sesame\n"), "files/secrets.yml", Options{}); err == nil || strings.Contains(err.Error(), "sesame") {
		t.Errorf("of the file of passwords: %v", err)
	}
}

// A key that is there twice is no secret, even where its value is one.
func TestAKeyThatIsThereTwiceIsTold(t *testing.T) {
	t.Parallel()
	for text, told := range map[string]bool{
		"a:\n- { name: u, password: Sesame1, password: Sesame2 }\n":                    true,
		"a: { x: [ { access_key: b, secret_key: 'Se, same', \"secret_key\": b } ] }\n": true,
		"a: { password: Sesame1, pgbouncer: true, pgbouncer: false }\n":                true,
		"a: { name: b, name: c, password: name }\n":                                    true,
		"db_password: Sesame1\ndb_password: Sesame2\n":                                 true,
		"db_password: { Sesame: 1, Sesame: 2 }\n":                                      false,
		"a: { password: { Sesame: 1, Sesame: 2 } }\n":                                  false,
	} {
		_, warnings, err := Parse([]byte(text), "pigsty.yml", Options{})
		if err != nil || len(warnings) != 1 || strings.HasPrefix(warnings[0].Summary, "duplicate key ") != told || strings.Contains(warnings[0].Error(), "Sesame") {
			t.Errorf("%q: %v %v", text, warnings, err)
		}
	}
}

// In a file of secrets even the key is not said, but both of its places are, in YAML and in JSON.
func TestAKeyThatIsThereTwiceAmongSecrets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Sesame: a\nb: 1\nSesame: b\n":                      "s.yml:3:1: duplicate key, first defined at s.yml:1:1",
		"a:\n  x: { 'Sesame': 1, Sesame: 2 }\n":             "s.yml:2:21: duplicate key, first defined at s.yml:2:8",
		"{\"Sesame\": \"a\",\n \"Sesame\": \"b\"}":          "s.yml:2:2: duplicate key, first defined at s.yml:1:2",
		"[ {\"a\": {\"Sesame\": \"a\", \"Sesame\": 1}} ]\n": "s.yml:1:25: duplicate key, first defined at s.yml:1:10",
	} {
		open := Options{Vault: func(string) (string, error) { return text, nil }}
		_, warnings, err := ParseVaulted([]byte("$ANSIBLE_VAULT;1.1;AES256\n"), "s.yml", open)
		if err != nil || len(warnings) != 1 || warnings[0].Error() != want+" (remove one of them: the last one wins)" || !warnings[0].Confidential {
			t.Errorf("%q: %v %v", text, warnings, err)
		}
		_, _, err = Parse([]byte(text), "s.yml", Options{Secret: true, Strict: true})
		if err == nil || err.Error() != want {
			t.Errorf("%q of a file of passwords: %v, want %s", text, err, want)
		}
	}
	if _, warnings, err := Parse([]byte(`{"port": 1, "port": 2}`), "t.json", Options{}); err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Error(), "duplicate key port, first defined at t.json:1:2") {
		t.Errorf("of JSON: %v %v", warnings, err)
	}
}
