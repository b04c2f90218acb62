package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"pig/internal/diag"
	"pig/internal/engine"
	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/value"
)

// Ansible shows a run as ansible-playbook does with its default callback, to the letter: programs read it.
type Ansible struct {
	term  *Terminal
	paint Palette
	opt   AnsibleOptions

	mu       sync.Mutex
	included []inclusion // told together before what comes next
	noted    map[string]bool
	hosts    []string // of the play, in order
	due      string   // the heading of a task of which nothing was shown yet
}

// AnsibleOptions say how much is shown.
type AnsibleOptions struct {
	Verbosity int
	Diff      bool
	Format    AnsibleFormat
	// Source gives lines of playbooks, with their secrets masked.
	Source diag.Source
	// Warn shows a warning beside the output.
	Warn func(text string)
}

// inclusion is a file that hosts included.
type inclusion struct {
	what, label string
	hosts       []string
}

// NewAnsible shows a run on term.
func NewAnsible(term *Terminal, p Palette, o AnsibleOptions) *Ansible {
	return &Ansible{term: term, paint: p, opt: o, noted: map[string]bool{}}
}

// columns is how wide a heading is where nobody says how wide the terminal is.
const columns = 79

func (a *Ansible) banner(text string) {
	a.tellIncluded()
	a.term.Print("\n" + text + " " + strings.Repeat("*", max(3, columns-displayWidth(text))) + "\n")
}

// PlayStarted implements engine.Sink.
func (a *Ansible) PlayStarted(_ *playbook.Play, name string, hosts []string) {
	a.banner("PLAY [" + strings.TrimSpace(name) + "]")
	a.mu.Lock()
	a.hosts = hosts
	a.mu.Unlock()
	if len(hosts) == 0 {
		a.term.Print(a.paint.Cyan("skipping: no hosts matched") + "\n")
	}
}

// TaskStarted implements engine.Sink.
func (a *Ansible) TaskStarted(t engine.TaskRef) {
	kind := "TASK"
	if t.Handler {
		kind = "RUNNING HANDLER"
	}
	a.heading(kind+" ["+strings.TrimSpace(t.Title())+"]", t)
}

// HostStarted implements engine.Sink.
func (a *Ansible) HostStarted(string, engine.TaskRef) {}

// Included implements engine.Sink. Hosts that include the same are told in one line.
func (a *Ansible) Included(host string, _ engine.TaskRef, what, label string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, inc := range a.included {
		if inc.what == what && inc.label == label && !slices.Contains(inc.hosts, host) {
			a.included[i].hosts = append(inc.hosts, host)
			return
		}
	}
	a.included = append(a.included, inclusion{what, label, []string{host}})
}

func (a *Ansible) tellIncluded() {
	a.mu.Lock()
	told, order, due := a.included, a.hosts, a.due
	a.included, a.due = nil, ""
	a.mu.Unlock()
	if len(told) > 0 && due != "" {
		a.begin(due)
	}
	for _, inc := range told {
		slices.SortFunc(inc.hosts, func(x, y string) int { return slices.Index(order, x) - slices.Index(order, y) })
		line := fmt.Sprintf("included: %s for %s", inc.what, strings.Join(inc.hosts, ", "))
		if inc.label != "" {
			line += " => (item=" + inc.label + ")"
		}
		a.term.Print(a.paint.Cyan(line) + "\n")
	}
}

// HostDone implements engine.Sink.
func (a *Ansible) HostDone(host string, t engine.TaskRef, r engine.Result, _ time.Duration) {
	if !a.shows(r) {
		return
	}
	var b strings.Builder
	a.warnings(r)
	name := host
	if r.Delegate != "" {
		name += " -> " + r.Delegate
	}
	looped := len(r.Items) > 0
	switch {
	case r.Unreachable:
		fmt.Fprintf(&b, "%s\n", a.paint.Red(fmt.Sprintf("fatal: [%s]: UNREACHABLE! => %s", name, a.dump(t, r, false))))
		if r.Ignored {
			b.WriteString(a.paint.Cyan("...ignoring") + "\n")
		}
	case r.Failed:
		if !looped {
			b.WriteString(a.origin(t, r))
			fmt.Fprintf(&b, "%s\n", a.paint.Red(fmt.Sprintf("fatal: [%s]: FAILED! => %s", name, a.dump(t, r, false))))
		}
		if r.Ignored {
			b.WriteString(a.paint.Cyan("...ignoring") + "\n")
		}
	case r.Skipped:
		b.WriteString(a.paint.Cyan("skipping: [" + host + "]" + a.shown(t, r)))
		b.WriteByte('\n')
	case looped:
	default:
		b.WriteString(a.state(r, name) + a.shown(t, r) + "\n")
	}
	if (a.opt.Diff || r.AsksDiff) && !looped {
		a.term.Print(diffs(r))
	}
	a.term.Print(b.String())
}

