package ui

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"pig/internal/engine"
	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/value"
)

// Text shows a run to people: what changes and what fails, and one line of progress.
type Text struct {
	term  *Terminal
	paint Palette
	opt   TextOptions
	begin time.Time

	mu      sync.Mutex
	running map[string]string // host -> task
	done    int
	changed int
	failed  int
}

// TextOptions say how much is shown.
type TextOptions struct {
	Verbosity int
	Diff      bool
	Planned   bool // it is a plan: would change
}

// NewText shows a run on term.
func NewText(term *Terminal, p Palette, o TextOptions) *Text {
	return &Text{term: term, paint: p, opt: o, begin: time.Now(), running: map[string]string{}}
}

// PlayStarted implements engine.Sink.
func (t *Text) PlayStarted(_ *playbook.Play, name string, hosts []string) {
	if len(hosts) == 0 {
		if t.opt.Verbosity > 0 {
			t.term.Print(t.paint.Dim(fmt.Sprintf("PLAY [%s]: no hosts\n", name)))
		}
		return
	}
	t.term.Print(fmt.Sprintf("%s %s\n", t.paint.Bold("PLAY ["+name+"]"), t.paint.Dim(Few(hosts, 6))))
}

// Few names the first n of many.
func Few(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, " ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], " "), len(names)-n)
}

// TaskStarted implements engine.Sink.
func (t *Text) TaskStarted(ref engine.TaskRef) {
	if t.opt.Verbosity > 0 {
		t.term.Print(t.paint.Dim(fmt.Sprintf("TASK [%s] %s\n", ref.Title(), ref.Pos)))
	}
}

// HostStarted implements engine.Sink.
func (t *Text) HostStarted(host string, ref engine.TaskRef) {
	t.mu.Lock()
	t.running[host] = ref.Title()
	t.mu.Unlock()
	t.progress()
}

// HostDone implements engine.Sink.
func (t *Text) HostDone(host string, ref engine.TaskRef, r engine.Result, took time.Duration) {
	t.quietly(host, r)
	if text := t.result(host, ref, r, took); text != "" {
		t.term.Print(text)
	}
	t.progress()
}

// ItemDone implements engine.Sink.
func (t *Text) ItemDone(string, engine.TaskRef, engine.Result) {}

// Included implements engine.Sink.
func (t *Text) Included(string, engine.TaskRef, string, string) {}

// HostsGone implements engine.Sink.
func (t *Text) HostsGone() {}

// Retrying implements engine.Sink.
func (t *Text) Retrying(host string, ref engine.TaskRef, attempt, of int) {
	if t.opt.Verbosity > 0 {
		t.term.Print(t.paint.Dim(fmt.Sprintf("  %s: %s: attempt %d of %d failed\n", host, ref.Title(), attempt, of)))
	}
}

// Warned implements engine.Sink.
func (t *Text) Warned(text string) { t.term.Print(t.paint.Yellow("warning: "+text) + "\n") }

func (t *Text) progress() {
	if !t.term.Live() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var hosts []string
	for h := range t.running {
		hosts = append(hosts, h)
	}
	slices.Sort(hosts)
	what := ""
	if len(hosts) > 0 {
		what = " · " + t.running[hosts[0]] + " @ " + Few(hosts, 3)
	}
	t.term.Status(fmt.Sprintf("%4.0fs · %d tasks, %d changed, %d failed%s", time.Since(t.begin).Seconds(), t.done, t.changed, t.failed, what))
}

func (t *Text) result(host string, ref engine.TaskRef, r engine.Result, took time.Duration) string {
	var b strings.Builder
	head := func(mark, state string) {
		fmt.Fprintf(&b, "%s %-15s %s", mark, host, ref.Title())
		if state != "" {
			fmt.Fprintf(&b, ": %s", state)
		}
		if r.Delegate != "" {
			fmt.Fprintf(&b, " %s", t.paint.Dim("-> "+r.Delegate))
		}
		if took > 10*time.Second {
			fmt.Fprintf(&b, " %s", t.paint.Dim(took.Round(time.Second).String()))
		}
		b.WriteByte('\n')
	}
	switch {
	case r.Unreachable:
		head(t.paint.Red("!"), t.paint.Red("unreachable: "+indented(r.Reason())))
	case r.Failed && r.Ignored:
		head(t.paint.Cyan("~"), "failed, ignored: "+indented(t.message(r)))
	case r.Failed:
		head(t.paint.Red("x"), t.paint.Red("failed: ")+indented(t.message(r)))
		b.WriteString(t.where(ref, r))
	case r.Skipped:
		if t.opt.Verbosity < 2 {
			return ""
		}
		head(t.paint.Dim("-"), "skipped: "+r.Msg)
	case r.DidChange():
		head(t.paint.Yellow("~"), "")
		b.WriteString(t.changes(r))
	case r.Unknown():
		head(t.paint.Cyan("?"), value.UnknownText)
	case ref.Action == "debug" && r.NoLog:
		head(t.paint.Dim(" "), t.message(r))
	case ref.Action == "debug" && r.Items != nil:
		for _, i := range r.Items {
			if !i.Skipped {
				head(t.paint.Dim(" "), "("+i.Label+") "+indented(strings.TrimSpace(debugText(i))))
			}
		}
	case ref.Action == "debug":
		head(t.paint.Dim(" "), indented(strings.TrimSpace(debugText(r))))
	case t.opt.Verbosity > 0:
		head(t.paint.Green("="), "")
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "    %s\n", t.paint.Yellow("warning: "+indented(w)))
	}
	if t.opt.Verbosity > 2 && !r.NoLog && r.Values != nil {
		fmt.Fprintf(&b, "    %s\n", t.paint.Dim(string(value.JSON(r.Registered()))))
	}
	return b.String()
}

