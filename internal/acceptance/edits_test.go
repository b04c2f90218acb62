//go:build linux

package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pig/internal/node"
	"pig/internal/plan"
	"pig/internal/sandbox"
)

// edit is a change that operators make, and what it is to mean for what runs.
type edit struct {
	module string
	name   string
	swap   []string // pairs: what stands in the inventory, and what is to stand there
	// first is done on the nodes or beside the inventory before it is applied.
	first func(l *lab)
	// command is run instead of an apply: there is no plan to compare with then.
	command []string
	// refused is what a plan says that does not let it be.
	refused string
	impact  string   // the worst one
	does    []string // to which units, on which hosts: "restart etcd 10 11 12"
	// rolls says that restarts come one after the other.
	rolls bool
	// pending says that the file still has what was removed, so that the plan that follows is not empty.
	pending bool
	check   func(l *lab) error
}

// editRow is a line of the table in docs/edits.md.
type editRow struct {
	edit
	seen    []string
	seconds float64
}

// TestEdits makes the edits of the table one after the other, and holds each against what it is planned to mean, what pig
// records to have done, and what the nodes saw. PIG_EDITS names some of the modules.
func TestEdits(t *testing.T) {
	thorough(t)
	l := labOf(t, sandbox.Config{Prepared: true, Source: []string{"minio"}}, sampleEdits(t), "10.10.10.10+/data1+/data2", "10.10.10.11+/data1+/data2", "10.10.10.12+/data1+/data2", "10.10.10.13+/data1+/data2+/data3+/data4+/data5+/data6")
	l.unhurried(45 * time.Minute)
	l.must(0, "apply", "--yes")
	if got := changes(l.plan("--detailed-exitcode")); len(got) > 0 {
		t.Fatalf("the plan is not empty:\n%s", strings.Join(got, "\n"))
	}
	var rows []editRow
	for _, module := range editModules {
		if some := os.Getenv("PIG_EDITS"); some != "" && !slices.Contains(strings.Split(some, ","), module) {
			continue
		}
		l.sub(t, module, func(t *testing.T) {
			for _, e := range editsOf(module) {
				e.module = module
				l.sub(t, e.name, func(*testing.T) { rows = append(rows, l.tryEdit(e)) })
			}
		})
	}
	fmt.Println(editTable(rows))
	l.sub(t, "status tells what is stopped", func(t *testing.T) { stopped(t, l) })
	l.sub(t, "a node that is in use stays", func(t *testing.T) { inUse(t, l) })
}

// stopped stops a member of each kind, and wants status to name it.
func stopped(t *testing.T, l *lab) {
	if out := l.must(0, "status"); !strings.Contains(out, "drives 2/2") || !strings.Contains(out, "infra infra: healthy") {
		t.Errorf("everything is healthy, and status says:\n%s", out)
	}
	for _, s := range []struct{ host, unit, cluster, says string }{
		{"10.10.10.12", "minio", "minio", "minio-3: minio is inactive on 10.10.10.12"},
		{"10.10.10.10", "vmalert", "infra", "vmalert is inactive on 10.10.10.10"},
	} {
		l.node(s.host, "systemctl", "stop", s.unit)
		if code, out := l.run("status", s.cluster); code != 2 || !strings.Contains(out, s.says) {
			t.Errorf("exit %d, and it does not say %q:\n%s", code, s.says, out)
		}
		l.node(s.host, "systemctl", "start", s.unit)
	}
}

// inUse wants node-rm to name what is still on a node, one after the other.
func inUse(t *testing.T, l *lab) {
	for host, says := range map[string]string{"10.10.10.10": "pig etcd-rm, pig minio-rm, pig redis-rm", "10.10.10.11": "pig pgsql-rm, pig etcd-rm, pig minio-rm, pig redis-rm"} {
		if code, out := l.run("node-rm", host, "--confirm", host); code == 0 || !strings.Contains(out, "Remove what runs there first: "+says) {
			t.Errorf("exit %d, and it does not say %q:\n%s", code, says, tail(out))
		}
	}
}