// ItemDone implements engine.Sink.
func (a *Ansible) ItemDone(host string, t engine.TaskRef, r engine.Result) {
	if !a.shows(r) {
		return
	}
	var b strings.Builder
	a.warnings(r)
	name := host
	if r.Delegate != "" {
		name += " -> " + r.Delegate
	}
	label := r.Label
	if r.NoLog {
		label = "(censored due to no_log)"
	}
	switch {
	case r.Failed || r.Unreachable:
		b.WriteString(a.origin(t, r))
		fmt.Fprintf(&b, "%s\n", a.paint.Red(fmt.Sprintf("failed: [%s] (item=%s) => %s", name, label, a.dump(t, r, false))))
	case r.Skipped:
		fmt.Fprintf(&b, "%s\n", a.paint.Cyan(fmt.Sprintf("skipping: [%s] => (item=%s) %s", host, label, a.shown(t, r))))
	default:
		fmt.Fprintf(&b, "%s => (item=%s)%s\n", a.state(r, name), label, a.shown(t, r))
	}
	if a.opt.Diff || r.AsksDiff {
		a.term.Print(diffs(r))
	}
	a.term.Print(b.String())
}

func (a *Ansible) state(r engine.Result, name string) string {
	if r.DidChange() || r.Unknown() {
		return a.paint.Yellow("changed: [" + name + "]")
	}
	return a.paint.Green("ok: [" + name + "]")
}

// shown is the result of a task whose result is what it is there for, or of any with -v.
func (a *Ansible) shown(t engine.TaskRef, r engine.Result) string {
	switch {
	case r.NoLog && a.opt.Verbosity == 0:
	case r.Verbose:
		return " => " + a.dump(t, r, true)
	case a.opt.Verbosity > 0 && (!r.Skipped || t.Action != "debug"):
		return " => " + a.dump(t, r, a.opt.Verbosity > 2)
	}
	return ""
}

func diffs(r engine.Result) string {
	var b strings.Builder
	for _, c := range r.Changes {
		if c.Diff != "" {
			b.WriteString(headed(c) + "\n")
		}
	}
	return b.String()
}

// headed is a difference with the headings that Ansible gives it: what was there before, if anything was.
func headed(c node.Change) string {
	lines := strings.SplitAfter(strings.TrimRight(c.Diff, "\n")+"\n", "\n")
	for i, line := range lines {
		switch {
		case i == 0 && strings.HasPrefix(line, "--- ") && strings.HasPrefix(c.Action, "create"):
			lines[i] = "--- before\n"
		case i == 0 && strings.HasPrefix(line, "--- "):
			lines[i] = "--- before: " + line[4:]
		case i == 1 && strings.HasPrefix(line, "+++ "):
			lines[i] = "+++ after: " + line[4:]
		}
	}
	return strings.Join(lines, "")
}

// hidden are values of a result that are not printed.
var hidden = []string{"failed", "skipped", "invocation", "diff", "exception", "warnings", "deprecations"}

// dump is a result as JSON, with its keys in order.
func (a *Ansible) dump(t engine.TaskRef, r engine.Result, indented bool) string {
	if r.NoLog {
		r.Values = value.DictOf("censored", "the output has been hidden due to the fact that 'no_log: true' was specified for this result")
		r.Msg, r.Item, r.Items, r.Loop = "", nil, nil, nil
	}
	d, ok := r.Registered().(*value.Dict)
	if !ok { // of what was planned
		return "{\"changed\": true}"
	}
	d = d.Clone()
	for _, name := range hidden {
		d.Delete(name)
	}
	for _, k := range slices.Collect(maps.Keys(maps.Collect(d.All()))) {
		if strings.HasPrefix(value.KeyText(k), "_ansible_") {
			d.Delete(k)
		}
	}
	if t.Action == "debug" {
		for _, name := range []string{"changed", "failed_when_result", "changed_when_result"} {
			d.Delete(name)
		}
	}
	if t.Action == "debug" && !r.Failed && r.Verbose {
		for _, name := range []string{"item", "ansible_loop_var", "ansible_index_var", "ansible_loop"} {
			if !r.Values.Has(name) { // var: item
				d.Delete(name)
			}
		}
		if r.Loop != nil {
			for k := range r.Loop.All() {
				if !r.Values.Has(k) {
					d.Delete(k)
				}
			}
		}
	}
	return a.opt.Format.text(d, indented || r.Verbose || a.opt.Verbosity > 2)
}

