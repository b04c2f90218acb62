// Package imitation is machines in memory, for tests: node.Machine as a live one, with files, accounts, packages, systemd units,
// commands and a network between them, and a real agent before each. The whole of pig runs against a World in one process.
//
// It is not a simulator of Linux: it knows what pig asks of a node, and fails loudly, naming what it does not know. Time is the
// test's: in a bubble of testing/synctest waits cost nothing.
package imitation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// World is machines that see each other.
type World struct {
	universe *Universe
	boot     time.Time

	mu       sync.Mutex
	last     time.Time
	machines map[string]*Machine // by address
	clusters map[string]any      // what members of a cluster hold together, by its name
	unknown  []string
	events   []Event
	faults   *Faults
	illness  *Illness
	agents   []*process
	pace     *rand.Rand               // how long answers take, nil for no time
	behind   map[string]time.Duration // how long each answer of a machine takes
}

// NewWorld is an empty one, whose machines know the packages and programs of u.
func NewWorld(u *Universe) *World {
	return &World{universe: u, boot: time.Now(), machines: map[string]*Machine{}, clusters: map[string]any{}, faults: NoFaults()}
}

// Add makes a fresh machine with an address.
func (w *World) Add(addr string) *Machine { return w.AddOf(addr, w.universe) }

// AddOf makes one of another distribution than the others'.
func (w *World) AddOf(addr string, u *Universe) *Machine {
	m := newMachine(w, addr, u)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.machines[addr] = m
	return m
}

// Remove takes a machine away: nobody reaches it any more.
func (w *World) Remove(addr string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.machines, addr)
}

// Machine gives the machine at an address, nil if there is none.
func (w *World) Machine(addr string) *Machine {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.machines[addr]
}

// Machines are all machines, by address.
func (w *World) Machines() []*Machine {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []*Machine
	for _, m := range w.machines {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *Machine) int {
		if a.addr < b.addr {
			return -1
		}
		return 1
	})
	return all
}

// now is a clock that gives each time once, so that what comes later is later.
func (w *World) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := time.Now()
	if !t.After(w.last) {
		t = w.last.Add(time.Microsecond)
	}
	w.last = t
	return t
}

// Shared gives what the members of a cluster hold together, made by the first one that asks.
func Shared[T any](w *World, name string, create func() T) T {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v, ok := w.clusters[name].(T); ok {
		return v
	}
	v := create()
	w.clusters[name] = v
	return v
}

// unheardOf notes something that the imitation would have to know, and gives the error.
func (w *World) unheardOf(format string, args ...any) error {
	err := fmt.Errorf("the imitation does not know "+format, args...)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unknown = append(w.unknown, err.Error())
	return err
}

// Unknown is what somebody asked for that the imitation does not know. A test that finds something here proves nothing.
func (w *World) Unknown() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.unknown)
}

// SetFaults decides what goes wrong from now on.
func (w *World) SetFaults(f *Faults) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = f
}

// Unevenly lets each answer take its time from now on, up to a minute by chance of a seed: hosts overtake each other.
func (w *World) Unevenly(seed uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pace = rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // chance that a seed repeats
}

// Behind lets each answer of a machine take d from now on: it falls behind the others.
func (w *World) Behind(addr string, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.behind == nil {
		w.behind = map[string]time.Duration{}
	}
	w.behind[addr] = d
}

// slow is how long the next answer of a machine takes: mostly a moment, now and then much longer.
func (w *World) slow(addr string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.behind[addr] > 0:
		return w.behind[addr]
	case w.pace == nil:
		return 0
	case w.pace.IntN(20) == 0:
		return time.Duration(w.pace.Int64N(int64(slowness)))
	}
	return time.Duration(w.pace.Int64N(int64(time.Second)))
}

func (w *World) fault() *Faults {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults
}
