package model

import (
	"cmp"
	"slices"
)

// Move is a number of slots that go from one primary to another.
type Move struct {
	From, To string // IDs
	Slots    []int
}

// Balance gives the moves after which every primary of to has its equal share of the slots, and no other has any. Slots move
// as little as possible. Primaries that are already within one slot of their share are left alone.
func Balance(v View, to []string) []Move {
	if len(to) == 0 {
		return nil
	}
	owner := v.Owner()
	owned := map[string][]int{}
	for s, id := range owner {
		owned[id] = append(owned[id], s)
	}
	// The larger shares go to those that have most already.
	order := slices.Clone(to)
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(len(owned[b]), len(owned[a])) })
	want := map[string]int{}
	for i, id := range order {
		want[id] = Slots / len(order)
		if i < Slots%len(order) {
			want[id]++
		}
	}
	type surplus struct {
		id    string
		slots []int
	}
	var from []surplus
	for _, n := range v {
		if over := len(owned[n.ID]) - want[n.ID]; over > 0 {
			slots := owned[n.ID]
			from = append(from, surplus{n.ID, slots[len(slots)-over:]})
		}
	}
	var moves []Move
	for _, id := range order {
		for lack := want[id] - len(owned[id]); lack > 0 && len(from) > 0; {
			n := min(lack, len(from[0].slots))
			moves = append(moves, Move{From: from[0].id, To: id, Slots: from[0].slots[:n]})
			from[0].slots = from[0].slots[n:]
			lack -= n
			if len(from[0].slots) == 0 {
				from = from[1:]
			}
		}
	}
	return moves
}

// Ranges are slots as ranges, for people.
func Ranges(slots []int) []Range {
	sorted := slices.Sorted(slices.Values(slots))
	var all []Range
	for _, s := range sorted {
		if n := len(all); n > 0 && all[n-1].To+1 == s {
			all[n-1].To = s
			continue
		}
		all = append(all, Range{s, s})
	}
	return all
}
