package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func addrs(text string) []Addr {
	var all []Addr
	for _, f := range strings.Fields(text) {
		host, ports, _ := strings.Cut(f, ":")
		for p := range strings.SplitSeq(ports, ",") {
			a, err := ParseAddr(host + ":" + p)
			if err != nil {
				panic(err)
			}
			all = append(all, a)
		}
	}
	return all
}

func TestPlaceParts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		instances string
		replicas  int
		apart     bool // it is possible to part every replica from its primary
	}{
		{"a:1,2,3 b:1,2,3", 1, true}, {"a:1 b:1 c:1", 0, true}, {"a:1,2 b:1,2 c:1,2", 1, true}, {"a:1,2,3 b:1,2,3 c:1,2,3", 2, true},
		{"a:1,2,3,4,5,6", 1, false}, {"a:1,2,3,4,5 b:1", 1, false}, {"a:1,2,3 b:1,2,3 c:1", 1, true}, {"a:1,2 b:1,2 c:1,2 d:1,2 e:1,2", 1, true},
		{"a:1,2,3,4 b:1,2 c:1,2", 1, true},
	} {
		at := addrs(tc.instances)
		shards := Place(at, tc.replicas)
		if len(shards) != len(at)/(tc.replicas+1) {
			t.Errorf("%s: %d shards", tc.instances, len(shards))
		}
		var used []Addr
		next := 0
		for _, s := range shards {
			used = append(append(used, s.Primary), s.Replicas...)
			if s.Slots.From != next || len(s.Replicas) < tc.replicas {
				t.Errorf("%s: %+v", tc.instances, s)
			}
			next = s.Slots.To + 1
			for _, r := range s.Replicas {
				if tc.apart && r.Host == s.Primary.Host {
					t.Errorf("%s: %s replicates %s on its own host", tc.instances, r, s.Primary)
				}
			}
		}
		slices.SortFunc(used, func(a, b Addr) int { return strings.Compare(a.String(), b.String()) })
		if next != Slots || len(slices.Compact(used)) != len(at) {
			t.Errorf("%s: slots end at %d, %d of %d instances are used", tc.instances, next, len(used), len(at))
		}
		if fmt.Sprint(Place(at, tc.replicas)) != fmt.Sprint(shards) {
			t.Errorf("%s: another time, another answer", tc.instances)
		}
	}
}

const nodesText = `aa 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-5460 [5461-<-bb]
bb 10.0.0.2:6379@16379,host2 master - 0 9 2 connected 5461-10921
cc 10.0.0.1:6380@16380 master,fail - 1 2 3 disconnected 10922-16383
dd 10.0.0.2:6380@16380 slave aa 0 9 1 connected
ee :0@0 slave,fail,noaddr cc 1 2 3 disconnected
ff 10.0.0.2:6381@16381 slave cc 0 9 3 connected
`

func TestNodes(t *testing.T) {
	t.Parallel()
	v, err := ParseNodes(nodesText, "10.0.0.1")
	if err != nil || len(v) != 6 {
		t.Fatal(v, err)
	}
	self, _ := v.Self()
	if self.ID != "aa" || !self.Moving || v.Assigned() != Slots || v.Covered() != 10922 || len(v.Followers("aa")) != 1 || v.Owner()[10922] != "cc" {
		t.Errorf("%+v, assigned %d, covered %d", self, v.Assigned(), v.Covered())
	}
	if n, ok := v.At(Addr{"10.0.0.2", 6379}); !ok || n.ID != "bb" {
		t.Errorf("a name after the address: %+v", n)
	}
	if !v.WillReplace(Addr{"10.0.0.1", 6380}) || v.WillReplace(Addr{"10.0.0.2", 6380}) || v.WillReplace(Addr{"10.0.0.2", 6379}) {
		t.Error("who will be replaced")
	}
	if _, err := ParseNodes("ERR\n", "x"); err == nil {
		t.Error("no nodes at all")
	}
}

func TestJoins(t *testing.T) {
	t.Parallel()
	v, _ := ParseNodes(nodesText, "10.0.0.1")
	got := fmt.Sprint(Joins(v, addrs("10.0.0.3:1 10.0.0.1:6382"), 8, 1))
	// Four primaries are wanted and three are there; then one of them has no replica yet, and is on another host.
	if want := "[{10.0.0.3:1  false} {10.0.0.1:6382 bb false}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	got = fmt.Sprint(Joins(v, addrs("10.0.0.1:6382"), 7, 1))
	if want := "[{10.0.0.1:6382 bb false}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestJoinsPart(t *testing.T) {
	t.Parallel()
	v, _ := ParseNodes("aa a:1@1 myself,master - 0 0 1 connected 0-8191\nbb b:1@1 master - 0 0 2 connected 8192-16383\ncc b:2@1 slave aa 0 0 1 connected\ndd a:2@1 slave bb 0 0 2 connected\n", "a")
	// A node with two instances makes a third shard: its second instance replaces a replica, which goes over to the new primary.
	got := fmt.Sprint(Joins(v, addrs("c:1,2"), 6, 1))
	if want := "[{c:1  false} {c:2 aa false} {b:2 c:1 true}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestBalance(t *testing.T) {
	t.Parallel()
	var v View
	for i, r := range []Range{{0, 5460}, {5461, 10922}, {10923, 16383}} {
		v = append(v, Node{ID: string(rune('a' + i)), Flags: []string{"master"}, Ranges: []Range{r}})
	}
	v = append(v, Node{ID: "d", Flags: []string{"master"}})
	if m := Balance(v, []string{"a", "b", "c"}); len(m) != 0 {
		t.Errorf("what is balanced moves: %+v", m)
	}
	for _, to := range [][]string{{"a", "b", "c", "d"}, {"a", "b"}, {"d"}} {
		owned := map[string]int{}
		for _, n := range v {
			owned[n.ID] = n.Slots()
		}
		moved, owner := map[int]bool{}, v.Owner()
		for _, m := range Balance(v, to) {
			owned[m.From] -= len(m.Slots)
			owned[m.To] += len(m.Slots)
			for _, s := range m.Slots {
				if moved[s] || owner[s] != m.From {
					t.Errorf("%v: slot %d moves twice, or from another", to, s)
				}
				moved[s] = true
			}
		}
		for id, n := range owned {
			share := Slots / len(to)
			if slices.Contains(to, id) && n != share && n != share+1 || !slices.Contains(to, id) && n != 0 {
				t.Errorf("%v: %s ends with %d", to, id, n)
			}
		}
	}
	if got := fmt.Sprint(Ranges([]int{7, 1, 2, 3, 9, 8})); got != "[{1 3} {7 9}]" {
		t.Errorf("ranges: %s", got)
	}
}
