package ui

import (
	"fmt"
	"strings"
	"time"

	"pig/internal/format"
	"pig/internal/plan"
)

// Drift is a plan as what differs from the inventory.
func Drift(d *plan.Document) DriftEvent {
	e := DriftEvent{Units: []DriftFields{}}
	for _, u := range d.Units {
		f := DriftFields{
			Unit: u.Name, Module: u.Module, Cluster: u.Cluster, Changes: changesOf(u), Unknown: u.Summary.Unknown, Problems: u.Problems,
			Errors: errorsOf(u), WorstImpact: u.WorstImpact, Addresses: []string{},
		}
		f.Drifted = f.Changes+len(f.Problems) > 0
		for _, c := range u.Changes {
			f.Addresses = append(f.Addresses, c.Address)
		}
		e.Drifted = e.Drifted || f.Drifted
		e.Units = append(e.Units, f)
	}
	return e
}

func changesOf(u plan.DocumentUnit) int {
	return u.Summary.Create + u.Summary.Update + u.Summary.Delete + u.Summary.Run
}

// errorsOf counts what kept a unit from being looked at; one that was left out because another failed has one.
func errorsOf(u plan.DocumentUnit) int {
	n := u.Summary.Failed + u.Summary.Unreachable
	if n == 0 && u.Skipped != "" {
		n = 1
	}
	return n
}

// DriftTotals are the last lines of pig drift: one for each unit that differs, one for all.
func DriftTotals(p Palette, d *plan.Document) string {
	var b strings.Builder
	drifted, failed := 0, 0
	for _, u := range Drift(d).Units {
		if u.Errors > 0 {
			failed++
		}
		if !u.Drifted {
			continue
		}
		drifted++
		fmt.Fprintf(&b, "  %s: %s, %s; worst impact: %s\n", u.Unit, format.Plural(u.Changes, "change"), format.Plural(len(u.Problems), "problem"), u.WorstImpact)
	}
	switch {
	case drifted > 0:
		fmt.Fprintf(&b, "%s\n", p.Bold(fmt.Sprintf("Drift: %s of %d", format.Plural(drifted, "unit"), len(d.Units))))
	case failed == 0:
		fmt.Fprintf(&b, "%s The hosts match the inventory.\n", p.Green("No drift."))
	}
	if failed > 0 {
		fmt.Fprintf(&b, "%s\n", p.Red(fmt.Sprintf("Not looked at: %s of %d", format.Plural(failed, "unit"), len(d.Units))))
	}
	return b.String()
}

// metricLabel is a label's value as Prometheus reads it.
var metricLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// DriftMetrics are what differs as metrics in the text format of Prometheus.
func DriftMetrics(d *plan.Document, now time.Time) string {
	units := Drift(d).Units
	var b strings.Builder
	family := func(name, help string, of func(DriftFields) int) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
		for _, u := range units {
			fmt.Fprintf(&b, "%s{unit=\"%s\",module=\"%s\",cluster=\"%s\"} %d\n", name, metricLabel.Replace(u.Unit), metricLabel.Replace(u.Module), metricLabel.Replace(u.Cluster), of(u))
		}
	}
	family("pig_drift_changes", "Changes that pig apply would make.", func(u DriftFields) int { return u.Changes })
	family("pig_drift_problems", "Services that do not run as declared.", func(u DriftFields) int { return len(u.Problems) })
	family("pig_drift_unknown", "Tasks with an unknown result.", func(u DriftFields) int { return u.Unknown })
	family("pig_drift_errors", "Tasks that failed and hosts that could not be reached.", func(u DriftFields) int { return u.Errors })
	fmt.Fprintf(&b, "# HELP pig_drift_time_seconds When pig drift ran last.\n# TYPE pig_drift_time_seconds gauge\npig_drift_time_seconds %d\n", now.Unix())
	return b.String()
}
