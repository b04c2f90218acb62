//go:build linux

package node

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestUnitNamesOnTheBus(t *testing.T) {
	for name, want := range map[string]string{
		"nginx": "nginx_2eservice", "node_exporter.service": "node_5fexporter_2eservice", "postgresql@17-main": "postgresql_4017_2dmain_2eservice",
		"9p.mount": "_39p_2emount", "patroni.timer": "patroni_2etimer", "a.b": "a_2eb_2eservice",
	} {
		if got := busLabel(unitName(name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestUnitOfProperties(t *testing.T) {
	v := func(props map[string]any) map[string]dbus.Variant {
		all := map[string]dbus.Variant{}
		for k, p := range props {
			all[k] = dbus.MakeVariant(p)
		}
		return all
	}
	for name, c := range map[string]struct {
		props map[string]any
		want  Unit
	}{
		"running": {
			map[string]any{"LoadState": "loaded", "ActiveState": "active", "SubState": "running", "UnitFileState": "enabled", "Result": "success", "MainPID": uint32(42), "InvocationID": []byte{0xab, 0xcd}, "NeedDaemonReload": true},
			Unit{Exists: true, Active: "active", Sub: "running", Enabled: "enabled", Result: "success", PID: 42, InvocationID: "abcd", NeedReload: true},
		},
		"not there": {map[string]any{"LoadState": "not-found", "ActiveState": "inactive", "SubState": "dead", "UnitFileState": "", "NeedDaemonReload": false}, Unit{Active: "inactive", Sub: "dead"}},
		"masked":    {map[string]any{"LoadState": "masked", "ActiveState": "inactive", "UnitFileState": ""}, Unit{Exists: true, Active: "inactive", Enabled: "masked"}},
	} {
		if got := unitOf(v(c.props)); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestNobodyAnswersOnTheBus(t *testing.T) {
	b := unitBus{socket: filepath.Join(t.TempDir(), "private")}
	if _, err := b.unit(t.Context(), "nginx"); err == nil || !strings.Contains(err.Error(), "connecting to systemd") {
		t.Error(err)
	}
}
