package graph

import "time"

// Longest is the way through the graph that took longest, from its first node to its last, if each node took that long: what to
// look at first if all is to be faster.
func (g *Graph[T]) Longest(took map[string]time.Duration) (way []string, total time.Duration) {
	order, err := g.Sort()
	if err != nil {
		return nil, 0
	}
	until, before := map[string]time.Duration{}, map[string]string{}
	last := ""
	for _, n := range order {
		for _, o := range g.after[n] {
			if before[n] == "" || until[o] > until[before[n]] {
				before[n] = o
			}
		}
		until[n] = took[n] + until[before[n]]
		if last == "" || until[n] > until[last] {
			last = n
		}
	}
	for n := last; n != ""; n = before[n] {
		way = append([]string{n}, way...)
	}
	return way, until[last]
}
