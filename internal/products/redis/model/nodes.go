package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Slots is how many slots a native cluster has.
const Slots = 16384

// Node is an instance as its cluster knows it.
type Node struct {
	ID     string
	Addr   Addr
	Self   bool
	Flags  []string
	Leader string // the ID of whom it replicates, "" for a primary
	Linked bool   // the one who tells has a connection to it
	Epoch  int64
	Ranges []Range
	Moving bool // a slot is on its way to it or from it
}

// Range is the slots from one to another, both included.
type Range struct{ From, To int }

// Has tells whether the node has a flag, such as master, slave, fail, fail? or noaddr.
func (n Node) Has(flag string) bool { return slices.Contains(n.Flags, flag) }

// Primary tells whether it leads, or would if it had slots.
func (n Node) Primary() bool { return n.Has("master") }

// Up tells whether the cluster takes it for reachable.
func (n Node) Up() bool {
	return !n.Has("fail") && !n.Has("fail?") && !n.Has("noaddr") && !n.Has("handshake")
}

// Slots is how many slots it has.
func (n Node) Slots() int {
	total := 0
	for _, r := range n.Ranges {
		total += r.To - r.From + 1
	}
	return total
}

// View is a cluster as one of its instances sees it.
type View []Node

// ParseNodes reads the answer of CLUSTER NODES. host stands where the instance does not know its own address yet.
func ParseNodes(text, host string) (View, error) {
	var v View
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		f := strings.Fields(line)
		if len(f) < 8 {
			return nil, fmt.Errorf("CLUSTER NODES answered %q", line)
		}
		at, _, _ := strings.Cut(f[1], "@")
		at, _, _ = strings.Cut(at, ",")
		n := Node{ID: f[0], Flags: strings.Split(f[2], ","), Linked: f[7] == "connected"}
		n.Self = n.Has("myself")
		if strings.HasPrefix(at, ":") {
			at = host + at
		}
		n.Addr, _ = ParseAddr(at) // a node without an address is told by its flags
		if f[3] != "-" {
			n.Leader = f[3]
		}
		n.Epoch, _ = strconv.ParseInt(f[6], 10, 64)
		for _, slot := range f[8:] {
			if strings.HasPrefix(slot, "[") {
				n.Moving = true
				continue
			}
			from, to, both := strings.Cut(slot, "-")
			if !both {
				to = from
			}
			a, err1 := strconv.Atoi(from)
			b, err2 := strconv.Atoi(to)
			if err1 != nil || err2 != nil {
				return nil, fmt.Errorf("CLUSTER NODES answered the slots %q", slot)
			}
			n.Ranges = append(n.Ranges, Range{a, b})
		}
		v = append(v, n)
	}
	return v, nil
}

// At finds the node at an address that has not failed, else any at that address.
func (v View) At(a Addr) (Node, bool) {
	var found Node
	ok := false
	for _, n := range v {
		if n.Addr == a && (!ok || n.Up() && !found.Up()) {
			found, ok = n, true
		}
	}
	return found, ok
}

// ByID finds a node.
func (v View) ByID(id string) (Node, bool) {
	i := slices.IndexFunc(v, func(n Node) bool { return n.ID == id })
	if i < 0 {
		return Node{}, false
	}
	return v[i], true
}

// Self is the node that tells.
func (v View) Self() (Node, bool) {
	i := slices.IndexFunc(v, func(n Node) bool { return n.Self })
	if i < 0 {
		return Node{}, false
	}
	return v[i], true
}

// Assigned is how many slots belong to somebody, whether reachable or not.
func (v View) Assigned() int {
	total := 0
	for _, n := range v {
		total += n.Slots()
	}
	return total
}

// Covered is how many slots belong to a primary that is up.
func (v View) Covered() int {
	total := 0
	for _, n := range v {
		if n.Up() {
			total += n.Slots()
		}
	}
	return total
}

// Followers are the nodes that replicate id.
func (v View) Followers(id string) []Node {
	var all []Node
	for _, n := range v {
		if n.Leader == id && id != "" {
			all = append(all, n)
		}
	}
	return all
}

// Owner gives the ID of the owner of each slot, "" for none.
func (v View) Owner() [Slots]string {
	var owner [Slots]string
	for _, n := range v {
		for _, r := range n.Ranges {
			for s := max(r.From, 0); s <= r.To && s < Slots; s++ {
				owner[s] = n.ID
			}
		}
	}
	return owner
}

// WillReplace tells whether the one at an address, which is down, still has slots that a replica can take: most of the other
// primaries have to be up to agree to that.
func (v View) WillReplace(a Addr) bool {
	var self Node
	primaries, up := 0, 0
	for _, n := range v {
		if n.Slots() == 0 {
			continue
		}
		primaries++
		switch {
		case n.Addr == a:
			self = n
		case n.Up():
			up++
		}
	}
	if self.ID == "" || up <= primaries/2 {
		return false
	}
	return slices.ContainsFunc(v.Followers(self.ID), func(f Node) bool { return f.Up() && f.Addr != a })
}

// Awaited tells whether the one at an address still has slots of which a replica holds the data. Whoever starts there without
// that data makes the replica drop it.
func (v View) Awaited(a Addr) bool {
	for _, n := range v {
		if n.Addr == a && n.Slots() > 0 && slices.ContainsFunc(v.Followers(n.ID), func(f Node) bool { return f.Up() }) {
			return true
		}
	}
	return false
}
