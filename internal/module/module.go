// Package module is what every action that runs on a node is made of: its arguments and their types, how it waits and asks, what it says
// of a failure, what it returns. The actions themselves are in builtin and beside each product.
//
// A module reads and writes only through node.System and makes no distinction between a plan and a run: the System does.
// Whether something changed follows from the Changes that were recorded, unless a module knows better.
package module

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"pig/internal/node"
	"pig/internal/secret"
	"pig/internal/value"
)

// Module is one action, named as in Ansible.
type Module struct {
	Name string
	Spec Spec
	// Unknowns says that Run copes with arguments that are only known after apply. Else the result of such a call is unknown
	// as a whole.
	Unknowns bool
	// Weighed says that the argument impact tells what its changes mean at least, where the module cannot know.
	Weighed bool
	// Places says that the result tells what is at its path. Of modules with arguments for the owner and mode of a file it does anyway.
	Places bool
	// Run does the work and returns what is to be known of it besides changed, failed and diff.
	Run func(ctx context.Context, c *Call) (*value.Dict, error)
}

// Call is one execution of a module on a node.
type Call struct {
	System node.System
	// Scratch is the same machine for what does not outlast the call: its writes are not recorded as changes.
	Scratch node.System
	Args    Args
	Facts   Facts // where warnings go
}

// Present is what is in a file; false where there is none, or only a run can tell what will be in it.
func (c *Call) Present(path string) (text []byte, there bool, err error) {
	text, err = c.System.Files().Read(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) {
		return nil, false, nil
	}
	return text, err == nil, err
}

// Facts collects what a call has to say besides its result.
type Facts struct{ Warnings *[]string }

// Warn tells the user of something that is no failure.
func (f Facts) Warn(format string, args ...any) {
	*f.Warnings = append(*f.Warnings, fmt.Sprintf(format, args...))
}

// Task is what the controller asks of a node.
type Task struct {
	Module string
	Args   *value.Dict
	User   string            // become_user, "" for the agent's own account
	Env    map[string]string // environment:
	Known  []string          // secrets besides those in Args, to mask in whatever comes back
	// Pending are the handlers that the task notifies if it changes something; none in a plan, which leaves no notes.
	Pending []Pending
	// Key seals the changes of a plan that is kept.
	Key []byte
}

// Result is what a module did, or would do.
type Result struct {
	Values   *value.Dict   // the module's own return values
	Changed  value.Value   // bool, or value.Unknown
	Failed   string        // the error message, "" if it did not fail
	Changes  []node.Change // in the order in which they were made
	Warnings []string
	Noted    bool // the task's handlers are noted on the node
}

// Failure is an error with return values of its own, such as the rc and stdout of a command.
type Failure struct {
	Msg    string
	Values *value.Dict
}

func (f *Failure) Error() string { return f.Msg }

// Run executes t on m. It never fails by itself: what goes wrong is told in the result.
func Run(ctx context.Context, m node.Machine, table map[string]Module, t Task) Result {
	var r Result
	mod, ok := table[t.Module]
	if !ok {
		return Refused(fmt.Sprintf("this agent has no module %q", t.Module))
	}
	args, err := mod.Spec.Check(t.Module, t.Args)
	if err != nil {
		return Refused(err.Error())
	}
	if !mod.Unknowns && value.HasUnknown(args) {
		return unknownResult("an argument of " + t.Module)
	}
	least := node.ImpactNone
	if mod.Weighed {
		if least, err = node.ParseImpact(Args{args}.String("impact")); err != nil {
			return Refused(err.Error())
		}
	}
	record := func(c node.Change) {
		c.Impact = max(c.Impact, least)
		r.Changes = append(r.Changes, c)
	}
	sys, err := m.For(node.Task{User: t.User, Env: t.Env, Record: record})
	if err != nil {
		return Refused(err.Error())
	}
	scratch, err := m.For(node.Task{User: t.User, Env: t.Env})
	if err != nil {
		return Refused(err.Error())
	}
	var noted *notes
	if len(t.Pending) > 0 {
		if noted, err = newNotes(m, t.Pending); err != nil {
			return Result{Changed: false, Failed: err.Error()}
		}
		before := sync.OnceValue(noted.keep)
		sys, scratch = node.First(sys, before), node.First(scratch, before)
	}
	r.Values, err = mod.Run(ctx, &Call{System: sys, Scratch: scratch, Args: Args{args}, Facts: Facts{&r.Warnings}})
	finish(&r, err)
	if r.Failed == "" {
		mod.addPlace(scratch, Args{args}, r.Values)
	}
	if noted != nil {
		if r.Failed == "" && r.Changed == false {
			noted.drop()
		}
		r.Noted = noted.kept
	}
	for i := range r.Changes {
		r.Changes[i].Seal(t.Key) // before its texts are masked
	}
	scrub(&r, secret.Union(value.Secrets(t.Args), t.Known))
	return r
}

// Refused is the result of a task that did not begin.
func Refused(why string) Result {
	return Result{Values: value.NewDict(), Changed: false, Failed: why}
}

func unknownResult(why string) Result {
	return Result{Values: value.NewDict(), Changed: value.Unknown{Why: why}}
}

func finish(r *Result, err error) {
	if r.Values == nil {
		r.Values = value.NewDict()
	}
	r.Changed = len(r.Changes) > 0
	var f *Failure
	if errors.As(err, &f) && f.Values != nil {
		r.Values.Update(f.Values)
	}
	if explicit, ok := r.Values.Get("changed"); ok { // a failure may have one too: what fails is up to failed_when
		r.Changed = explicit
		r.Values.Delete("changed")
	}
	switch {
	case err == nil:
	case errors.Is(err, node.ErrUnknown):
		r.Changed = value.Unknown{Why: err.Error()}
	case f != nil:
		r.Failed = f.Msg
	default:
		r.Failed = err.Error()
	}
}

// Names lists the modules of a table, sorted.
func Names(table map[string]Module) []string {
	var names []string
	for n := range table {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
