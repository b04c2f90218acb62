package graph

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Outcome is what became of a node of a walk.
type Outcome struct {
	Err     error
	Skipped string // the name of what failed before it, so that it was not begun
}

// Room bounds how many nodes are visited at once. The zero value does not.
type Room[T any] struct {
	Total int
	Of    func(node T) int // what a node takes of it; one that takes more than there is has all of it
}

func (r Room[T]) of(node T) int {
	if r.Total == 0 {
		return 0
	}
	return min(r.Of(node), r.Total)
}

// Walk visits every node as soon as all that it waits for is done and there is room, several at once. Those that come late in the order go first,
// so that what was begun is finished. What waits for a node that failed is skipped; the rest goes on. It returns when nothing runs any more.
func (g *Graph[T]) Walk(ctx context.Context, room Room[T], visit func(ctx context.Context, name string, node T) error) (map[string]Outcome, error) {
	order, err := g.Sort()
	if err != nil {
		return nil, err
	}
	w := &walk[T]{graph: g, visit: visit, room: room, depth: g.depths(order), outcomes: map[string]Outcome{}, begun: map[string]bool{}}
	w.mu.Lock()
	w.begin(ctx)
	w.mu.Unlock()
	w.running.Wait()
	return w.outcomes, nil
}

// depths tell how many nodes come before each, on the longest way to it; order is a sorted one.
func (g *Graph[T]) depths(order []string) map[string]int {
	depth := map[string]int{}
	for _, n := range order {
		for _, o := range g.after[n] {
			depth[n] = max(depth[n], depth[o]+1)
		}
	}
	return depth
}

type walk[T any] struct {
	graph    *Graph[T]
	visit    func(context.Context, string, T) error
	room     Room[T]
	depth    map[string]int
	mu       sync.Mutex
	taken    int // of the room
	outcomes map[string]Outcome
	begun    map[string]bool
	running  sync.WaitGroup
}

// begin starts the nodes that are ready, as far as there is room, and skips those that cannot be. The caller holds the lock.
func (w *walk[T]) begin(ctx context.Context) {
	var ready []string
	for again := true; again; {
		again = false
		ready = ready[:0]
		for _, n := range w.graph.order {
			if w.begun[n] {
				continue
			}
			ok, failed := w.ready(n)
			switch {
			case failed != "":
				w.begun[n] = true
				w.outcomes[n] = Outcome{Skipped: failed}
				again = true
			case ok:
				ready = append(ready, n)
			}
		}
	}
	slices.SortStableFunc(ready, func(a, b string) int { return w.depth[b] - w.depth[a] })
	for _, n := range ready {
		takes := w.room.of(w.graph.nodes[n])
		if w.taken+takes > w.room.Total {
			return // the next in turn waits, however small those behind it are
		}
		w.taken += takes
		w.begun[n] = true
		w.running.Go(func() { w.run(ctx, n, takes) })
	}
}

func (w *walk[T]) ready(name string) (ready bool, failed string) {
	for _, o := range w.graph.after[name] {
		out, done := w.outcomes[o]
		switch {
		case !done:
			return false, ""
		case out.Err != nil && !w.graph.bears(name, o, out.Err):
			return false, o
		case out.Skipped != "":
			return false, out.Skipped
		}
	}
	return true, ""
}

// bears tells whether name goes on although o, which it comes after, failed.
func (g *Graph[T]) bears(name, o string, err error) bool {
	var b Bearable
	return g.loose[[2]string{name, o}] && errors.As(err, &b) && b.Bearable()
}

func (w *walk[T]) run(ctx context.Context, name string, takes int) {
	err := w.visit(ctx, name, w.graph.nodes[name])
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken -= takes
	w.outcomes[name] = Outcome{Err: err}
	w.begin(ctx)
}
