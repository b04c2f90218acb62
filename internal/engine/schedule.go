package engine

import (
	"context"
	"slices"
	"sync"
)

// place is where a host is in a play: the indexes of sections, blocks and tasks on the way there. Places compare in the
// order in which the playbook reads.
type place []int

func (p place) at(i int) place { return append(slices.Clip(p), i) }

// schedule decides when a host may begin its next task.
type schedule interface {
	// arrive blocks until h may begin the task at p. lead is true for the one host of those that begin it together which
	// stands first in the inventory.
	arrive(ctx context.Context, h *run, p place) (lead bool, err error)
	// leave tells that h will not arrive again.
	leave(h *run)
}

// free lets everybody go.
type free struct{}

func (free) arrive(ctx context.Context, _ *run, _ place) (bool, error) {
	return true, context.Cause(ctx)
}
func (free) leave(*run) {}

// linear lets hosts go that are at the same task, once all have got there or left.
type linear struct {
	mu      sync.Mutex
	active  int
	waiting []*arrival
}

type arrival struct {
	host *run
	at   place
	pass chan bool
}

func newLinear(hosts int) *linear { return &linear{active: hosts} }

func (l *linear) arrive(ctx context.Context, h *run, p place) (bool, error) {
	a := &arrival{host: h, at: p, pass: make(chan bool, 1)}
	l.mu.Lock()
	l.waiting = append(l.waiting, a)
	l.release()
	l.mu.Unlock()
	select {
	case lead := <-a.pass:
		return lead, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

func (l *linear) leave(*run) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.active--
	l.release()
}

// release lets those pass who are furthest behind, if everybody waits. The caller holds the lock.
func (l *linear) release() {
	if len(l.waiting) == 0 || len(l.waiting) < l.active {
		return
	}
	first := l.waiting[0].at
	for _, a := range l.waiting {
		if slices.Compare(a.at, first) < 0 {
			first = a.at
		}
	}
	var stay, pass []*arrival
	for _, a := range l.waiting {
		if slices.Equal(a.at, first) {
			pass = append(pass, a)
		} else {
			stay = append(stay, a)
		}
	}
	l.waiting = stay
	slices.SortFunc(pass, func(a, b *arrival) int { return a.host.index - b.host.index })
	for i, a := range pass {
		a.pass <- i == 0
	}
}