// indented keeps the further lines of a text from a node from looking like lines of pig's own.
func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n    ") }

func debugText(r engine.Result) string {
	if r.Values.Has("msg") {
		return value.Display(r.Values.At("msg"))
	}
	var parts []string
	for k, v := range r.Values.All() {
		parts = append(parts, value.KeyText(k)+" = "+value.Display(v))
	}
	return strings.Join(parts, ", ")
}

func (t *Text) message(r engine.Result) string {
	if r.NoLog {
		return "(no_log)"
	}
	return r.Reason()
}

// where tells the place of the failed task, and what a command printed.
func (t *Text) where(ref engine.TaskRef, r engine.Result) string {
	var b strings.Builder
	if ref.Pos.Known() {
		fmt.Fprintf(&b, "    at %s\n", ref.Pos)
	}
	if r.NoLog {
		return b.String()
	}
	for _, item := range r.Items {
		if item.Failed {
			r = item
			break
		}
	}
	for _, key := range []string{"stderr", "stdout", "module_stderr", "module_stdout"} {
		text, _ := value.Plain(r.Values.At(key))
		for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
			if line == "" || i >= 20 {
				break
			}
			fmt.Fprintf(&b, "    %s | %s\n", key, line)
		}
	}
	return b.String()
}

func (t *Text) changes(r engine.Result) string {
	var b strings.Builder
	for _, c := range r.Changes {
		fmt.Fprintf(&b, "    %s\n", t.Change(c, r.NoLog))
		if (t.opt.Diff || r.AsksDiff) && !r.NoLog {
			b.WriteString(t.diff(c.Diff))
		}
	}
	return b.String()
}

// Change is one line that tells a change.
func (t *Text) Change(c node.Change, noLog bool) string {
	if noLog {
		return fmt.Sprintf("%s %s (no_log)", c.Action, c.Kind)
	}
	line := c.String()
	switch {
	case brings(c.Action):
		line = t.paint.Green(line)
	case c.Action == "delete" || c.Action == "remove":
		line = t.paint.Red(line)
	}
	if c.Impact > node.ImpactNone {
		line += " " + t.paint.Yellow("["+c.Impact.String()+"]")
	}
	if c.Unknown {
		line += " " + t.paint.Cyan(value.UnknownText)
	}
	switch {
	case c.Assumed && c.Action == "delete":
		line += " " + t.paint.Dim("(if a package contains it)")
	case c.Assumed:
		line += " " + t.paint.Dim("(assumed absent)")
	}
	return line
}

func (t *Text) diff(text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "+"):
			line = t.paint.Green(line)
		case strings.HasPrefix(line, "-"):
			line = t.paint.Red(line)
		}
		b.WriteString("      " + line + "\n")
	}
	return b.String()
}

// Recap shows the counts of every host.
func (t *Text) Recap(names []string, stats map[string]engine.Stats) {
	t.term.Status("")
	var b strings.Builder
	b.WriteString(t.paint.Bold("RECAP") + fmt.Sprintf(" %s\n", t.paint.Dim(time.Since(t.begin).Round(10*time.Millisecond).String())))
	width := 0
	for _, n := range names {
		width = max(width, len(n))
	}
	for _, n := range names {
		s := stats[n]
		fmt.Fprintf(&b, "  %-*s  ok=%d changed=%d", width, n, s.OK, s.Changed)
		if s.Unknown > 0 {
			fmt.Fprintf(&b, " unknown=%d", s.Unknown)
		}
		fmt.Fprintf(&b, " unreachable=%d failed=%d skipped=%d rescued=%d ignored=%d\n", s.Unreachable, s.Failed, s.Skipped, s.Rescued, s.Ignored)
	}
	t.term.Print(b.String())
}
