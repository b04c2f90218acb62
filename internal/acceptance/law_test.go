//go:build linux

package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pig/internal/plan"
)

// lawRow is what the law of plans looks like on one inventory: all of unplanned, missed, left and restarts are to be 0.
type lawRow struct {
	name                                                                string
	nodes, planned, unknown, applied, unplanned, missed, left, restarts int
	seconds                                                             float64
}

// TestPlanLaw holds every sample inventory to the law of plans: plan, apply, nothing else than planned, an empty plan, and
// another apply that changes and restarts nothing.
func TestPlanLaw(t *testing.T) {
	thorough(t)
	files, err := filepath.Glob("../../inventory/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".yml"))
	}
	names = append(names, "full@debian12")
	if only := os.Getenv("PIG_LAW"); only != "" { // names, with commas
		names = strings.Split(only, ",")
	}
	var rows []lawRow
	for _, name := range names {
		if lawless[name] != "" {
			t.Logf("%s: left out: %s", name, lawless[name])
			continue
		}
		t.Run(name, func(t *testing.T) { rows = append(rows, planLaw(t, name)) })
	}
	fmt.Println(lawTable(rows))
}

// onBookworm is what a sample has to say otherwise on Debian 12.
var onBookworm = strings.NewReplacer("pg_version: 17", "pg_version: 15", "extensions: [ { name: vector } ]", "extensions: [ { name: hypopg } ]")

// lawless are samples that cannot be applied in a sandbox, and why.
var lawless = map[string]string{
	"citus": "Debian has no package of citus; that it is told before anything is changed is tested by itself",
}

var summary = regexp.MustCompile(`(?m)^Applied: (\d+) created, (\d+) updated, (\d+) deleted, (\d+) run`)

func planLaw(t *testing.T, name string) lawRow {
	inventory, system, other := strings.Cut(name, "@")
	text := sampleInventory(t, inventory)
	var systems []string
	switch {
	case other:
		text, systems = onBookworm.Replace(text), []string{system}
	case strings.Contains(text, "bookworm:"):
		systems = []string{"bookworm=debian12"}
	}
	l := labFrom(t, text, systems...)
	row := lawRow{name: name, nodes: len(l.hosts)}
	p := l.plan()
	row.planned, row.unknown = tally(p)
	for _, c := range changes(p) {
		if strings.Contains(c, "FAILED") {
			t.Fatal(c)
		}
	}
	begin := time.Now()
	out := l.must(0, "apply", "--yes")
	row.seconds = time.Since(begin).Seconds()
	if m := summary.FindStringSubmatch(out); m != nil {
		for _, n := range m[1:] {
			i, _ := strconv.Atoi(n)
			row.applied += i
		}
	}
	row.unplanned, row.missed = strings.Count(out, "not as planned: unplanned"), strings.Count(out, "not as planned: missed")
	left := changes(l.plan("--detailed-exitcode"))
	row.left = len(left)
	before := l.units()
	l.must(0, "apply", "--yes")
	after := l.units()
	var restarted []string
	for unit, id := range before {
		if after[unit] != id {
			restarted = append(restarted, unit)
		}
	}
	row.restarts = len(restarted)
	if row.unplanned+row.missed+row.left+row.restarts > 0 {
		t.Errorf("%+v\nleft: %s\nrestarted: %s", row, strings.Join(left, "\n"), strings.Join(restarted, " "))
		for line := range strings.SplitSeq(out, "\n") {
			if strings.Contains(line, "not as planned") {
				t.Error(line)
			}
		}
	}
	return row
}

// tally counts the changes of a plan, and the tasks of which it cannot tell.
func tally(p *plan.Plan) (planned, unknown int) {
	for _, u := range p.Units {
		for _, e := range u.Entries {
			planned += len(e.Changes)
			if e.Unknown {
				unknown++
			}
		}
	}
	return planned, unknown
}

// unitsScript tells the identity of each service that runs, but for those that D-Bus starts and ends by itself.
const unitsScript = `systemctl list-units --type=service --state=running --no-legend --plain | cut -d' ' -f1 | grep -v -e '^user@' -e '^systemd-hostnamed' -e '^systemd-timedated' | xargs systemctl show -p Id -p InvocationID`

// units are the identities of all services that run on all nodes.
func (l *lab) units() map[string]string {
	l.t.Helper()
	all := map[string]string{}
	for _, h := range l.hosts {
		out := l.node(h, "sh", "-c", unitsScript)
		id := ""
		for line := range strings.Lines(out) {
			key, v, _ := strings.Cut(strings.TrimSpace(line), "=")
			switch key {
			case "Id":
				id = v
			case "InvocationID":
				all[h+" "+id] = v
			}
		}
	}
	return all
}

func lawTable(rows []lawRow) string {
	var b strings.Builder
	b.WriteString("| inventory | nodes | planned | known after apply | applied | unplanned | missed | left in the next plan | restarts by the next apply | seconds |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %.0f |\n", r.name, r.nodes, r.planned, r.unknown, r.applied, r.unplanned, r.missed, r.left, r.restarts, r.seconds)
	}
	return b.String()
}
