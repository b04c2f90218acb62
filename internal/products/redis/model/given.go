package model

import "slices"

// Given is v once slots have gone to the node with the ID to, which leads from then on.
func (v View) Given(slots []int, to string) View {
	gone := map[int]bool{}
	for _, s := range slots {
		gone[s] = true
	}
	after := slices.Clone(v)
	for i, n := range after {
		var left []int
		for _, s := range n.SlotList() {
			if !gone[s] {
				left = append(left, s)
			}
		}
		if n.ID == to {
			left = append(left, slots...)
			after[i].Leader, after[i].Flags = "", slices.Clone(n.Flags)
			for f, flag := range n.Flags {
				if flag == "slave" {
					after[i].Flags[f] = "master"
				}
			}
		}
		after[i].Ranges = Ranges(left)
	}
	return after
}

// SlotList are the slots that it has, each by itself.
func (n Node) SlotList() []int {
	var all []int
	for _, r := range n.Ranges {
		for s := r.From; s <= r.To; s++ {
			all = append(all, s)
		}
	}
	return all
}
