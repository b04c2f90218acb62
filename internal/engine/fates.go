package engine

import "sync"

// fates are the hosts that take no further part: they failed, or they could not be reached.
type fates struct {
	mu     sync.RWMutex
	failed map[string]bool
	gone   map[string]bool
	left   map[string]bool // they went on after the failure of another one, and take part in no other play
}

func newFates() *fates {
	return &fates{failed: map[string]bool{}, gone: map[string]bool{}, left: map[string]bool{}}
}

func (f *fates) dead(name string) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.failed[name] || f.gone[name] || f.left[name]
}

// broken tells whether a host failed itself, or could not be reached.
func (f *fates) broken(name string) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.failed[name] || f.gone[name]
}

func (f *fates) away(name string) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.gone[name]
}

func (f *fates) end(name string, unreachable bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if unreachable {
		f.gone[name] = true
	} else {
		f.failed[name] = true
	}
}

func (f *fates) leave(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left[name] = true
}

func (f *fates) forgive(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.failed, name)
	delete(f.gone, name)
	delete(f.left, name)
}

// Failed tells which of names failed or could not be reached.
func (e *Engine) Failed(names []string) []string {
	var bad []string
	for _, n := range names {
		if e.fates.broken(n) {
			bad = append(bad, n)
		}
	}
	return bad
}

// Unreachable tells which of names could not be reached.
func (e *Engine) Unreachable(names []string) []string {
	var away []string
	for _, n := range names {
		if e.fates.away(n) {
			away = append(away, n)
		}
	}
	return away
}
