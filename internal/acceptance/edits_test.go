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
	if out := l.must(0, "status"); !strings.Contains(out, "drives 2/2") || !strings.Contains(out, "infra infra: well") {
		t.Errorf("everything is well, and status says:\n%s", out)
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
			Plan                              *plan.Plan
			Changes                           []node.Change
		}
		if jsonErr := json.Unmarshal(line, &event); jsonErr != nil {
			l.t.Fatalf("%v in %s", jsonErr, line)
		}
		switch event.Event {
		case "plan":
			o.impact = plan.Summarize(event.Plan.Units...).Worst().String()
			for _, u := range event.Plan.Units {
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

var memberHost = map[string]string{"pg-test-1": "10.10.10.11", "pg-test-2": "10.10.10.12", "pg-test-3": "10.10.10.13"}

// effects are what changes mean for the units of a host: "restart etcd 10.10.10.10".
func effects(host, on string, list []node.Change) []string {
	if on != "" {
		host = on
	}
	var all []string
	for _, c := range list {
		switch {
		case c.Kind == "service" && slices.Contains([]string{"start", "stop", "restart", "reload"}, c.Action):
			all = append(all, c.Action+" "+strings.TrimSuffix(c.ID, ".service")+" "+host)
		case c.Kind == "patroni member" && c.Action == "restart":
			all = append(all, "restart postgres "+memberHost[c.ID])
		case c.Kind == "patroni cluster" && c.Action == "switchover":
			all = append(all, "failover pg-test", "restart postgres "+memberHost[c.Attrs[0].Before])
		case c.Kind == "redis cluster" && c.Action == "failover":
			all = append(all, "failover "+c.ID)
		}
	}
	return all
}

// spread writes "restart etcd 10 11" as one effect for each host.
func spread(does []string) []string {
	var all []string
	for _, d := range does {
		f := strings.Fields(d)
		if len(f) == 2 {
			all = append(all, d)
		}
		for _, host := range f[2:] {
			all = append(all, f[0]+" "+f[1]+" 10.10.10."+host)
		}
	}
	return unique(all)
}

// lookScript tells what runs on a node: each service with its identity, PostgreSQL with its process and time of start, and
// whether PostgreSQL or Redis leads there.
const lookScript = unitsScript + `
if [ -e /pg/data/postmaster.pid ]; then
  echo postgres=$(sed -n '1p;3p' /pg/data/postmaster.pid | paste -sd.)
  runuser -u postgres -- /usr/lib/postgresql/17/bin/psql -XAtq -h /var/run/postgresql -p $(sed -n 4p /pg/data/postmaster.pid) -c "select 'leads=pg-test' where not pg_is_in_recovery()" postgres
fi
for conf in /etc/redis/redis-ms-*.conf; do
  [ -e $conf ] || continue
  port=${conf##*-}
  REDISCLI_AUTH=$(sed -n 's/^requirepass *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' $conf) redis-cli -h $(hostname -I | tr ' ' '\n' | grep -m1 '^10.10.10.1[0-9]$') -p ${port%.conf} role | grep -q master && echo leads=redis-ms
done
true`

// look takes down who runs on all nodes, and who leads.
func (l *lab) look() map[string]string {
	l.t.Helper()
	all := map[string]string{}
	for _, h := range l.hosts {
		unit := ""
		for line := range strings.Lines(l.node(h, "sh", "-c", lookScript)) {
			line = strings.TrimSpace(line)
			if name, ok := strings.CutPrefix(line, "Id="); ok {
				unit = strings.TrimSuffix(name, ".service")
			} else if id, ok := strings.CutPrefix(line, "InvocationID="); ok {
				all[unit+" "+h] = id
			} else if id, ok := strings.CutPrefix(line, "postgres="); ok {
				all["postgres "+h] = id
			} else if name, ok := strings.CutPrefix(line, "leads="); ok {
				all["leader "+name] = h
			}
		}
	}
	if all["leader pg-test"] == "" || all["leader redis-ms"] == "" {
		l.t.Errorf("nobody leads: %v", all)
	}
	return all
}

// seen is what has happened between two looks, with what systemd told in between.
func seen(before, after map[string]string, reloads []string) []string {
	all := reloads
	for key, id := range after {
		unit, host, _ := strings.Cut(key, " ")
		was, ran := before[key]
		switch {
		case ran && was == id:
		case unit == "leader":
			all = append(all, "failover "+host)
		case ran:
			all = append(all, "restart "+key)
		case unit != "postgres":
			all = append(all, "start "+key)
		}
	}
	for key := range before {
		if _, runs := after[key]; !runs && !strings.HasPrefix(key, "postgres ") && !strings.HasPrefix(key, "leader ") {
			all = append(all, "stop "+key)
		}
	}
	return unique(all)
}

// What systemd's journal calls the moments of a unit.
const (
	unitReloaded = "7b05ebc668384222baa8881179cfda54"
	unitStarted  = "39f53479d3a045ac8e11786248231fbf"
	unitStopping = "de5b426a63be47a7b6ac3eaac82e2f6f"
)

// unitEvents gives the reloads since begin. Where restarts are to roll, no two of a unit's may overlap.
func (l *lab) unitEvents(begin time.Time, rolls bool) []string {
	l.t.Helper()
	var reloads []string
	down := map[string][]span{}
	for _, h := range l.hosts {
		out := l.node(h, "journalctl", "-q", "-o", "json", "--output-fields=MESSAGE_ID,UNIT", "--since", fmt.Sprintf("@%d", begin.Unix()),
			"MESSAGE_ID="+unitReloaded, "MESSAGE_ID="+unitStarted, "MESSAGE_ID="+unitStopping)
		stopped := map[string]int64{}
		for line := range strings.Lines(out) {
			var m struct {
				ID   string `json:"MESSAGE_ID"`
				Unit string `json:"UNIT"`
				At   int64  `json:"__REALTIME_TIMESTAMP,string"`
			}
			if json.Unmarshal([]byte(line), &m) != nil || m.At < begin.UnixMicro() {
				continue
			}
			unit := strings.TrimSuffix(m.Unit, ".service")
			switch m.ID {
			case unitReloaded:
				reloads = append(reloads, "reload "+unit+" "+h)
			case unitStopping:
				stopped[unit] = m.At
			case unitStarted:
				if at, ok := stopped[unit]; ok {
					name := strings.TrimRight(strings.TrimPrefix(unit, "redis-meta-1-"), "0123456789-")
					down[name] = append(down[name], span{at, m.At})
				}
			}
		}
	}
	for unit, spans := range down {
		slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
		for i := range len(spans) - 1 {
			if rolls && spans[i+1].from < spans[i].to {
				l.t.Errorf("two of %s restarted at the same time", unit)
			}
		}
	}
	return reloads
}

type span struct{ from, to int64 }

var ownAddress = regexp.MustCompile(` 10\.10\.10\.(\d+)`)

// editTable is the table of docs/edits.md.
func editTable(rows []editRow) string {
	var b strings.Builder
	module := ""
	for _, r := range rows {
		if r.module != module {
			module = r.module
			fmt.Fprintf(&b, "\n## %s\n\n| edit | planned impact | what happened | seconds |\n|---|---|---|---|\n", module)
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
