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
	V         int       `json:"v"`
	Event     string    `json:"event"` // start
	Time      time.Time `json:"time"`
	Verb      string    `json:"verb"`
	Who       string    `json:"who"` // user@host
	PID       int       `json:"pid"`
	Dir       string    `json:"dir"`
	Args      []string  `json:"args"` // without the values of -e
	Inventory []string  `json:"inventory"`
	Hosts     []string  `json:"hosts"`
	Pig       string    `json:"pig"`
}

// Result is a task that changed something on a host, or failed there.
type Result struct {
	Event   string           `json:"event"` // result
	Time    time.Time        `json:"time"`
	Host    string           `json:"host"`
	Task    string           `json:"task"`
	Action  string           `json:"action"`
	At      string           `json:"at"`
	State   string           `json:"state"`
	Seconds float64          `json:"seconds"`
	Msg     string           `json:"msg,omitempty"`
	Changes []map[string]any `json:"changes,omitempty"`
}

// Stop is where a host did not go on.
type Stop struct {
	Host string `json:"host"`
	Task string `json:"task"`
	At   string `json:"at"`
	Why  string `json:"why"` // failed, unreachable, or at work: it was cut off
}

// End is the last line.
type End struct {
	Event   string            `json:"event"` // end
	Time    time.Time         `json:"time"`
	Seconds float64           `json:"seconds"`
	Exit    int               `json:"exit"`
	Error   string            `json:"error,omitempty"`
	Hosts   map[string]Counts `json:"hosts,omitempty"`
	Stopped []Stop            `json:"stopped,omitempty"`
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
