package ui

import (
	"encoding/json"
	"time"

	"pig/internal/engine"
	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/value"
)

// JSON tells a run to programs: one object a line.
type JSON struct {
	term    *Terminal
	planned bool
	diff    bool
}

// NewJSON writes to term; the content of changes is in it only where diff asks for it.
func NewJSON(term *Terminal, planned, diff bool) *JSON { return &JSON{term, planned, diff} }

func (j *JSON) emit(e Event) {
	line, err := Line(e, time.Now())
	if err != nil {
		line = []byte(`{"event":"error"}`)
	}
	j.term.Print(string(line) + "\n")
}

// PlayStarted implements engine.Sink.
func (j *JSON) PlayStarted(_ *playbook.Play, name string, hosts []string) {
	j.emit(PlayEvent{Name: name, Hosts: hosts, Planned: j.planned})
}

// TaskStarted implements engine.Sink.
func (j *JSON) TaskStarted(t engine.TaskRef) {
	j.emit(TaskEvent{Task: t.Title(), Action: t.Action, At: t.Pos.String(), Handler: t.Handler})
}

// HostStarted implements engine.Sink.
func (j *JSON) HostStarted(string, engine.TaskRef) {}

// HostDone implements engine.Sink.
func (j *JSON) HostDone(host string, t engine.TaskRef, r engine.Result, took time.Duration) {
	e := ResultEvent{
		Host: host, Task: t.Title(), Action: t.Action, At: t.Pos.String(), State: State(r), Seconds: took.Seconds(), Warnings: r.Warnings, Tags: t.Tags,
		Changes: Changes(r.Changes, r.NoLog, j.diff || r.AsksDiff),
	}
	if !r.NoLog {
		e.Msg = r.Reason()
	}
	if t.Action == "debug" && !r.NoLog {
		e.Result = json.RawMessage(value.JSON(debugValues(r)))
	}
	j.emit(e)
}

// debugValues are what debug has to say; of a loop, what each turn says.
func debugValues(r engine.Result) value.Value {
	if r.Items == nil {
		return r.Values
	}
	said := value.NewList()
	for _, i := range r.Items {
		if !i.Skipped {
			said.Append(i.Values)
		}
	}
	return value.DictOf("results", said)
}

// State is one word for what became of a task.
func State(r engine.Result) string {
	switch {
	case r.Unreachable:
		return "unreachable"
	case r.Failed && r.Ignored:
		return "ignored"
	case r.Failed:
		return "failed"
	case r.Skipped:
		return "skipped"
	case r.DidChange():
		return "changed"
	case r.Unknown():
		return "unknown"
	}
	return "ok"
}

// Changes are the changes as fields of events, with the attributes unless noLog, and with the content where diff asks for it.
func Changes(changes []node.Change, noLog, diff bool) []ChangeFields {
	out := make([]ChangeFields, len(changes))
	for i, c := range changes {
		o := ChangeFields{Kind: c.Kind, ID: c.ID, Action: c.Action, Impact: c.Impact.String(), Assumed: c.Assumed, Shared: c.Shared, Unknown: c.Unknown}
		if !noLog {
			if diff {
				o.Diff = c.Diff
			}
			for _, a := range c.Attrs {
				o.Attrs = append(o.Attrs, AttrFields{Name: a.Name, Before: a.Before, After: a.After})
			}
		}
		out[i] = o
	}
	return out
}

// ItemDone implements engine.Sink.
func (j *JSON) ItemDone(string, engine.TaskRef, engine.Result) {}

// Included implements engine.Sink.
func (j *JSON) Included(string, engine.TaskRef, string, string) {}

// HostsGone implements engine.Sink.
func (j *JSON) HostsGone() {}

// Retrying implements engine.Sink.
func (j *JSON) Retrying(host string, t engine.TaskRef, attempt, of int) {
	j.emit(RetryEvent{Host: host, Task: t.Title(), Attempt: attempt, Of: of})
}

// Warned implements engine.Sink.
func (j *JSON) Warned(text string) { j.emit(WarningEvent{Msg: text}) }

// Recap tells the counts of every host.
func (j *JSON) Recap(names []string, stats map[string]engine.Stats) {
	hosts := map[string]CountFields{}
	for _, n := range names {
		s := stats[n]
		hosts[n] = CountFields{
			OK: s.OK, Changed: s.Changed, Unreachable: s.Unreachable, Failed: s.Failed, Skipped: s.Skipped,
			Rescued: s.Rescued, Ignored: s.Ignored, Unknown: s.Unknown,
		}
	}
	j.emit(RecapEvent{Hosts: hosts})
}
