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
	// arrive blocks until h may begin the task at p. An error is why it must not: the run ends, or the play was aborted.
	arrive(ctx context.Context, h *run, p place) error
	// leave tells that h will not arrive again.
	leave(h *run)
}

// free lets everybody go.
type free struct{}

func (free) arrive(ctx context.Context, h *run, _ place) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return h.abortCause()
}

func (free) leave(*run) {}

// linear lets hosts go that are at the same task, once all have got there or left.
type linear struct {
	mu      sync.Mutex
	active  int
	waiting []*arrival
}

type arrival struct {
	at   place
	host *run
	stop error         // why it must not go on
	pass chan struct{} // closed when its turn has come
}

func newLinear(hosts int) *linear { return &linear{active: hosts} }

func (l *linear) arrive(ctx context.Context, h *run, p place) error {
	h.finish()
	a := &arrival{at: p, host: h, pass: make(chan struct{})}
	l.mu.Lock()
	l.waiting = append(l.waiting, a)
	l.release()
	l.mu.Unlock()
	select {
	case <-a.pass:
		return a.stop
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (l *linear) leave(h *run) {
	h.finish()
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
	stop := pass[0].host.abortCause() // for all or none: whoever fails at the task does not keep the others from it
	var before chan struct{}
	for _, a := range pass {
		a.stop = stop
		a.host.before, a.host.done = before, make(chan struct{})
		before = a.host.done
		close(a.pass)
	}
}

// finish tells the host after this one that its task is done.
func (r *run) finish() {
	if r != nil && r.done != nil {
		close(r.done)
		r.done = nil
	}
}

// turnOf waits until the hosts before this one have done the same task, where it matters who is the last.
func (r *run) turnOf(ctx context.Context) error {
	for r.before != nil {
		select {
		case <-r.before:
			r.before = nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
