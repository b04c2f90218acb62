package engine

import (
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// Result is what became of a task, or of one turn of its loop, on one host.
type Result struct {
	Values      *value.Dict // what register keeps, besides changed, failed and skipped
	Changed     value.Value // bool or value.Unknown
	Opaque      bool        // it did not really run, so none of its values is known
	Failed      bool
	Msg         string // why it failed or was skipped
	Skipped     bool
	Unreachable bool
	Ignored     bool // it failed, and the playbook says to go on
	Changes     []node.Change
	Warnings    []string
	Label       string // of the loop's item
	Item        value.Value
	Items       []Result // the turns of a loop
	NoLog       bool
	NoDiff      bool // diff: false
	AsksDiff    bool // diff: true, whatever the command line says
	// Source is a sealed digest of what the result follows from, of one that is not known: see source.go.
	Source   string
	Delegate string
	Attempts int
	Heard    bool // a node had a say in it
	Noted    bool // its handlers are noted on the node
	// Verbose says that the result is what the task is there for: debug, assert.
	Verbose bool
	Brought string      // of an include: the path of a file, or the name of a role
	Of      string      // what failed: Module or Action; "": what comes before either
	Loop    *value.Dict // the loop's variables of this turn, as register keeps them
}

func ok(values *value.Dict) Result {
	if values == nil {
		values = value.NewDict()
	}
	return Result{Values: values, Changed: false}
}

func failure(msg string) Result {
	return Result{Values: value.NewDict(), Changed: false, Failed: true, Msg: msg}
}

func unknown(why string) Result {
	return Result{Values: value.NewDict(), Changed: value.Unknown{Why: why}, Opaque: true}
}

func skipped(why string) Result {
	return Result{Values: value.NewDict(), Changed: false, Skipped: true, Msg: why}
}

func fromModule(m module.Result) Result {
	r := Result{Values: m.Values, Changed: m.Changed, Failed: m.Failed != "", Msg: m.Failed, Changes: m.Changes, Warnings: m.Warnings, Noted: m.Noted}
	if r.Values == nil {
		r.Values = value.NewDict()
	}
	r.Opaque = value.IsUnknown(m.Changed) && r.Values.Len() == 0
	return r
}

// Unknown tells whether only a run can say what this task does.
func (r Result) Unknown() bool { return value.IsUnknown(r.Changed) }

// DidChange tells whether something changed, or would.
func (r Result) DidChange() bool { return r.Changed == true }

// Reason is why it failed: of a loop, why its first failed turn did.
func (r Result) Reason() string {
	for _, i := range r.Items {
		switch {
		case !i.Failed || i.Ignored:
		case r.NoLog:
			return i.Reason()
		default:
			return i.Reason() + " (item " + i.Label + ")"
		}
	}
	return r.Msg
}

// Registered is the value that register keeps, with Ansible's keys.
func (r Result) Registered() value.Value {
	if r.Opaque {
		return value.Unknown{Why: "what the task returns"}
	}
	d := r.Values.Clone()
	d.Set("changed", r.Changed)
	switch {
	case len(r.Items) > 0 && !r.Failed && !r.Skipped: // a loop that went well
		d.Set("skipped", false)
	case !r.Skipped:
		d.Set("failed", r.Failed)
	}
	if r.Skipped {
		d.Set("skipped", true)
		switch {
		case r.Items != nil && len(r.Items) == 0:
			d.Set("skipped_reason", r.Msg)
		case r.Items == nil && !d.Has("msg"):
			reason, _, _ := strings.Cut(r.Msg, ": ")
			d.Set("skip_reason", reason)
		}
	}
	if r.Unreachable {
		d.Set("unreachable", true)
	}
	if r.Msg != "" && !d.Has("msg") && !r.Skipped {
		d.Set("msg", r.Msg)
	}
	if r.Attempts > 0 {
		d.Set("attempts", int64(r.Attempts))
	}
	if r.Items != nil {
		items := value.NewList()
		for _, i := range r.Items {
			items.Append(i.Registered())
		}
		d.Set("results", items)
	}
	if r.Loop != nil {
		d.Update(r.Loop)
	}
	return d
}

// merge makes one result of the turns of a loop.
func merge(items []Result) Result {
	all := Result{Values: value.NewDict(), Changed: false, Items: items, Skipped: len(items) > 0}
	for _, i := range items {
		switch {
		case i.DidChange():
			all.Changed = true
		case i.Unknown() && all.Changed == false:
			all.Changed = i.Changed
		}
		all.Failed = all.Failed || i.Failed
		all.Skipped = all.Skipped && i.Skipped
		all.Unreachable = all.Unreachable || i.Unreachable
		all.Heard = all.Heard || i.Heard
		all.Noted = all.Noted || i.Noted
		all.Changes = append(all.Changes, i.Changes...)
		all.Warnings = append(all.Warnings, i.Warnings...)
	}
	switch {
	case all.Failed:
		all.Msg = "One or more items failed"
		all.Values.Set("msg", all.Msg)
	case all.Skipped:
		all.Msg = "All items skipped"
		all.Values.Set("msg", all.Msg)
	default:
		all.Values.Set("msg", "All items completed")
	}
	return all
}

// notMet is the result of a task whose condition does not hold.
func notMet(condition value.Value) Result {
	r := skipped("Conditional result was False: " + value.Display(condition))
	r.Values.Set("false_condition", condition)
	return r
}