func sampleEdits(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/edits.yml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tryEdit makes one edit. What it changes in the inventory stays for those that follow, unless it is refused.
func (l *lab) tryEdit(e edit) editRow {
	l.t.Helper()
	row := editRow{edit: e}
	stood := l.text
	l.edit(e.swap...)
	if e.first != nil {
		e.first(l)
	}
	before, begin := l.look(), time.Now()
	if e.refused != "" {
		if code, out := l.run("plan"); code == 0 || !strings.Contains(out, e.refused) {
			l.t.Errorf("exit %d, and it does not say %q:\n%s", code, e.refused, tail(out))
		}
		l.text = stood
		l.write()
		return row
	}
	var did outcome
	if e.command != nil {
		l.must(0, e.command...)
	} else {
		did = l.applyEdit()
	}
	row.seconds = time.Since(begin).Seconds()
	after := l.look()
	row.seen = seen(before, after, l.unitEvents(begin, e.rolls))
	want := spread(e.does)
	if e.command == nil {
		if did.impact != e.impact {
			l.t.Errorf("the planned impact is %s, want %s", did.impact, e.impact)
		}
		if !slices.Equal(did.planned, want) {
			l.t.Errorf("planned: %s\nwant: %s", strings.Join(did.planned, ", "), strings.Join(want, ", "))
		}
		if !slices.Equal(did.applied, did.planned) {
			l.t.Errorf("recorded: %s\nplanned: %s", strings.Join(did.applied, ", "), strings.Join(did.planned, ", "))
		}
		for _, d := range did.differences {
			l.t.Errorf("not as planned: %s", d)
		}
	}
	if !slices.Equal(row.seen, want) {
		l.t.Errorf("seen on the nodes: %s\nwant: %s", strings.Join(row.seen, ", "), strings.Join(want, ", "))
	}
	if left := changes(l.plan("--detailed-exitcode")); !e.pending && len(left) > 0 {
		l.t.Errorf("the plan is not empty:\n%s", strings.Join(left, "\n"))
	}
	if e.check != nil {
		l.eventually(20*time.Second, e.name, func() error { return e.check(l) })
	}
	if l.t.Failed() {
		row.name += " (FAILED)"
	}
	l.t.Log(row.line())
	return row
}

// edit changes the inventory for good.
func (l *lab) edit(swap ...string) {
	l.t.Helper()
	for i := 0; i+1 < len(swap); i += 2 {
		if !strings.Contains(l.text, swap[i]) {
			l.t.Fatalf("the inventory has no %q", swap[i])
		}
		l.text = strings.Replace(l.text, swap[i], swap[i+1], 1)
	}
	l.write()
}

// outcome is what an apply says that it planned, and that it did.
type outcome struct {
	planned, applied []string
	impact           string
	differences      []string
}

func (l *lab) applyEdit() outcome {
	l.t.Helper()
	cmd := exec.CommandContext(l.ctx, l.pig, "apply", "--yes", "--json", "--sandbox="+l.box.Name(), "-i", "pigsty.yml")
	cmd.Dir = l.dir
	cmd.Env = append(os.Environ(), "HOME="+l.home, "XDG_STATE_HOME="+l.home+"/state", "NO_COLOR=1")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	var o outcome
	var last []string
	for line := range bytes.Lines(out) {
		var event struct {
			Event, Host, On, State, Task, Msg string
			Changes                           []node.Change
		}
		if jsonErr := json.Unmarshal(line, &event); jsonErr != nil {
			l.t.Fatalf("%v in %s", jsonErr, line)
		}
		switch event.Event {
		case "plan":
			planned := planOf(line)
			if planned == nil {
				l.t.Fatalf("no plan in %s", line)
			}
			o.impact = plan.Summarize(planned.Units...).Worst().String()
			for _, u := range planned.Units {
				for _, e := range u.Entries {
					o.planned = append(o.planned, effects(e.Host, e.On, e.Changes)...)
					if e.Failed != "" {
						l.t.Errorf("planning: %s: %s: %s", e.Host, e.Task, e.Failed)
					}
				}
			}
		case "result":
			o.applied = append(o.applied, effects(event.Host, event.On, event.Changes)...)
			if event.State == "failed" || event.State == "unreachable" {
				last = append(last, event.Host+": "+event.Task+": "+event.Msg)
			}
		case "difference":
			o.differences = append(o.differences, event.Msg)
		}
	}
	if err != nil {
		l.t.Fatalf("pig apply: %v\n%s\n%s", err, strings.Join(last, "\n"), tail(complaints.String()))
	}
	o.planned, o.applied = unique(o.planned), unique(o.applied)
	return o
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

var ownAddress = regexp.MustCompile(` 10\.10\.10\.(\d+)`)

// editTable is the table of docs/edits.md.
func editTable(rows []editRow) string {
	var b strings.Builder
	module := ""
	for _, r := range rows {
		if r.module != module {
			module = r.module
			fmt.Fprintf(&b, "\n## %s\n\n| edit | planned impact | services restarted, reloaded, started or stopped | seconds |\n|---|---|---|---|\n", module)
		}
		b.WriteString(r.line() + "\n")
	}
	return b.String()
}

func (r editRow) line() string {
	happened := gather(r.seen)
	if happened == "" {
		happened = "—"
	}
	impact := r.impact
	if r.refused != "" {
		impact = "refused"
	}
	if r.command != nil {
		impact = "`pig " + strings.Join(r.command, " ") + "`"
	}
	return fmt.Sprintf("| %s | %s | %s | %.0f |", r.name, impact, happened, r.seconds)
}

// gather writes one effect for all its hosts: "restart etcd (.10 .11 .12)".
func gather(seen []string) string {
	var order []string
	hosts := map[string]string{}
	for _, s := range seen {
		what := ownAddress.ReplaceAllString(s, "")
		if _, ok := hosts[what]; !ok {
			order = append(order, what)
		}
		if m := ownAddress.FindStringSubmatch(s); m != nil {
			hosts[what] += " ." + m[1]
		}
	}
	for i, what := range order {
		if hosts[what] != "" {
			order[i] = what + " (" + strings.TrimSpace(hosts[what]) + ")"
		}
	}
	return strings.Join(order, ", ")
}

// forget takes issued certificates away, so that they are issued anew.
func forget(names ...string) func(*lab) {
	return func(l *lab) {
		for _, n := range names {
			if err := os.Remove(filepath.Join(l.dir, "files/pki", n)); err != nil {
				l.t.Fatal(err)
			}
		}
	}
}
