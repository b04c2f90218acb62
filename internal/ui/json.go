package ui

import (
	"encoding/json"
	"time"

	"pig/internal/engine"
	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/value"
)

// eventVersion changes when an event changes in a way that a reader could notice. docs/reference/events.md describes them.
const eventVersion = 1

// JSON tells a run to programs: one object a line.
type JSON struct {
	term    *Terminal
	planned bool
	diff    bool
}

// NewJSON writes to term; the content of changes is in it only where diff asks for it.
func NewJSON(term *Terminal, planned, diff bool) *JSON { return &JSON{term, planned, diff} }

func (j *JSON) emit(kind string, fields map[string]any) {
	fields["v"], fields["event"], fields["time"] = eventVersion, kind, time.Now().UTC().Format(time.RFC3339Nano)
	line, err := json.Marshal(fields)
	if err != nil {
		line = []byte(`{"event":"error"}`)
	}
	j.term.Print(string(line) + "\n")
}

// PlayStarted implements engine.Sink.
func (j *JSON) PlayStarted(_ *playbook.Play, name string, hosts []string) {
	j.emit("play", map[string]any{"name": name, "hosts": hosts, "planned": j.planned})
}

// TaskStarted implements engine.Sink.
func (j *JSON) TaskStarted(t engine.TaskRef) {
	j.emit("task", map[string]any{"task": t.Title(), "action": t.Action, "at": t.Pos.String(), "handler": t.Handler})
}

// HostStarted implements engine.Sink.
func (j *JSON) HostStarted(string, engine.TaskRef) {}

// HostDone implements engine.Sink.
func (j *JSON) HostDone(host string, t engine.TaskRef, r engine.Result, took time.Duration) {
	fields := map[string]any{
		"host": host, "task": t.Title(), "action": t.Action, "at": t.Pos.String(), "state": State(r), "seconds": took.Seconds(),
	}
	if len(t.Tags) > 0 {
		fields["tags"] = t.Tags
	}
	if r.Msg != "" && !r.NoLog {
		fields["msg"] = r.Msg
	}
	if len(r.Changes) > 0 {
		fields["changes"] = Changes(r.Changes, r.NoLog, j.diff || r.AsksDiff)
	}
	if len(r.Warnings) > 0 {
		fields["warnings"] = r.Warnings
	}
	if t.Action == "debug" && !r.NoLog {
		fields["result"] = json.RawMessage(value.JSON(r.Values))
	}
	j.emit("result", fields)
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

// Changes are the changes as JSON objects, with the attributes unless noLog, and with the content where diff asks for it.
func Changes(changes []node.Change, noLog, diff bool) []map[string]any {
	out := make([]map[string]any, len(changes))
	for i, c := range changes {
		o := map[string]any{"kind": c.Kind, "id": c.ID, "action": c.Action, "impact": c.Impact.String()}
		if c.Assumed {
			o["assumed"] = true
		}
		if c.Unknown {
			o["unknown"] = true
		}
		if !noLog {
			if c.Diff != "" && diff {
				o["diff"] = c.Diff
			}
			var attrs []map[string]string
			for _, a := range c.Attrs {
				attrs = append(attrs, map[string]string{"name": a.Name, "before": a.Before, "after": a.After})
			}
			if attrs != nil {
				o["attrs"] = attrs
			}
		}
		out[i] = o
	}
	return out
}

// ItemDone implements engine.Sink.
func (j *JSON) ItemDone(string, engine.TaskRef, engine.Result) {}

// Retrying implements engine.Sink.
func (j *JSON) Retrying(host string, t engine.TaskRef, attempt, of int) {
	j.emit("retry", map[string]any{"host": host, "task": t.Title(), "attempt": attempt, "of": of})
}

// Warned implements engine.Sink.
func (j *JSON) Warned(text string) { j.emit("warning", map[string]any{"msg": text}) }

// Recap tells the counts of every host.
func (j *JSON) Recap(names []string, stats map[string]engine.Stats) {
	hosts := map[string]any{}
	for _, n := range names {
		s := stats[n]
		hosts[n] = map[string]int{
			"ok": s.OK, "changed": s.Changed, "unreachable": s.Unreachable, "failed": s.Failed, "skipped": s.Skipped,
			"rescued": s.Rescued, "ignored": s.Ignored, "unknown": s.Unknown,
		}
	}
	j.emit("recap", map[string]any{"hosts": hosts})
}
