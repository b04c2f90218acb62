package ui

import (
	"strings"
	"testing"
	"time"

	"pig/internal/node"
	"pig/internal/plan"
)

func TestDriftOfUnits(t *testing.T) {
	t.Parallel()
	broken := changing("minio")
	broken.Problems = []string{"a drive is missing"}
	away := changing("redis")
	away.Entries = []plan.Entry{{Host: "a", Task: "t", Failed: "no route", Unreachable: true}}
	p := &plan.Plan{Pig: "test", Units: []plan.UnitPlan{
		changing("etcd"), changing(`pgsql:"pg"`, node.Change{Kind: "file", ID: "/x", Action: "update", Impact: node.ImpactReload}), broken, away, {Unit: away.Unit, Skipped: "redis"},
	}}
	e := Drift(p.Document())
	var told []string
	for _, u := range e.Units {
		if u.Drifted {
			told = append(told, u.Unit)
		}
	}
	if !e.Drifted || strings.Join(told, " ") != `pgsql:"pg" minio` || e.Units[3].Errors != 1 || e.Units[4].Errors != 1 || e.Units[1].Addresses[0] != `pgsql:"pg"/a/file:/x` {
		t.Errorf("%+v", e)
	}
	metrics := DriftMetrics(p.Document(), time.Unix(1_800_000_000, 0))
	for _, line := range []string{
		`pig_drift_changes{unit="pgsql:\"pg\"",module="",cluster=""} 1`, `pig_drift_changes{unit="etcd",module="",cluster=""} 0`,
		`pig_drift_problems{unit="minio",module="",cluster=""} 1`, `pig_drift_errors{unit="redis",module="",cluster=""} 1`, "pig_drift_time_seconds 1800000000",
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("%s is missing in\n%s", line, metrics)
		}
	}
	text := DriftTotals(Palette{}, p.Document())
	if !strings.Contains(text, "Drift: 2 units of 5") || !strings.Contains(text, "Not looked at: 2 units of 5") || strings.Contains(text, "No drift") {
		t.Errorf("%s", text)
	}
	if text := DriftTotals(Palette{}, (&plan.Plan{Units: []plan.UnitPlan{changing("etcd")}}).Document()); text != "No drift. The hosts match the inventory.\n" {
		t.Errorf("%q", text)
	}
}
