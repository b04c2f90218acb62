package plan

import (
	"slices"
	"sync"
	"time"

	"pig/internal/engine"
	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/product"
)

// Entry is what one task changes on one host.
type Entry struct {
	Host    string
	On      string // the machine that it is done on, if that is not Host
	Task    string
	At      string
	Changes []node.Change
	Unknown bool // only a run can tell whether it changes anything
	Failed  string
	// Unreachable tells of Failed that the host could not be reached.
	Unreachable bool
	NoLog       bool
	Left        bool // it is what an interrupted run left to do
	// Source is a digest of what a result follows from that is not known yet, in a plan that is kept.
	Source string
	// Warnings are what the operator should know although nothing changes, such as a user that is no longer declared.
	Warnings []string
}

// Record takes down what a unit's run changes, or would. It is an engine.Sink that passes everything on to another one.
type Record struct {
	engine.Sink

	mu      sync.Mutex
	entries []Entry
}

// NewRecord passes on to sink.
func NewRecord(sink engine.Sink) *Record { return &Record{Sink: sink} }

// HostDone implements engine.Sink.
func (r *Record) HostDone(host string, t engine.TaskRef, res engine.Result, took time.Duration) {
	e := Entry{Host: host, On: res.Delegate, Task: t.Title(), At: t.Pos.String(), Changes: res.Changes, Unknown: res.Unknown(), NoLog: res.NoLog, Left: t.Left, Source: res.Source, Warnings: res.Warnings}
	if res.Failed && !res.Ignored {
		e.Failed, e.Unreachable = reason(res), res.Unreachable
	}
	if res.Unreachable && res.Ignored {
		e.Warnings = append(e.Warnings, t.Title()+": left out, "+reason(res))
	}
	if res.DidChange() && len(res.Changes) == 0 {
		e.Changes = []node.Change{{Kind: taskKind, ID: t.Title(), Action: "run"}}
	}
	if e.Unknown { // then a plan cannot tell of any of its changes
		e.Changes = slices.Clone(e.Changes)
		for i := range e.Changes {
			e.Changes[i].Unknown = true
		}
	}
	if e.Failed != "" || e.Unknown || res.DidChange() || len(res.Changes) > 0 || len(e.Warnings) > 0 {
		r.mu.Lock()
		r.entries = append(r.entries, byMachine(e, res.Items)...)
		r.mu.Unlock()
	}
	r.Sink.HostDone(host, t, res, took)
}

// byMachine divides what the turns of a loop do on other machines than the host's: each machine has an entry of its own.
func byMachine(e Entry, turns []engine.Result) []Entry {
	var all []Entry
	for _, t := range turns {
		if len(t.Changes) == 0 {
			continue
		}
		i := slices.IndexFunc(all, func(other Entry) bool { return other.On == t.Delegate })
		if i < 0 {
			one := e
			one.On, one.Changes = t.Delegate, nil
			if len(all) > 0 { // the task is told once
				one.Unknown, one.Failed, one.Unreachable, one.Warnings = false, "", false, nil
			}
			all = append(all, one)
			i = len(all) - 1
		}
		all[i].Changes = append(all[i].Changes, t.Changes...)
	}
	if len(all) == 0 {
		return []Entry{e}
	}
	return all
}

// reason is why a task failed, as a plan file may hold it.
func reason(r engine.Result) string {
	if r.NoLog {
		return "(no_log)"
	}
	return r.Reason()
}

// PlayStarted implements engine.Sink. Units have headings of their own.
func (r *Record) PlayStarted(p *playbook.Play, name string, hosts []string) {
	r.Sink.PlayStarted(p, name, hosts)
}

// Entries are what was taken down, by host and in the order in which each host did it.
func (r *Record) Entries() []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.Clone(r.entries)
	slices.SortStableFunc(list, func(a, b Entry) int {
		switch {
		case a.Host < b.Host:
			return -1
		case a.Host > b.Host:
			return 1
		}
		return 0
	})
	return list
}

// UnitPlan is what one unit changes.
type UnitPlan struct {
	Unit      product.Unit
	Entries   []Entry
	Inputs    string // digest of the inventory's variables of its hosts
	Extra     string // digest of the variables of the command line
	Passwords string // digest of the generated passwords that it may use
	Skipped   string
	Error     string
	// Problems are what does not run as declared although nothing is to be changed.
	Problems []string
	// Warnings are what lives on and is not in the inventory, of a unit that changes something.
	Warnings []string
	// Took is how long a run needed for it.
	Took time.Duration
}

// Plan is what all units change.
type Plan struct {
	Pig     string
	Salt    string // of the digests
	Rounds  int    // of the digests
	Offline bool   // no host was asked
	Limit   string
	Tags    []string
	Only    []string // modules
	Units   []UnitPlan
	// Tables is the version of the CMDB that the inventory was read from; nil for one of files.
	Tables *Tables
}

// Tables is a version of an inventory that is kept in a database.
type Tables struct {
	ID      string `doc:"which database" json:"id"`
	Name    string `doc:"how the command line named the database" json:"name"`
	Version int64  `doc:"version of the inventory" json:"version"`
}

// Summary counts changes.
type Summary struct {
	Create, Update, Delete, Other int
	Unknown                       int
	Failed, Unreachable           int // tasks that failed, hosts that could not be reached
	Problems                      int // of units that change nothing
	Impact                        map[node.Impact]int
}

// Bad is how much could not be planned or done.
func (s Summary) Bad() int { return s.Failed + s.Unreachable }

// Changes is the number of all changes.
func (s Summary) Changes() int { return s.Create + s.Update + s.Delete + s.Other }

// Summarize counts what the units change.
func Summarize(units ...UnitPlan) Summary {
	s := Summary{Impact: map[node.Impact]int{}}
	for _, u := range units {
		told := s.Bad()
		for _, e := range u.Entries {
			switch {
			case e.Failed != "" && e.Unreachable:
				s.Unreachable++
			case e.Failed != "":
				s.Failed++
			}
			if e.Unknown && len(e.Changes) == 0 {
				s.Unknown++
			}
			for _, c := range e.Changes {
				s.count(c)
			}
		}
		if u.Error != "" && s.Bad() == told { // else its hosts have told why
			s.Failed++
		}
		s.Problems += len(u.Problems)
	}
	return s
}

func (s *Summary) count(c node.Change) {
	switch c.Action {
	case "create", "install":
		s.Create++
	case "update", "upgrade", "rename":
		s.Update++
	case "delete", "remove":
		s.Delete++
	default:
		s.Other++
	}
	s.Impact[c.Impact]++
}

// Worst is the worst impact of all.
func (s Summary) Worst() node.Impact {
	worst := node.ImpactNone
	for i, n := range s.Impact {
		if n > 0 {
			worst = max(worst, i)
		}
	}
	return worst
}
