// Package journal keeps a record of every run: who ran what on which hosts, what changed and failed, how it ended.
//
// A run is a file of JSON objects, one a line: a start, results that changed something or failed, an end. A file without
// an end is a run that was killed, or one that is still at work. Secrets are masked before anything is written.
package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"pig/internal/engine"
	"pig/internal/ui"
)

// version changes when a line changes in a way that a reader could notice.
const version = 1

// kept is how many runs are kept; older ones are removed.
const kept = 500

// Sink shows a run; a journal passes on to it what it records.
type Sink interface {
	engine.Sink
	Recap(names []string, stats map[string]engine.Stats)
}

// Start is the first line.
type Start struct {
	V         int       `doc:"version of this format" json:"v"`
	Event     string    `doc:"kind of the line" json:"event"`
	Time      time.Time `doc:"begin of the run" json:"time"`
	Verb      string    `doc:"verb" json:"verb"`
	Who       string    `doc:"user@host" json:"who"`
	PID       int       `doc:"process" json:"pid"`
	Dir       string    `doc:"working directory" json:"dir"`
	Args      []string  `doc:"arguments, values of -e left out" json:"args"`
	Inventory []string  `doc:"files of the inventory" json:"inventory"`
	Hosts     []string  `doc:"hosts of the run" json:"hosts"`
	Pig       string    `doc:"version of pig" json:"pig"`
}

// Result is a task that changed something on a host, or failed there.
type Result struct {
	Event   string            `doc:"kind of the line" json:"event"`
	Time    time.Time         `doc:"end of the task" json:"time"`
	Host    string            `doc:"host" json:"host"`
	Task    string            `doc:"name of the task" json:"task"`
	Action  string            `doc:"module or action of the task" json:"action"`
	At      string            `doc:"file:line:col of the task" json:"at"`
	State   string            `doc:"as in the event result of --json" json:"state"`
	Seconds float64           `doc:"time that the task took" json:"seconds"`
	Msg     string            `doc:"message of the module" json:"msg,omitempty"`
	Changes []ui.ChangeFields `doc:"list of changes, without contents" json:"changes,omitempty"`
}

// Stop is where a host did not go on.
type Stop struct {
	Host string `doc:"host" json:"host"`
	Task string `doc:"task at which the host stopped" json:"task"`
	At   string `doc:"file:line:col of the task" json:"at"`
	Why  string `doc:"failed, unreachable, or at work: the task was cut off" json:"why"`
}

// End is the last line.
type End struct {
	Event   string            `doc:"kind of the line" json:"event"`
	Time    time.Time         `doc:"end of the run" json:"time"`
	Seconds float64           `doc:"time that the run took" json:"seconds"`
	Exit    int               `doc:"exit code" json:"exit"`
	Error   string            `doc:"why the run ended early" json:"error,omitempty"`
	Hosts   map[string]Counts `doc:"counts of each host" json:"hosts,omitempty"`
	Stopped []Stop            `doc:"where hosts did not go on" json:"stopped,omitempty"`
}

// Counts are what became of a host's tasks.
type Counts struct {
	OK          int `json:"ok"`
	Changed     int `json:"changed"`
	Unreachable int `json:"unreachable"`
	Failed      int `json:"failed"`
	Skipped     int `json:"skipped"`
	Rescued     int `json:"rescued"`
	Ignored     int `json:"ignored"`
}

// Dir is where journals lie: below XDG_STATE_HOME, or ~/.local/state.
func Dir() (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "pig", "journal"), nil
}

// Journal records a run and passes everything on to another sink.
type Journal struct {
	Sink

	mu      sync.Mutex
	file    *os.File
	redact  func(string) string
	begin   time.Time
	counts  map[string]Counts
	working map[string]Stop // host: the task that it is at
	stopped []Stop
	broken  error
}

// Open begins the record of a run. It passes on to sink; arguments and errors are written as redact leaves them, and what
// engines tell has its secrets masked already.
func Open(dir string, s Start, sink Sink, redact func(string) string) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot write the journal: %w", err)
	}
	prune(dir)
	s.V, s.Event = version, "start"
	s.Args = slices.Clone(s.Args)
	for i, a := range s.Args {
		s.Args[i] = redact(a)
	}
	j := &Journal{Sink: sink, redact: redact, begin: s.Time, working: map[string]Stop{}}
	name := s.Time.UTC().Format("20060102T150405.000Z") + "-" + s.Verb
	for i := 0; ; i++ {
		path := filepath.Join(dir, name+".jsonl")
		if i > 0 {
			path = filepath.Join(dir, fmt.Sprintf("%s-%d.jsonl", name, i))
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("cannot write the journal: %w", err)
		}
		j.file = f
		break
	}
	j.write(s)
	return j, j.broken
}

// prune removes the oldest runs. That it cannot is no reason not to run.
func prune(dir string) {
	names, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(names) < kept {
		return
	}
	slices.Sort(names)
	for _, n := range names[:len(names)-kept+1] {
		_ = os.Remove(n)
	}
}

func (j *Journal) write(line any) {
	text, err := json.Marshal(line)
	if err == nil {
		_, err = j.file.Write(append(text, '\n'))
	}
	if err != nil && j.broken == nil {
		j.broken = fmt.Errorf("cannot write the journal: %w", err)
	}
}

// HostStarted implements engine.Sink.
func (j *Journal) HostStarted(host string, t engine.TaskRef) {
	j.mu.Lock()
	j.working[host] = Stop{Host: host, Task: t.Title(), At: t.Pos.String(), Why: "at work"}
	j.mu.Unlock()
	j.Sink.HostStarted(host, t)
}

// HostDone implements engine.Sink.
func (j *Journal) HostDone(host string, t engine.TaskRef, r engine.Result, took time.Duration) {
	j.mu.Lock()
	delete(j.working, host)
	state := ui.State(r)
	switch state {
	case "failed", "unreachable", "changed", "ignored":
		line := Result{
			Event: "result", Time: time.Now().UTC(), Host: host, Task: t.Title(), Action: t.Action, At: t.Pos.String(), State: state, Seconds: took.Seconds(),
		}
		if !r.NoLog {
			line.Msg = r.Reason()
		}
		line.Changes = ui.Changes(r.Changes, true, false)
		j.write(line)
	}
	if state == "failed" || state == "unreachable" {
		j.stopped = append(j.stopped, Stop{Host: host, Task: t.Title(), At: t.Pos.String(), Why: state})
	}
	j.mu.Unlock()
	j.Sink.HostDone(host, t, r, took)
}

// Recap takes the counts down.
func (j *Journal) Recap(names []string, stats map[string]engine.Stats) {
	j.mu.Lock()
	j.counts = map[string]Counts{}
	for n, s := range stats {
		j.counts[n] = Counts{s.OK, s.Changed, s.Unreachable, s.Failed, s.Skipped, s.Rescued, s.Ignored}
	}
	j.mu.Unlock()
	j.Sink.Recap(names, stats)
}

// Close ends the record with the run's exit status. The error tells that the record is not whole.
func (j *Journal) Close(exit int, cause string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, s := range j.working {
		j.stopped = append(j.stopped, s)
	}
	slices.SortFunc(j.stopped, func(a, b Stop) int { return strings.Compare(a.Host, b.Host) })
	now := time.Now().UTC()
	j.write(End{Event: "end", Time: now, Seconds: now.Sub(j.begin).Seconds(), Exit: exit, Error: j.redact(cause), Hosts: j.counts, Stopped: j.stopped})
	if err := j.file.Close(); err != nil && j.broken == nil {
		j.broken = err
	}
	return j.broken
}
