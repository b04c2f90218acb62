// Package graph is a small directed acyclic graph and its walker. It knows nothing of what its nodes are.
package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Graph is a set of nodes with names and the edges between them. Nodes keep the order in which they were added.
type Graph[T any] struct {
	order []string
	nodes map[string]T
	after map[string][]string // name -> what must be done before it
	loose map[[2]string]bool  // of those, the ones that may be away
}

// Bearable is an error of a node that those who only follow it can live with.
type Bearable interface {
	error
	Bearable() bool
}

// New makes an empty graph.
func New[T any]() *Graph[T] {
	return &Graph[T]{nodes: map[string]T{}, after: map[string][]string{}, loose: map[[2]string]bool{}}
}

// Add adds a node; a name that is there already keeps its place and gets the new value.
func (g *Graph[T]) Add(name string, node T) {
	if _, ok := g.nodes[name]; !ok {
		g.order = append(g.order, name)
	}
	g.nodes[name] = node
}

// After says that name has to wait for others. Names that are no nodes are left out.
func (g *Graph[T]) After(name string, others ...string) {
	for _, o := range others {
		if _, ok := g.nodes[o]; ok && o != name && !slices.Contains(g.after[name], o) {
			g.after[name] = append(g.after[name], o)
		}
	}
}

// Follow says that name comes after others, but goes on without one whose error is Bearable.
func (g *Graph[T]) Follow(name string, others ...string) {
	for _, o := range others {
		if !slices.Contains(g.after[name], o) {
			g.loose[[2]string{name, o}] = true
		}
	}
	g.After(name, others...)
}

// Like gives name the edges that it has in other.
func (g *Graph[T]) Like(other *Graph[T], name string) {
	for _, o := range other.after[name] {
		if other.loose[[2]string{name, o}] {
			g.Follow(name, o)
		} else {
			g.After(name, o)
		}
	}
}

// Names are the nodes, in order of addition.
func (g *Graph[T]) Names() []string { return slices.Clone(g.order) }

// Node gives a node.
func (g *Graph[T]) Node(name string) (T, bool) {
	n, ok := g.nodes[name]
	return n, ok
}

// Needs are what name waits for directly.
func (g *Graph[T]) Needs(name string) []string { return slices.Clone(g.after[name]) }

// Sort gives the nodes so that each comes after what it waits for; among those that could come next, the first added does.
func (g *Graph[T]) Sort() ([]string, error) {
	done := map[string]bool{}
	var sorted []string
	for len(sorted) < len(g.order) {
		before := len(sorted)
		for _, n := range g.order {
			if !done[n] && !slices.ContainsFunc(g.after[n], func(o string) bool { return !done[o] }) {
				done[n] = true
				sorted = append(sorted, n)
			}
		}
		if len(sorted) == before {
			var rest []string
			for _, n := range g.order {
				if !done[n] {
					rest = append(rest, n)
				}
			}
			return nil, fmt.Errorf("units wait for each other: %s", strings.Join(rest, ", "))
		}
	}
	return sorted, nil
}

// Outcome is what became of a node of a walk.
type Outcome struct {
	Err     error
	Skipped string // the name of what failed before it, so that it was not begun
}

// Walk visits every node as soon as all that it waits for is done, several at once. What waits for a node that failed is
// skipped; the rest goes on. It returns when nothing runs any more.
func (g *Graph[T]) Walk(ctx context.Context, visit func(ctx context.Context, name string, node T) error) (map[string]Outcome, error) {
	if _, err := g.Sort(); err != nil {
		return nil, err
	}
	w := &walk[T]{graph: g, visit: visit, outcomes: map[string]Outcome{}, begun: map[string]bool{}}
	w.mu.Lock()
	w.begin(ctx)
	w.mu.Unlock()
	w.running.Wait()
	return w.outcomes, nil
}

type walk[T any] struct {
	graph    *Graph[T]
	visit    func(context.Context, string, T) error
	mu       sync.Mutex
	outcomes map[string]Outcome
	begun    map[string]bool
	running  sync.WaitGroup
}

// begin starts every node that is ready, and skips those that cannot be. The caller holds the lock.
func (w *walk[T]) begin(ctx context.Context) {
	for again := true; again; {
		again = false
		for _, n := range w.graph.order {
			if w.begun[n] {
				continue
			}
			ready, failed := w.ready(n)
			switch {
			case failed != "":
				w.begun[n] = true
				w.outcomes[n] = Outcome{Skipped: failed}
				again = true
			case ready:
				w.begun[n] = true
				w.running.Go(func() { w.run(ctx, n) })
			}
		}
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

func (w *walk[T]) run(ctx context.Context, name string) {
	err := w.visit(ctx, name, w.graph.nodes[name])
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outcomes[name] = Outcome{Err: err}
	w.begin(ctx)
}

// DOT is the graph in Graphviz's language.
func (g *Graph[T]) DOT() string {
	var b strings.Builder
	b.WriteString("digraph pig {\n  rankdir=LR;\n")
	for _, n := range g.order {
		fmt.Fprintf(&b, "  %q;\n", n)
		for _, o := range g.after[n] {
			fmt.Fprintf(&b, "  %q -> %q;\n", o, n)
		}
	}
	b.WriteString("}\n")
	return b.String()
}
