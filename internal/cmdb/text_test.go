package cmdb

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"pig/internal/credential"
	"pig/internal/diag"
	"pig/internal/secret"
	"pig/internal/value"
	"pig/internal/yaml"
)

func read(t *testing.T, text string) *Text {
	t.Helper()
	r, err := ReadText("x.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An edit that the text has no place for, here behind an alias, makes the text anew: the rows count, and the group that shares the anchor stays as it was.
func TestAnEditThatDoesNotFit(t *testing.T) {
	t.Parallel()
	const text = `all:
  children:
    a:
      hosts: { 10.0.0.1: }
      vars: &shared
        size: 1
        mode: 0644
    b:
      hosts: { 10.0.0.2: }
      vars: *shared
`
	rows := read(t, text).Rows
	rows.Set(Row{ID: ID{Table: tableGroupVar, Group: "a", Key: "size"}, Value: int64(2)})
	got, err := Write(rows, text, NewKeys(nil))
	if err != nil {
		t.Fatal(err)
	}
	back := read(t, got).Rows
	for group, want := range map[string]int64{"a": 2, "b": 1} {
		if v := back.Get(ID{Table: tableGroupVar, Group: group, Key: "size"}).Value; v != want {
			t.Errorf("size of %s is %v, not %d:\n%s", group, v, want, got)
		}
	}
}

// What YAML allows in an inventory is in the rows as Ansible has it.
func TestRowsOfAText(t *testing.T) {
	t.Parallel()
	r := read(t, `
all:
  hosts: { lone: }
  children:
    a: { hosts: "10.0.0.[1:2]" , children: b }   # of a
    b: { hosts: { h:2222: { x: 1 } } }
top: { vars: { 12: twelve } }
c:
  vars:
    pg_admin_password: hush   # was hush-hush
`).Rows
	var got []string
	for _, row := range r.All() {
		got = append(got, row.ID.String()+"="+value.Str(row.Value))
	}
	for _, want := range []string{"group/all=None", "host/all/lone=None", "host/a/10.0.0.1=None", "host/a/10.0.0.2=None", "group_child/a/b=None", "group_child/all/b=None",
		"host/b/h=None", "host_var/b/h/ansible_port=2222", "host_var/b/h/x=1", "group_var/top/12=twelve"} {
		if !strings.Contains(" "+strings.Join(got, " ")+" ", " "+want+" ") {
			t.Errorf("no row %s in %v", want, got)
		}
	}
	if c := r.Get(ID{Table: tableGroup, Group: "a"}).Comment; c != "of a" {
		t.Errorf("the comment of a is %q", c)
	}
	if row := r.Get(ID{Table: tableGroupVar, Group: "c", Key: "pg_admin_password"}); row == nil || row.Comment != "" {
		t.Errorf("the comment of a password is in the row %v", row)
	}
}

// jsonb has the words of YAML for numbers that JSON does not have.
func TestNumbersThatJSONLacks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{".inf": `".inf"`, "-.inf": `"-.inf"`, ".nan": `".nan"`} {
		v, _, err := yaml.Parse([]byte(text), "", yaml.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := encode(v, refuseSecret); err != nil || string(got) != want {
			t.Errorf("%s is %s, %v", text, got, err)
		}
	}
}

// ageCipher is a new key of age.
func ageCipher(t testing.TB) credential.Cipher {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "id")
	if err := os.WriteFile(file, []byte(id.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cipher, err := credential.NewAge(file)
	if err != nil {
		t.Fatal(err)
	}
	return cipher
}

// Age seals as well as a vault, a seal of the one is not opened by the other, and nothing opens without a key.
func TestSeals(t *testing.T) {
	t.Parallel()
	cipher := ageCipher(t)
	byAge, byVault := NewKeys(cipher), vaultKeys()
	for _, keys := range []*Keys{byAge, byVault} {
		text, err := encode(secret.New("a secret of ours"), keys.Seal)
		if err != nil || strings.Contains(string(text), "a secret") {
			t.Fatalf("%v: %s", err, text)
		}
		v, err := decode(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []*Keys{NewKeys(cipher), vaultKeys(), NewKeys(nil)} {
			plain, err := other.Open(v.(secret.Text).Plain())
			if own := other.cipher == keys.cipher; own != (err == nil) || own && plain != "a secret of ours" {
				t.Errorf("%T opens %T: %q, %v", other.cipher, keys.cipher, plain, err)
			}
		}
	}
}

// Names of inventories that are CMDBs, and those that are not.
func TestNamesOfACMDB(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"good.cmdb": "# reads\nservice=meta\n", "empty.cmdb": "# nothing\n", "bad.cmdb": "pigsty.yml\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"service=meta": "service=meta", "postgres://h/d": "postgres://h/d", "host=/tmp dbname=x": "host=/tmp dbname=x", filepath.Join(dir, "good.cmdb"): "service=meta",
		"pigsty.yml": "", "host1,host2,": "", filepath.Join(dir, "empty.cmdb"): "error", filepath.Join(dir, "bad.cmdb"): "error", filepath.Join(dir, "none.cmdb"): "error"} {
		dsn, ok, err := Named(name)
		switch {
		case want == "error":
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		case err != nil || dsn != want || ok != (want != ""):
			t.Errorf("%s: %q, %v, %v", name, dsn, ok, err)
		}
	}
	_, err := Open(t.Context(), "postgres://u:TopSecret@[bad/x")
	if err == nil || strings.Contains(err.Error(), "TopSecret") {
		t.Errorf("the error shows the password: %v", err)
	}
}

// A place inside a value names its row, with the line of the text.
func TestPlacesNameRows(t *testing.T) {
	t.Parallel()
	v, _, err := Inventory("all:\n  children:\n    a:\n      vars:\n        list:\n          - { name: x }\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	at := v.(*value.Dict).At("all").(*value.Dict).At("children").(*value.Dict).At("a").(*value.Dict).At("vars").(*value.Dict).At("list").(*value.List)
	want := diag.Pos{File: "cmdb:group_var/a/list", Line: 6, Col: 15}
	if got := at.Items[0].(*value.Dict).KeyPos("name"); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	_, _, err = Inventory("all:\n  vars:\n    secret_of_ours: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162\n", nil)
	if err == nil || !strings.HasPrefix(err.Error(), "cmdb:global_var/secret_of_ours:3:") {
		t.Errorf("a vault without its key: %v", err)
	}
}
