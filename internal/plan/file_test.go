package plan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/node"
	"pig/internal/value"
)

func TestStale(t *testing.T) {
	t.Parallel()
	kept := func() UnitPlan {
		u := unit("one", made("a", "", "/x"), Entry{Host: "a", Task: "ask", Unknown: true})
		u.Inputs = "digest"
		u.Entries[0].Changes[0].Diff = "+ text"
		return u
	}
	for name, c := range map[string]struct {
		now  func(u *UnitPlan)
		want string
	}{
		"as it was":             {func(*UnitPlan) {}, ""},
		"another inventory":     {func(u *UnitPlan) { u.Inputs = "other" }, "the inventory has changed"},
		"one change more":       {func(u *UnitPlan) { u.Entries = append(u.Entries, made("a", "", "/y")) }, "it would now also: a: "},
		"one change less":       {func(u *UnitPlan) { u.Entries = u.Entries[1:] }, "it would no longer: a: "},
		"on another host":       {func(u *UnitPlan) { u.Entries[0].Host = "b" }, "it would now also: b: "},
		"other content":         {func(u *UnitPlan) { u.Entries[0].Changes[0].Diff = "+ other" }, "the content has changed of: a: "},
		"a task becomes known":  {func(u *UnitPlan) { u.Entries[1].Unknown = false }, "it would no longer: a: ask"},
		"another task is vague": {func(u *UnitPlan) { u.Entries = append(u.Entries, Entry{Host: "a", Task: "try", Unknown: true}) }, "it would now also: a: try"},
	} {
		now := kept()
		now.Entries[0].Changes = append([]node.Change(nil), now.Entries[0].Changes...)
		c.now(&now)
		if got := Stale(kept(), now, "files/secrets.yml"); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") || strings.Contains(got, "(") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func inventoryOf(t *testing.T, text string) *inventory.Inventory {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pigsty.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	inv, _, err := inventory.Load([]string{path}, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func TestInputsDigestWhatAUnitIsMadeOf(t *testing.T) {
	t.Parallel()
	const text = "all: { vars: { pg_admin_password: one }, children: { pg: { hosts: { 10.0.0.1: { pg_seq: 1 }, 10.0.0.2: {} } } } }\n"
	digest := func(text string, extra *value.Dict, salt string, hosts ...string) string {
		d, err := Inputs(inventoryOf(t, text), Unit{Hosts: hosts}, extra, salt)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	was := digest(text, nil, "salt", "10.0.0.1")
	if again := digest(text, nil, "salt", "10.0.0.1"); again != was {
		t.Errorf("the same inputs have the digests %s and %s", was, again)
	}
	for name, other := range map[string]string{
		"another password":      digest(strings.Replace(text, "one", "two", 1), nil, "salt", "10.0.0.1"),
		"another host's number": digest(strings.Replace(text, "pg_seq: 1", "pg_seq: 2", 1), nil, "salt", "10.0.0.1"),
		"an extra variable":     digest(text, value.DictOf("x", int64(1)), "salt", "10.0.0.1"),
		"another salt":          digest(text, nil, "pepper", "10.0.0.1"),
		"another host":          digest(text, nil, "salt", "10.0.0.2"),
	} {
		if other == was {
			t.Errorf("%s does not change the digest", name)
		}
	}
	if _, err := Inputs(inventoryOf(t, text), Unit{Hosts: []string{"10.0.0.9"}}, nil, "salt"); err == nil {
		t.Error("a host that the inventory does not have has a digest")
	}
}

func TestAPlanFileComesBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "my.plan")
	p := &Plan{Pig: "test", Salt: "salt", Limit: "pg-*", Only: []string{"pgsql"}, Units: []UnitPlan{unit("one", made("a", "", "/x"))}}
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	back, err := Open(path)
	if err != nil || back.Limit != p.Limit || back.Unit("one") == nil || back.Unit("two") != nil || Stale(p.Units[0], *back.Unit("one"), "") != "" {
		t.Errorf("%+v, %v", back, err)
	}
	for name, text := range map[string]string{"no JSON": "pigsty", "a version of before": `{"version": 0}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil {
			t.Errorf("%s is taken for a plan", name)
		}
	}
}

func TestAPlanReplacesNothingButAPlan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "my.plan")
	if err := Replaceable(path); err != nil {
		t.Error(err)
	}
	if err := (&Plan{Pig: "test"}).Save(path); err != nil {
		t.Fatal(err)
	}
	if err := Replaceable(path); err != nil {
		t.Error(err)
	}
	for name, text := range map[string]string{"an inventory": "all: {}\n", "other JSON": `{"a": 1}`, "an empty file": ""} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Replaceable(path); err == nil {
			t.Errorf("%s is replaced", name)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "no", "my.plan")} {
		if err := Replaceable(path); err == nil {
			t.Errorf("a plan can be saved in %s", path)
		}
	}
}
