package cli

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/value"
	"pig/internal/yaml"
)

// friends works out whose keys let in to host of a cluster of n hosts, and what that takes of memory.
func friends(t *testing.T, n int, host string) (names []string, bytes uint64) {
	t.Helper()
	text, err := os.ReadFile("../../roles/node_keys/defaults/main.yml")
	if err != nil {
		t.Fatal(err)
	}
	parsed, _, err := yaml.Parse(text, "main.yml", yaml.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hosts, vars := value.NewList("infra-1"), value.DictOf("infra-1", value.DictOf("node_cluster", "infra"), "other", value.DictOf("node_cluster", "other"))
	for i := range n {
		name := fmt.Sprintf("h%d", i)
		hosts.Append(name)
		vars.Set(name, value.DictOf("node_cluster", "big"))
	}
	hosts.Append("other")
	scope := jinja.New(jinja.Options{}).Scope(staticVars{play: value.DictOf("groups", value.DictOf("infra", value.NewList("infra-1", "infra-2")),
		"ansible_play_hosts", hosts, "hostvars", vars, "inventory_hostname", host, "node_cluster", vars.At(host).(*value.Dict).At("node_cluster"))})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	v, err := scope.Value(parsed.(*value.Dict).At("node_friends"), diag.Pos{})
	runtime.ReadMemStats(&after)
	l, ok := v.(*value.List)
	if err != nil || !ok {
		t.Fatalf("%v, %v", v, err)
	}
	for _, item := range l.Items {
		names = append(names, value.Str(item))
	}
	return names, after.TotalAlloc - before.TotalAlloc
}

// Every host works out its friends: four times the hosts are not to take each of them sixteen times the work.
func TestFriendsTakeWorkInProportion(t *testing.T) {
	for host, want := range map[string]string{"h0": "infra-1 infra-2 h0 h1 h2", "infra-1": "infra-1 infra-2", "other": "infra-1 infra-2 other"} {
		if names, _ := friends(t, 3, host); strings.Join(names, " ") != want {
			t.Errorf("%s: %v, want %s", host, names, want)
		}
	}
	friends(t, 10, "h0")
	_, few := friends(t, 250, "h0")
	_, many := friends(t, 1000, "h0")
	if many > 7*few {
		t.Errorf("250 hosts take %d bytes, 1000 hosts %d", few, many)
	}
}
