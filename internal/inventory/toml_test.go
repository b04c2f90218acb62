package inventory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/value"
)

// tomlInventory loads one document.
func tomlInventory(t *testing.T, doc string) (*Inventory, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hosts.toml")
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	inv, warnings, err := Load([]string{path}, Options{})
	said := ""
	for _, w := range warnings {
		said += w.Error() + "\n"
	}
	if err != nil {
		said += err.Error()
	}
	return inv, strings.ReplaceAll(said, path, "hosts.toml")
}

func TestTOMLInventory(t *testing.T) {
	t.Parallel()
	inv, said := tomlInventory(t, `
[all.vars]
x = "all"
[web]
children = ["app", "front"]
[web.hosts]
z = {}
"a[1:2]" = { port = 80, tags = ["x"] }
[app.hosts.c]
x = "c"
[front]
`)
	if said != "" {
		t.Fatal(said)
	}
	var names []string
	for _, h := range inv.Hosts() {
		names = append(names, h.Name)
	}
	if got := strings.Join(names, " "); got != "z a1 a2 c" {
		t.Errorf("hosts are %q", got)
	}
	if got := strings.Join(inv.GroupNames(inv.Host("c")), " "); got != "app web" {
		t.Errorf("groups of c are %q", got)
	}
	if got := value.Repr(inv.Vars(inv.Host("a2"))); got != "{'x': 'all', 'port': 80, 'tags': ['x']}" {
		t.Errorf("variables of a2 are %s", got)
	}
}

func TestTOMLInventoryMistakes(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"":                         "the TOML inventory is empty",
		"plugin = 'x'":             "hosts.toml:1:1: invalid inventory: a plugin is configured in YAML",
		"web = 1":                  "hosts.toml:1:1: skipping web: a group is a table",
		"[web]\nchildren = 'app'":  "hosts.toml:2:1: children of group web must be a list, not str",
		"[web]\nhosts = 1":         "hosts.toml:2:1: hosts of group web must be a mapping",
		"[web]\nhots = {}":         "hosts.toml:2:1: skipping unexpected key hots in group web",
		"[web.hosts]\na = { v = }": "hosts.toml:2:",
	} {
		if _, said := tomlInventory(t, doc); !strings.Contains(said, want) {
			t.Errorf("%q: got %q, want %q", doc, said, want)
		}
	}
}
