package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pig/internal/engine"
	"pig/internal/playbook"
	"pig/internal/value"
)

// Minimal shows the results of a single task as the program ansible does.
type Minimal struct {
	*Ansible
	OneLine bool
	// Tree is a directory that gets a file for each host; "": none.
	Tree string
	// Args are the arguments of the task as Ansible shows them where it failed.
	Args string
}

// The methods of Sink that say nothing here.
var _ engine.Sink = (*Minimal)(nil)

// PlayStarted implements engine.Sink.
func (m *Minimal) PlayStarted(*playbook.Play, string, []string) {}

// TaskStarted implements engine.Sink.
func (m *Minimal) TaskStarted(engine.TaskRef) {}

// HostStarted implements engine.Sink.
func (m *Minimal) HostStarted(string, engine.TaskRef) {}

// ItemDone implements engine.Sink: there are no loops.
func (m *Minimal) ItemDone(string, engine.TaskRef, engine.Result) {}

// Included implements engine.Sink.
func (m *Minimal) Included(string, engine.TaskRef, string, string) {}

// HostsGone implements engine.Sink.
func (m *Minimal) HostsGone() {}

// Retrying implements engine.Sink.
func (m *Minimal) Retrying(string, engine.TaskRef, int, int) {}

// Recap says nothing: the exit code tells.
func (m *Minimal) Recap([]string, map[string]engine.Stats) {}

// HostDone implements engine.Sink.
func (m *Minimal) HostDone(host string, t engine.TaskRef, r engine.Result, _ time.Duration) {
	m.warnings(r)
	m.keep(host, t, r)
	if (m.opt.Diff || r.AsksDiff) && !m.OneLine {
		if text := diffs(r); text != "" {
			m.term.Print(text + "\n")
		}
	}
	color, state := m.paint.Green, "SUCCESS"
	switch {
	case r.Unreachable && m.OneLine:
		m.term.Print(m.paint.Red(host+" | UNREACHABLE!: "+message(r)) + "\n")
		return
	case r.Unreachable:
		color, state = m.paint.Red, "UNREACHABLE!"
	case r.Failed:
		color, state = m.paint.Red, "FAILED!"
		if !m.OneLine {
			m.term.Print(m.trouble(t, r))
		}
	case r.Skipped:
		m.term.Print(m.paint.Cyan(host+" | SKIPPED") + "\n")
		return
	case r.DidChange() || r.Unknown():
		color, state = m.paint.Yellow, "CHANGED"
	}
	m.term.Print(color(m.told(host, state, t, r)) + "\n")
}

func message(r engine.Result) string {
	if text := value.Str(r.Values.At("msg")); r.Values.Has("msg") {
		return text
	}
	return r.Msg
}

// told is the line of a host: of a command what it printed, of others the result.
func (m *Minimal) told(host, state string, t engine.TaskRef, r engine.Result) string {
	action := t.Action[strings.LastIndexByte(t.Action, '.')+1:]
	command := action == "command" || action == "shell" || action == "raw" || action == "script"
	if !command || r.Unreachable || r.NoLog || r.Values.Has("ansible_job_id") || m.OneLine && r.Failed {
		if m.OneLine {
			t.Action = "" // of debug it shows all too
		}
		text := m.dump(t, r, !m.OneLine)
		if m.OneLine {
			text = strings.ReplaceAll(text, "\n", "")
		}
		return host + " | " + state + " => " + text
	}
	rc := "-1"
	if v := r.Values.At("rc"); v != nil {
		rc = value.Str(v)
	}
	out, errs := text(r, "stdout"), text(r, "stderr")
	if !m.OneLine {
		return fmt.Sprintf("%s | %s | rc=%s >>\n%s%s%s", host, strings.TrimSuffix(state, "!"), rc, out, errs, message(r))
	}
	escape := strings.NewReplacer("\n", `\n`, "\r", `\r`)
	line := fmt.Sprintf("%s | %s | rc=%s | (stdout) %s", host, state, rc, escape.Replace(out))
	if errs != "" {
		line += " (stderr) " + escape.Replace(errs)
	}
	return line
}

func text(r engine.Result, name string) string {
	v := r.Values.At(name)
	if v == nil {
		return ""
	}
	return value.Display(v)
}

// trouble tells why a task failed.
func (m *Minimal) trouble(t engine.TaskRef, r engine.Result) string {
	why := m.origin(t, r)
	head, _, _ := strings.Cut(why, "\n")
	if head == "" {
		return ""
	}
	return fmt.Sprintf("%s\nOrigin: <adhoc '%s' task>\n\n%s\n\n", head, t.Action, m.Args)
}

// keep writes the result of a host into its file.
func (m *Minimal) keep(host string, t engine.TaskRef, r engine.Result) {
	if m.Tree == "" || r.Skipped {
		return
	}
	err := os.MkdirAll(m.Tree, 0o755) //nolint:gosec // as Ansible makes it
	if err == nil {
		t.Action = ""                                                                                      // of debug all is kept too
		err = os.WriteFile(filepath.Join(m.Tree, filepath.Base(host)), []byte(m.dump(t, r, false)), 0o644) //nolint:gosec // as Ansible makes it
	}
	if err != nil {
		m.Warned("cannot write the result of " + host + ": " + err.Error())
	}
}
