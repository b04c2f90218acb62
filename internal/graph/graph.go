// Package graph is a small directed acyclic graph and its walker. It knows nothing of what its nodes are.
package graph

import (
	"fmt"
	"slices"
	"strings"
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
