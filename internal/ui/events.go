package ui

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"pig/internal/plan"
)

// eventVersion changes when an event changes in a way that a reader could notice.
const eventVersion = 1

// Event is a line of --json. The fields of its type are those of the line; docs/reference/events.md is made of their doc tags.
type Event interface{ event() string }

// Documented are all events, in the order of the page, by name.
func Documented() (names []string, events []Event) {
	events = []Event{
		PlayEvent{}, TaskEvent{}, ResultEvent{}, RetryEvent{}, WarningEvent{}, RecapEvent{}, PlanEvent{}, DifferenceEvent{}, ProblemEvent{}, StatusEvent{}, LockEvent{}, PolicyEvent{}, DriftEvent{}, RepositoryEvent{},
	}
	for _, e := range events {
		names = append(names, e.event())
	}
	return names, events
}

// PlayEvent begins a play.
type PlayEvent struct {
	Name    string   `doc:"name of the play" json:"name"`
	Hosts   []string `doc:"hosts of the play" json:"hosts"`
	Planned bool     `doc:"whether this is a plan" json:"planned"`
}

func (PlayEvent) event() string { return "play" }

// TaskEvent comes when the first host begins a task.
type TaskEvent struct {
	Task    string `doc:"the role's name and the task's" json:"task"`
	Action  string `doc:"module or action of the task" json:"action"`
	At      string `doc:"file:line:col of the task" json:"at"`
	Handler bool   `doc:"whether the task is a handler" json:"handler"`
}

func (TaskEvent) event() string { return "task" }

// ResultEvent tells what became of a task on a host.
type ResultEvent struct {
	Host     string          `doc:"host" json:"host"`
	Task     string          `doc:"as in the event task" json:"task"`
	Action   string          `doc:"as in the event task" json:"action"`
	At       string          `doc:"as in the event task" json:"at"`
	State    string          `doc:"ok, changed, failed, unreachable, skipped, ignored (failed, and the playbook goes on), unknown (a plan cannot tell)" json:"state"`
	Seconds  float64         `doc:"time that the task took" json:"seconds"`
	Tags     []string        `doc:"tags of the task" json:"tags,omitempty"`
	Msg      string          `doc:"message of the module; left out for no_log" json:"msg,omitempty"`
	Changes  []ChangeFields  `doc:"list of changes" json:"changes,omitempty"`
	Warnings []string        `doc:"warnings of the module" json:"warnings,omitempty"`
	Result   json.RawMessage `doc:"values of debug, of a loop those of each turn in results; left out for no_log" json:"result,omitempty"`
}

func (ResultEvent) event() string { return "result" }

// RetryEvent comes before a task is tried again.
type RetryEvent struct {
	Host    string `doc:"host" json:"host"`
	Task    string `doc:"as in the event task" json:"task"`
	Attempt int    `doc:"number of the attempt" json:"attempt"`
	Of      int    `doc:"highest number of attempts" json:"of"`
}

func (RetryEvent) event() string { return "retry" }

// WarningEvent warns of something that belongs to no result.
type WarningEvent struct {
	Msg string `doc:"text of the warning" json:"msg"`
}

func (WarningEvent) event() string { return "warning" }

// RecapEvent counts the results of each host at the end of a run.
type RecapEvent struct {
	Hosts map[string]CountFields `doc:"counts of each host" json:"hosts"`
}

func (RecapEvent) event() string { return "recap" }

// PlanEvent is what pig plan found.
type PlanEvent struct {
	Plan *plan.Document `doc:"plan, as plan.schema.json describes it" json:"plan"`
}

func (PlanEvent) event() string { return "plan" }

// DifferenceEvent tells what an apply did otherwise than it was planned.
type DifferenceEvent struct {
	Msg string `doc:"what differs" json:"msg"`
}

func (DifferenceEvent) event() string { return "difference" }

// ProblemEvent tells what runs otherwise than declared after an apply.
type ProblemEvent struct {
	Unit string `doc:"unit of the plan" json:"unit"`
	Msg  string `doc:"what differs" json:"msg"`
}

func (ProblemEvent) event() string { return "problem" }

// StatusEvent is what pig status found.
type StatusEvent struct {
	Well     bool `doc:"whether all clusters are healthy" json:"well"`
	Clusters any  `doc:"clusters with their members and problems" json:"clusters"`
}

func (StatusEvent) event() string { return "status" }

// LockEvent tells who has the lock of a host.
type LockEvent struct {
	Host   string `doc:"host" json:"host"`
	Locked bool   `doc:"whether a run holds the lock" json:"locked"`
	Holder string `doc:"who runs it: user@host, process, begin, verb" json:"holder,omitempty"`
	Msg    string `doc:"why the host did not tell" json:"msg,omitempty"`
}

func (LockEvent) event() string { return "lock" }