// origin tells why a task failed and shows where it stands.
func (a *Ansible) origin(t engine.TaskRef, r engine.Result) string {
	msg, ok := value.Plain(r.Values.At("msg"))
	if !ok {
		msg = value.Display(r.Values.At("msg"))
	}
	if !r.Values.Has("msg") {
		msg = r.Msg
	}
	why := "Task failed: "
	switch {
	case strings.HasPrefix(msg, why):
		why = ""
	case r.Of != "" && msg == "":
		why += "Action failed."
	case r.Of != "":
		why += r.Of + " failed: "
	}
	text := fmt.Sprintf("[ERROR]: %s%s\n%s", why, msg, a.place(t.Pos))
	a.mu.Lock()
	again := a.noted[text]
	a.noted[text] = true
	a.mu.Unlock()
	if again { // as in Ansible, which says the same once
		return ""
	}
	return a.paint.Red(text)
}

// place shows a place of a playbook with the two lines before it.
func (a *Ansible) place(p diag.Pos) string {
	if !p.Known() || a.opt.Source == nil {
		return "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Origin: %s:%d:%d\n\n", absolutePath(p.File), p.Line, p.Col)
	width := len(fmt.Sprint(p.Line))
	for line := max(1, p.Line-2); line <= p.Line; line++ {
		e, err := a.opt.Source(diag.Pos{File: p.File, Line: line, Col: p.Col})
		if err != nil {
			return b.String()
		}
		text := e.Line
		if len(text) > 120 {
			text = text[:117] + "..."
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%*d %s", width, line, text), " ") + "\n")
	}
	fmt.Fprintf(&b, "%s^ column %d\n\n", strings.Repeat(" ", width+p.Col), p.Col)
	return b.String()
}

// Retrying implements engine.Sink.
func (a *Ansible) Retrying(host string, t engine.TaskRef, attempt, of int) {
	a.term.Print(a.paint.Dim(fmt.Sprintf("FAILED - RETRYING: [%s]: %s (%d retries left).", host, t.Title(), of-attempt)) + "\n")
}

// HostsGone implements engine.Sink.
func (a *Ansible) HostsGone() {
	for range 2 { // ansible-playbook says it twice
		a.banner("NO MORE HOSTS LEFT")
	}
}

func (a *Ansible) warnings(r engine.Result) {
	for _, w := range r.Warnings {
		a.Warned(w)
	}
}

// Warned implements engine.Sink. Each warning is told once.
func (a *Ansible) Warned(text string) {
	a.mu.Lock()
	again := a.noted[text]
	a.noted[text] = true
	a.mu.Unlock()
	if !again && a.opt.Warn != nil {
		a.opt.Warn(a.paint.Yellow("[WARNING]: " + text))
	}
}

// Recap shows the counts of every host.
func (a *Ansible) Recap(names []string, stats map[string]engine.Stats) {
	a.banner("PLAY RECAP")
	var b strings.Builder
	for _, n := range slices.Sorted(slices.Values(names)) {
		s := stats[n]
		fmt.Fprintf(&b, "%-26s :", n)
		for _, c := range []struct {
			name  string
			count int
		}{{"ok", s.OK}, {"changed", s.Changed + s.Unknown}, {"unreachable", s.Unreachable}, {"failed", s.Failed}, {"skipped", s.Skipped}, {"rescued", s.Rescued}, {"ignored", s.Ignored}} {
			fmt.Fprintf(&b, " %s=%-4d", c.name, c.count)
		}
		b.WriteByte('\n')
	}
	a.term.Print(b.String() + "\n")
}
