package module

import (
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/node"
)

// A node reaches its own service on the address that it listens at, or on the loopback of a kind that it takes.
func TestWhereANodeReachesItsOwnService(t *testing.T) {
	t.Parallel()
	for lines, want := range map[string]string{
		"":                                     "127.0.0.1:8008",
		"0.0.0.0:8008":                         "127.0.0.1:8008",
		"*:8008":                               "127.0.0.1:8008",
		"[::]:8008":                            "[::1]:8008",
		"0.0.0.0:8008 [::]:8008":               "127.0.0.1:8008",
		"10.0.0.1:8008":                        "10.0.0.1:8008",
		"[2001:db8::10]:8008":                  "[2001:db8::10]:8008",
		"[2001:db8::10]:18008 [::1]:80":        "127.0.0.1:8008",
		"[2001:db8::10]:2379 127.0.0.1:8008":   "127.0.0.1:8008",
		"10.0.0.1:80 [2001:db8::10]:8008 [::]": "[2001:db8::10]:8008",
	} {
		var out strings.Builder
		for at := range strings.FieldsSeq(lines) {
			out.WriteString("LISTEN 0 5 " + at + " 0.0.0.0:* users:((\"patroni\",pid=7,fd=4))\n")
		}
		f := &fake.Node{OnExec: func(node.Cmd) (node.Output, error) { return node.Output{Stdout: []byte(out.String())}, nil }}
		if got := Listener(t.Context(), &Call{System: f}, 8008); got != want {
			t.Errorf("%s: %s, want %s", lines, got, want)
		}
	}
}
