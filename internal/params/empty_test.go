package params

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/value"
)

// A parameter without a value is refused at its place, or means the empty list or mapping, or is one that is nothing by itself.
func TestNoValueIsRefusedOrEmpty(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pigsty.yml")
	for _, p := range Load().Params {
		if p.Unused != "" || p.Levels == "A" {
			continue
		}
		if err := os.WriteFile(file, []byte("all:\n  vars:\n    "+p.Name+":\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		inv := load(t, file)
		refused := ""
		for _, d := range Validate(inv) {
			if strings.Contains(d.Summary, "has no value") {
				refused = d.Error()
			}
		}
		got := "not set"
		if v, set := Modernize(inv.GroupVars(inv.Group("all"))).Get(p.Name); set {
			got = value.Repr(v)
		}
		nothing := p.Default == nil || p.Default == ""
		many := p.Type.List || p.Type.Map || p.Type.Kind == "dict"
		switch {
		case p.Generated == PerEnvironment:
			if refused != file+":3:5: "+p.Name+" has no value (write a value, or remove the line to generate a password)" {
				t.Errorf("%s: says %q", p.Name, refused)
			}
		case nothing:
			if refused != "" || got != "not set" {
				t.Errorf("%s: is %s, says %q", p.Name, got, refused)
			}
		case many:
			if want := map[bool]string{true: "[]", false: "{}"}[p.Type.List]; refused != "" || got != want {
				t.Errorf("%s: is %s, says %q", p.Name, got, refused)
			}
		default:
			if want := file + ":3:5: " + p.Name + " has no value (write a value, or remove the line: the default is "; !strings.HasPrefix(refused, want) || refused == want+")" {
				t.Errorf("%s: says %q", p.Name, refused)
			}
		}
	}
}

// Fields without values are not there.
func TestFieldsWithoutValuesAreNotThere(t *testing.T) {
	t.Parallel()
	repository := value.DictOf("name", "debian", "module", "node", "key", nil, "mine", nil)
	vars := value.DictOf("repo_upstream", value.NewList(repository))
	got := value.Repr(Modernize(vars).At("repo_upstream"))
	if want := "[{'name': 'debian', 'module': 'node', 'mine': None}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if !repository.Has("key") {
		t.Error("the original changed")
	}
}