// PolicyEvent tells what a rule found in a plan.
type PolicyEvent struct {
	Policy string   `doc:"name of the rule" json:"policy"`
	Denied bool     `doc:"whether the rule denies the plan; else it warns" json:"denied"`
	At     string   `doc:"file:line:col of the rule" json:"at"`
	Msg    string   `doc:"message of the rule" json:"msg,omitempty"`
	About  []string `doc:"what the rule found" json:"about,omitempty"`
}

func (PolicyEvent) event() string { return "policy" }

// DriftEvent is what pig drift found.
type DriftEvent struct {
	Drifted bool          `doc:"whether a host differs from the inventory" json:"drifted"`
	Units   []DriftFields `doc:"units, also those that do not differ" json:"units"`
}

func (DriftEvent) event() string { return "drift" }

// DriftFields are those of a unit.
type DriftFields struct {
	Unit        string   `doc:"module, or module:cluster" json:"unit"`
	Module      string   `doc:"module" json:"module"`
	Cluster     string   `doc:"cluster; empty where the module has only one" json:"cluster"`
	Drifted     bool     `doc:"whether the unit differs from the inventory" json:"drifted"`
	Changes     int      `doc:"changes that pig apply would make" json:"changes"`
	Unknown     int      `doc:"tasks of which only a run can tell" json:"unknown"`
	Problems    []string `doc:"what does not run as declared" json:"problems"`
	Errors      int      `doc:"tasks that failed, hosts that could not be reached" json:"errors"`
	WorstImpact string   `doc:"worst impact of these changes, one word" json:"worst_impact"`
	Addresses   []string `doc:"what differs, as in plan.schema.json" json:"addresses"`
}

// RepositoryEvent is what pig repo list found on a host.
type RepositoryEvent struct {
	Host     string          `doc:"host of the repository" json:"host"`
	Packages []PackageFields `doc:"packages in the index" json:"packages"`
	Problems []string        `doc:"files that differ from the index" json:"problems"`
}

func (RepositoryEvent) event() string { return "repository" }

// PackageFields are those of a package of a repository.
type PackageFields struct {
	Package      string `doc:"name of the package" json:"package"`
	Version      string `doc:"version" json:"version"`
	Architecture string `doc:"architecture, all for any" json:"architecture"`
	File         string `doc:"name of the file" json:"file"`
	Size         int64  `doc:"size of the file in bytes" json:"size"`
}

// ChangeFields are those of a change.
type ChangeFields struct {
	Action  string       `doc:"create, update, delete, start, ..." json:"action"`
	Assumed bool         `doc:"the change rests on something that the plan took for granted" json:"assumed,omitempty"`
	Attrs   []AttrFields `doc:"attributes that change; left out for no_log" json:"attrs,omitempty"`
	Diff    string       `doc:"how the content differs; with --diff only, left out for no_log" json:"diff,omitempty"`
	ID      string       `doc:"which one: a path, a name" json:"id"`
	Impact  string       `doc:"none, reload, gap, restart, failover, data loss (docs/plan.md)" json:"impact"`
	Kind    string       `doc:"file, package, service, database, ..." json:"kind"`
	Shared  bool         `doc:"the thing belongs to a cluster, and is the same on each member" json:"shared,omitempty"`
	Unknown bool         `doc:"a plan cannot tell whether this changes" json:"unknown,omitempty"`
}

// AttrFields are those of an attribute of a change.
type AttrFields struct {
	After  string `doc:"value after the change" json:"after"`
	Before string `doc:"value before the change" json:"before"`
	Name   string `doc:"name of the attribute" json:"name"`
}

// CountFields are the counts of a host.
type CountFields struct {
	Changed     int `doc:"tasks that changed something" json:"changed"`
	Failed      int `doc:"tasks that failed" json:"failed"`
	Ignored     int `doc:"tasks that failed and were ignored" json:"ignored"`
	OK          int `doc:"tasks that ended well, changed ones too" json:"ok"`
	Rescued     int `doc:"tasks that failed and were rescued" json:"rescued"`
	Skipped     int `doc:"tasks that were skipped" json:"skipped"`
	Unknown     int `doc:"tasks of which a plan cannot tell" json:"unknown"`
	Unreachable int `doc:"tasks whose host did not answer" json:"unreachable"`
}

// Line is the line of an event. What tells of the course of a run has a time, what tells of its outcome has none.
func Line(e Event, at time.Time) ([]byte, error) {
	fields := map[string]any{"v": eventVersion, "event": e.event()}
	if !at.IsZero() {
		fields["time"] = at.UTC().Format(time.RFC3339Nano)
	}
	for field, v := range reflect.ValueOf(e).Fields() {
		name, option, _ := strings.Cut(field.Tag.Get("json"), ",")
		if option == "omitempty" && (v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0) {
			continue
		}
		fields[name] = v.Interface()
	}
	return json.Marshal(fields)
}
