package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Run is a record that was read.
type Run struct {
	ID      string // the file's name without .jsonl
	Path    string
	Start   Start
	Results []Result
	End     *End // nil: it was killed, or is still at work
}

// Changed and Failed count results.
func (r *Run) Changed() int { return r.count("changed") }

// Failed counts the results that failed, for want of a host too.
func (r *Run) Failed() int { return r.count("failed") + r.count("unreachable") }

func (r *Run) count(state string) int {
	n := 0
	for _, res := range r.Results {
		if res.State == state {
			n++
		}
	}
	return n
}

// List reads all runs of a directory, the oldest first. Files that are no journals are left out.
func List(dir string) ([]*Run, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var runs []*Run
	for _, p := range paths {
		if r, err := read(p); err == nil {
			runs = append(runs, r)
		}
	}
	return runs, nil
}

// Find reads the run that id begins, or the last one for "last".
func Find(dir, id string) (*Run, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	if id == "last" {
		if len(paths) == 0 {
			return nil, fmt.Errorf("no run recorded in %s", dir)
		}
		return read(paths[len(paths)-1])
	}
	var hits []string
	for _, p := range paths {
		if name(p) == id {
			return read(p)
		}
		if strings.HasPrefix(name(p), id) {
			hits = append(hits, p)
		}
	}
	switch len(hits) {
	case 0:
		return nil, fmt.Errorf("run %q not found in the journal; list all runs: pig journal list", id)
	case 1:
		return read(hits[0])
	}
	return nil, fmt.Errorf("invalid run %q: %d runs begin with this name: give more of the name", id, len(hits))
}

func name(path string) string { return strings.TrimSuffix(filepath.Base(path), ".jsonl") }

func read(path string) (*Run, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("run %q not found in the journal", name(path))
	}
	if err != nil {
		return nil, err
	}
	r := &Run{ID: name(path), Path: path}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		if err := r.line(lines.Bytes()); err != nil {
			if !bytes.HasSuffix(text, []byte("\n")) && r.End == nil && n > 1 {
				break // the last line was cut off when the run was killed
			}
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	if r.Start.Event == "" {
		return nil, fmt.Errorf("invalid journal %q: the first line is not the record of a run", path)
	}
	return r, lines.Err()
}

func (r *Run) line(text []byte) error {
	var kind struct{ Event string }
	if err := json.Unmarshal(text, &kind); err != nil {
		return err
	}
	switch kind.Event {
	case "start":
		return json.Unmarshal(text, &r.Start)
	case "result":
		var res Result
		if err := json.Unmarshal(text, &res); err != nil {
			return err
		}
		r.Results = append(r.Results, res)
	case "end":
		r.End = &End{}
		return json.Unmarshal(text, r.End)
	}
	return nil
}
