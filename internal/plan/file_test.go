package plan

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/node"
	"pig/internal/product"
	"pig/internal/value"
)

func TestStale(t *testing.T) {
	t.Parallel()
	kept := func() UnitPlan {
		u := unit("one", made("a", "", "/x"), Entry{Host: "a", Task: "ask", Unknown: true})
		u.Inputs = "digest"
		u.Entries[0].Changes[0].Diff, u.Entries[0].Changes[0].Sum, u.Entries[1].Source = "+ text", "sum", "source"
		return u
	}
	for name, c := range map[string]struct {
		now  func(u *UnitPlan)
		want string
	}{
		"as it was":             {func(*UnitPlan) {}, ""},
		"another inventory":     {func(u *UnitPlan) { u.Inputs = "other" }, "the inventory has changed"},
		"one change more":       {func(u *UnitPlan) { u.Entries = append(u.Entries, made("a", "", "/y")) }, "not in the plan: a: "},
		"one change less":       {func(u *UnitPlan) { u.Entries = u.Entries[1:] }, "in the plan only: a: "},
		"on another host":       {func(u *UnitPlan) { u.Entries[0].Host = "b" }, "not in the plan: b: "},
		"what is seen of it":    {func(u *UnitPlan) { u.Entries[0].Changes[0].Diff = "+ ••••" }, ""},
		"what is masked":        {func(u *UnitPlan) { u.Entries[0].Changes[0].Sum = "other" }, "changed content: a: "},
		"behind an unknown":     {func(u *UnitPlan) { u.Entries[1].Source = "other" }, "changed content: a: ask"},
		"unknown content":       {func(u *UnitPlan) { u.Entries[0].Changes[0].Unknown = true }, "changed content: a: "},
		"a task becomes known":  {func(u *UnitPlan) { u.Entries[1].Unknown = false }, "in the plan only: a: ask"},
		"another task is vague": {func(u *UnitPlan) { u.Entries = append(u.Entries, Entry{Host: "a", Task: "try", Unknown: true}) }, "not in the plan: a: try"},
	} {
		now := kept()
		now.Entries[0].Changes = append([]node.Change(nil), now.Entries[0].Changes...)
		c.now(&now)
		if got := stale(kept(), now); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") || strings.Contains(got, "(") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// stale compares two plans of one unit.
func stale(was, now UnitPlan) string {
	return Stale(&Plan{Units: []UnitPlan{was}}, &Plan{Units: []UnitPlan{now}}, was.Unit.Name, "files/secrets.yml")
}

// What two units do to the infra node is planned by whichever comes first.
func TestAnotherUnitMayDoWhatBothDo(t *testing.T) {
	t.Parallel()
	shared, own := made("a", "infra", "/shared"), made("a", "", "/own")
	of := func(one, two []Entry) *Plan {
		a, b := unit("one", one...), unit("two", two...)
		return &Plan{Units: []UnitPlan{a, b}}
	}
	other := made("a", "infra", "/shared")
	other.Changes = []node.Change{other.Changes[0]}
	other.Changes[0].Diff = "+ other content"
	for name, c := range map[string]struct {
		now  *Plan
		want string
	}{
		"the other one":      {of([]Entry{own}, []Entry{shared}), ""},
		"nobody":             {of([]Entry{own}, nil), "in the plan only: a: create directory /shared"},
		"both":               {of([]Entry{own, shared}, []Entry{shared}), ""},
		"with other content": {of([]Entry{own}, []Entry{other}), "in the plan only: a: create directory /shared"},
	} {
		if got := Stale(of([]Entry{own, shared}, nil), c.now, "one", ""); got != c.want {
			t.Errorf("%s: %q", name, got)
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

// few rounds are enough for what a test tells apart.
const few = 10

func TestABindingIsWhatAUnitIsMadeOf(t *testing.T) {
	t.Parallel()
	const text = "all: { vars: { pg_admin_password: one }, children: { pg: { hosts: { 10.0.0.1: { pg_seq: 1 }, 10.0.0.2: {} } } } }\n"
	bind := func(text string, extra *value.Dict, salt string, hosts ...string) Binding {
		b, err := NewBinder(inventoryOf(t, text), extra, map[string]string{"x": "sesame"}, salt, few)
		if err != nil {
			t.Fatal(err)
		}
		bound, err := b.Bind(product.Unit{Hosts: hosts})
		if err != nil {
			t.Fatal(err)
		}
		return bound
	}
	unit := func(b Binding) UnitPlan { return UnitPlan{Inputs: b.Inputs, Extra: b.Extra, Passwords: b.Passwords} }
	was := bind(text, nil, "salt", "10.0.0.1")
	again := bind(text, nil, "salt", "10.0.0.1")
	if why := StaleInputs(unit(was), unit(again), "s"); why != "" || !bytes.Equal(was.Key, again.Key) {
		t.Errorf("the same unit is stale: %q", why)
	}
	for name, c := range map[string]struct {
		now  Binding
		want string
	}{
		"another password":          {bind(strings.Replace(text, "one", "two", 1), nil, "salt", "10.0.0.1"), "the inventory has changed for this unit"},
		"another number":            {bind(strings.Replace(text, "pg_seq: 1", "pg_seq: 2", 1), nil, "salt", "10.0.0.1"), "the inventory has changed for this unit"},
		"an extra variable":         {bind(text, value.DictOf("x", int64(1)), "salt", "10.0.0.1"), "the variables of -e have changed"},
		"an extra variable of same": {bind(text, value.DictOf("x", int64(2)), "salt", "10.0.0.1"), "the variables of -e have changed"},
		"another salt":              {bind(text, nil, "pepper", "10.0.0.1"), "the inventory has changed for this unit"},
		"another host":              {bind(text, nil, "salt", "10.0.0.2"), "the inventory has changed for this unit"},
	} {
		if why := StaleInputs(unit(was), unit(c.now), "s"); why != c.want || bytes.Equal(was.Key, c.now.Key) {
			t.Errorf("%s: %q", name, why)
		}
	}
	b, err := NewBinder(inventoryOf(t, text), nil, nil, "salt", few)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Bind(product.Unit{Hosts: []string{"10.0.0.9"}}); err == nil {
		t.Error("a host that the inventory does not have is bound")
	}
	if public(was.Key) == "" || strings.Contains(was.Inputs+was.Passwords, hex.EncodeToString(was.Key)) {
		t.Error("the file tells the key")
	}
}

// However many units a plan has, its digests take no longer than those of a few, and none is quick to guess.
func TestDigestsOfAPlanAreBounded(t *testing.T) {
	t.Parallel()
	for units, want := range map[int]int{0: mostRounds, 1: mostRounds, 25: mostRounds, 100: 50_000, 667: leastRounds, 5000: leastRounds} {
		if got := Rounds(units); got != want {
			t.Errorf("%d units: %d rounds", units, got)
		}
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
	if err != nil || back.Limit != p.Limit || back.Unit("one") == nil || back.Unit("two") != nil || Stale(p, back, "one", "") != "" {
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
