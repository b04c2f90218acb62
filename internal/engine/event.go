package engine

import (
	"time"

	"pig/internal/diag"
	"pig/internal/playbook"
)

// Sink takes what happens, as it happens. Its methods are called from several goroutines at once.
type Sink interface {
	PlayStarted(p *playbook.Play, name string, hosts []string)
	// TaskStarted is told once for each task, when the first host begins it.
	TaskStarted(t TaskRef)
	// HostStarted is told when one host begins a task.
	HostStarted(host string, t TaskRef)
	// HostDone is told with the whole result: of a loop after its last turn.
	HostDone(host string, t TaskRef, r Result, took time.Duration)
	// ItemDone is told after each turn of a loop.
	ItemDone(host string, t TaskRef, r Result)
	// Included is told when a host includes a file or a role: its path or name, and the label of this turn of a loop.
	Included(host string, t TaskRef, what, label string)
	// HostsGone is told when no host of a play is left.
	HostsGone()
	// Retrying is told before another attempt of an until loop.
	Retrying(host string, t TaskRef, attempt, of int)
	// Warned is a warning that belongs to no task.
	Warned(text string)
}

// TaskRef is a task as sinks know it.
type TaskRef struct {
	Name    string // with templates rendered as far as they can be
	Role    string
	Action  string
	Pos     diag.Pos
	Tags    []string
	Handler bool
	Left    bool // a handler that an interrupted run left
}

// Title is the name with its role's before it.
func (t TaskRef) Title() string {
	title := t.Name
	if t.Role != "" {
		title = t.Role + " : " + t.Name
	}
	if t.Left {
		title += " (" + LeftOver + ")"
	}
	return title
}

// Discard is a sink that takes nothing in.
type Discard struct{}

// The methods of Discard do nothing.
func (Discard) PlayStarted(*playbook.Play, string, []string)    {}
func (Discard) TaskStarted(TaskRef)                             {}
func (Discard) HostStarted(string, TaskRef)                     {}
func (Discard) HostDone(string, TaskRef, Result, time.Duration) {}
func (Discard) ItemDone(string, TaskRef, Result)                {}
func (Discard) Included(string, TaskRef, string, string)        {}
func (Discard) HostsGone()                                      {}
func (Discard) Retrying(string, TaskRef, int, int)              {}
func (Discard) Warned(string)                                   {}
