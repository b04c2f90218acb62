package ui

import (
	"time"

	"pig/internal/engine"
	"pig/internal/playbook"
)

// Progress shows nothing of a run but its progress line and its warnings.
type Progress struct{ *Text }

// NewProgress shows progress on term.
func NewProgress(term *Terminal) *Progress { return &Progress{NewText(term, Palette{}, TextOptions{})} }

// PlayStarted implements engine.Sink.
func (*Progress) PlayStarted(*playbook.Play, string, []string) {}

// HostDone implements engine.Sink.
func (p *Progress) HostDone(host string, ref engine.TaskRef, r engine.Result, took time.Duration) {
	p.quietly(host, r)
	p.progress()
}

// Recap implements the end of a run.
func (p *Progress) Recap([]string, map[string]engine.Stats) { p.term.Status("") }

// quietly counts a result without showing it.
func (t *Text) quietly(host string, r engine.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.running, host)
	t.done++
	if r.DidChange() {
		t.changed++
	}
	if r.Failed && !r.Ignored {
		t.failed++
	}
}
