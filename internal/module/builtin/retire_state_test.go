package builtin

import (
	"testing"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

func TestUnitsThatAreSwitchedOffAndRunAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		unit   node.Unit
		file   string
		absent bool // the file
		want   string
	}{
		"it runs":              {node.Unit{Exists: true, Active: "active"}, "# made by pig\n", false, "['haproxy is switched off (haproxy_enabled) and runs: pig apply stops it']"},
		"it is starting":       {node.Unit{Exists: true, Active: "activating"}, "# made by pig\n", false, "['haproxy is switched off (haproxy_enabled) and runs: pig apply stops it']"},
		"it does not run":      {node.Unit{Exists: true, Active: "inactive"}, "# made by pig\n", false, "[]"},
		"an operator's own":    {node.Unit{Exists: true, Active: "active"}, "# mine\n", false, "[]"},
		"without a file":       {node.Unit{Exists: true, Active: "active"}, "", true, "[]"},
		"no unit on this node": {node.Unit{}, "# made by pig\n", false, "[]"},
	} {
		n := &fake.Node{Contents: map[string]string{}, States: map[string]node.Unit{"haproxy.service": c.unit, "haproxy": c.unit}}
		if !c.absent {
			n.Contents["/etc/haproxy/haproxy.cfg"] = c.file
		}
		units := value.NewList(value.DictOf("unit", "haproxy", "file", "/etc/haproxy/haproxy.cfg", "begins", "# made by pig", "off", "haproxy_enabled"))
		r := module.Run(t.Context(), n, Table(), module.Task{Module: "retire_state", Args: value.DictOf("units", units), User: "root"})
		if got := value.Repr(r.Values.At("problems")); r.Failed != "" || got != c.want || len(r.Changes) > 0 {
			t.Errorf("%s: %s %s, want %s", name, got, r.Failed, c.want)
		}
	}
}
