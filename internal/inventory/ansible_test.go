package inventory

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"

	"pig/internal/value"
)

// The answers come from ansible-inventory of ansible-core 2.14, run with --playbook-dir play on random inventories: groups
// of groups with priorities, hosts in several of them, INI beside YAML, group_vars and host_vars in both places.
func TestAnsibleInventoryAgrees(t *testing.T) {
	t.Parallel()
	dirs, _ := filepath.Glob("testdata/ansible/*")
	for _, dir := range dirs {
		inv, _, err := Load([]string{filepath.Join(dir, "inv")}, Options{PlaybookDir: filepath.Join(dir, "play")})
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		var got, want any
		if err := json.Unmarshal(value.JSON(inv.List(View{})), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, "list.json"))), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the list differs:\n%v\nwant\n%v", dir, got, want)
		}
		if graph := inv.Graph(inv.Group("all"), View{}); graph != read(t, filepath.Join(dir, "graph.txt")) {
			t.Errorf("%s: the graph differs:\n%s", dir, graph)
		}
	}
}
