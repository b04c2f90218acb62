package credential

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

func open(t *testing.T, path string, c Cipher) *Store {
	t.Helper()
	s, err := Open(path, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPasswordsAreMadeOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "files", "secrets.yml")
	for name, c := range map[string]Cipher{"plain": Plain{}, "vault": Vault{"pw"}, "age": newAge(t)} {
		path := path + name
		s := open(t, path, c)
		admin, etcd := s.Get("pg_admin_password"), s.Get("pg-test.pg_etcd_password")
		if admin == etcd || s.Get("pg_admin_password") != admin || len(s.Made()) != 2 {
			t.Fatalf("%s: %q %q %v", name, admin, etcd, s.Made())
		}
		if _, err := os.Stat(path); err == nil {
			t.Fatalf("%s: the file is there before Save", name)
		}
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%s: %v, %v", name, info, err)
		}
		text, _ := os.ReadFile(path)
		if name != "plain" && bytes.Contains(text, []byte(admin)) {
			t.Errorf("%s: the file shows a password", name)
		}
		again := open(t, path, c)
		if again.Get("pg_admin_password") != admin || again.Get("pg-test.pg_etcd_password") != etcd || len(again.Made()) != 0 {
			t.Errorf("%s: another password the second time", name)
		}
	}
}

func TestSavesKeepWhatOthersMade(t *testing.T) {
	t.Parallel()
	path, one, two := twoRuns(t)
	one.Get("b_password")
	two.Get("c_password")
	for _, s := range []*Store{one, two} {
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
	}
	if names := strings.Join(open(t, path, Plain{}).Names(), " "); names != "a_password b_password c_password" {
		t.Errorf("got %s", names)
	}
}

func TestTwoFirstRunsDoNotMixTheirPasswords(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secrets.yml")
	one, two := open(t, path, Plain{}), open(t, path, Plain{})
	want := one.Get("a_password")
	two.Get("a_password")
	if err := one.Save(); err != nil {
		t.Fatal(err)
	}
	if err := two.Save(); err == nil {
		t.Error("the second run goes on with passwords that the file does not have")
	}
	if got := open(t, path, Plain{}).Get("a_password"); got != want {
		t.Error("the file has the second run's password")
	}
}

func TestEncryptedFilesSayHowToOpenThem(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Cipher{"--vault-password-file": Vault{"pw"}, "--age-identity": newAge(t)} {
		path := filepath.Join(t.TempDir(), "secrets.yml")
		s := open(t, path, c)
		s.Get("a_password")
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, Plain{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v", err)
		}
	}
}

func TestPresetPasswordsAreTaken(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "secrets.yml"), Plain{})
	s.Preset(func(name string) string {
		if name == "old" {
			return "kept"
		}
		return ""
	})
	if s.Get("old") != "kept" || len(s.Get("new")) != 24 {
		t.Error("a preset is not taken")
	}
}

func TestWrongFilesAreTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"- a\n": "want lines such as", "a: 1\n": "must be a text in quotes", "a: {}\n": "must be a text in quotes", "\"a b\": x\n": "invalid name", "a: ''\n": "must not be empty", "a: \"x\\ny\"\n": "must be one line", "a: [\n": "", "a: x\na: y\n": "",
	} {
		if _, _, err := Parse([]byte(text), "secrets.yml"); err == nil || !strings.Contains(err.Error(), "secrets.yml:") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestPasswordsHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secrets.yml")
	s := open(t, path, Plain{})
	s.Get("a_password")
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if at := open(t, path, Plain{}).At("a_password"); at.Line != 2 || at.File != path {
		t.Errorf("in a plain file it is in %v", at)
	}
	sealed := open(t, path, Vault{Password: "x"})
	sealed.Set("a_password", "other")
	if err := sealed.Save(); err != nil {
		t.Fatal(err)
	}
	if at := open(t, path, Vault{Password: "x"}).At("a_password"); at.Line != 0 || at.File != path {
		t.Errorf("in an encrypted file it is in %v, where nobody finds it", at)
	}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		p := Generate()
		if !strings.ContainsAny(p, "23456789") || strings.Trim(p, "23456789") == "" {
			t.Errorf("%s has no letter or no digit", p)
		}
		if len(p) != 24 || strings.Trim(p, alphabet) != "" || seen[p] {
			t.Fatalf("%q", p)
		}
		seen[p] = true
	}
}

func newAge(t *testing.T) *Age {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.txt")
	if err := os.WriteFile(path, []byte("# a key\n"+id.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := NewAge(path)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The file is there, and two runs make the same new password: the second one must not take the place of what nodes were told.
func TestTwoLaterRunsDoNotMixTheirPasswords(t *testing.T) {
	t.Parallel()
	path, one, two := twoRuns(t)
	want := one.Get("b_password")
	two.Get("b_password")
	if err := one.Save(); err != nil {
		t.Fatal(err)
	}
	if err := two.Save(); err == nil || !strings.Contains(err.Error(), "run again") {
		t.Errorf("the second run goes on with a password of its own: %v", err)
	}
	again := open(t, path, Plain{})
	if got := again.Get("b_password"); got != want {
		t.Error("the second run took the place of the first one's password")
	}
	again.Set("b_password", "another")
	if err := again.Save(); err != nil {
		t.Error(err)
	}
}

func TestGeneratedPasswordsHaveLettersAndDigits(t *testing.T) {
	t.Parallel()
	for range 2000 { // one in forty had no digit
		if p := Generate(); !strings.ContainsAny(p, "0123456789") || strings.ToLower(p) == p || strings.ToUpper(p) == p {
			t.Fatalf("%s", p)
		}
	}
}

// twoRuns have the same file of passwords, and each its own view of it.
func twoRuns(t *testing.T) (path string, one, two *Store) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "secrets.yml")
	first := open(t, path, Plain{})
	first.Get("a_password")
	if err := first.Save(); err != nil {
		t.Fatal(err)
	}
	return path, open(t, path, Plain{}), open(t, path, Plain{})
}
