package imitation

import (
	"errors"
	"sync"
	"syscall"
)

// Faults decide what goes wrong: one thing, at the Nth deed or the Nth answer of all machines.
type Faults struct {
	Kind Fault
	At   int
	What string // only deeds that are this one count, such as "write /etc/hosts"; "" counts all

	mu     sync.Mutex
	deeds  int
	frames int
	struck string // what it hit, "" as long as it has not happened
	cut    func()
}

// Fault is a kind of fault.
type Fault int

// The faults. Those of deeds happen on a machine, those of frames on the way back from it.
const (
	None         Fault = iota
	KilledBefore       // the agent dies before the deed
	KilledAfter        // the agent dies when the deed is done
	DiskFull           // the deed finds no space, once
	Slow               // the answer takes a minute
	Lost               // the answer is lost, and the connection with it
	Twice              // the answer comes twice
	Late               // the answer comes after the next one
	Gone               // the controller is gone: every connection ends at once
	Silent             // the controller has vanished: no connection ends, and nothing goes through any more
	kinds
)

var faultNames = [...]string{"none", "agent killed before a deed", "agent killed after a deed", "disk full", "slow", "answer lost", "answer twice", "answers reordered", "controller killed", "controller vanished"}

func (f Fault) String() string { return faultNames[f] }

// Kinds is the number of kinds of faults, the first of which is none.
const Kinds = int(kinds)

// NoFaults lets everything go well.
func NoFaults() *Faults { return &Faults{} }

// OnCut makes f call cut when the controller is to go.
func (f *Faults) OnCut(cut func()) { f.cut = cut }

// Struck tells what the fault hit, "" if it never came to it.
func (f *Faults) Struck() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.struck
}

// Deeds is how many deeds there were, Frames how many answers.
func (f *Faults) Deeds() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.deeds
}

// Frames is how many answers there were.
func (f *Faults) Frames() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.frames
}

func (f *Faults) turn(what string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.What != "" && f.What != what {
		return 0
	}
	f.deeds++
	return f.deeds
}

// strikes tells whether the fault happens now.
func (f *Faults) strikes(at int, what string, kinds ...Fault) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range kinds {
		if f.Kind == k && f.At == at {
			f.struck = what
			return true
		}
	}
	return false
}

var errKilled = errors.New("the agent was killed")

func (f *Faults) before(at int, p *process, what string) error {
	switch {
	case f.strikes(at, p.addr+": "+what, KilledBefore):
		p.end(errKilled)
		return errKilled
	case f.strikes(at, p.addr+": "+what, DiskFull):
		return syscall.ENOSPC
	}
	return nil
}

func (f *Faults) after(at int, p *process, what string) error {
	switch {
	case f.strikes(at, p.addr+": "+what, KilledAfter):
		p.end(errKilled)
		return errKilled
	case f.What != "" && f.strikes(at, p.addr+": "+what, Gone):
		p.world.Cut()
		f.cut()
	case f.What != "" && f.strikes(at, p.addr+": "+what, Silent):
		p.world.Hush()
		f.cut()
	}
	return nil
}

// answer counts an answer, and tells which one it is.
func (f *Faults) answer() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.frames++
	return f.frames
}
