package imitation

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"pig/internal/node"
)

// Illness makes one service answer badly for a while: beginning with the Nth question that a module asks a service, all its answers to the next
// few questions are lost, late, or that it cannot now.
type Illness struct {
	Status int // what it answers; 0: nothing at all
	At     int // the question with which it begins, from 1 on
	Tries  int // how many it spoils

	mu     sync.Mutex
	asked  int
	place  string
	struck int
}

// Asked is how many questions there were.
func (i *Illness) Asked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// Struck tells whose answers were spoiled, "" if none was.
func (i *Illness) Struck() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.place
}

// strikes tells whether a question at a place is spoiled.
func (i *Illness) strikes(place string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked++
	if i.asked == i.At {
		i.place = place
	}
	if i.place != place || i.struck == i.Tries {
		return false
	}
	i.struck++
	return true
}

// SetIllness decides how services answer from now on; nil: well.
func (w *World) SetIllness(i *Illness) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.illness = i
}

// spoiled gives the answer of a service that is ill, if it is. Questions are those of modules that know a service's unit.
func (w *World) spoiled(ctx context.Context, place, needs string, timeout time.Duration) (node.Response, error, bool) {
	w.mu.Lock()
	i := w.illness
	w.mu.Unlock()
	if i == nil || needs == "" || !i.strikes(place) {
		return node.Response{}, nil, false
	}
	if i.Status != 0 {
		return node.Response{Status: i.Status, Body: []byte("<html>not now</html>")}, nil, true
	}
	t := time.NewTimer(timeout)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
		return node.Response{}, ctx.Err(), true
	}
	return node.Response{}, &node.Silence{Err: fmt.Errorf("%s: %w", place, os.ErrDeadlineExceeded)}, true
}
