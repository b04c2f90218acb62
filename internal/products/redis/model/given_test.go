package model

import "testing"

func TestAViewOnceSlotsHaveGone(t *testing.T) {
	t.Parallel()
	v, err := ParseNodes("aa a:1@1 myself,master - 0 0 1 connected 0-5 8\nbb b:1@1 master - 0 0 2 connected 6-7\ncc c:1@1 slave aa 0 0 1 connected", "a")
	if err != nil {
		t.Fatal(err)
	}
	one := v.Given([]int{5}, "bb")
	if a, b := one[0], one[1]; a.Slots() != 6 || b.Slots() != 3 || len(b.Ranges) != 1 || b.Ranges[0] != (Range{5, 7}) || one[2].Primary() {
		t.Errorf("one slot: %+v", one)
	}
	lead := v.Given(v[0].SlotList(), "cc")
	if a, c := lead[0], lead[2]; a.Slots() != 0 || c.Slots() != 7 || !c.Primary() || c.Leader != "" {
		t.Errorf("the lead: %+v", lead)
	}
	if v[0].Slots() != 7 || v[2].Primary() || v[2].Leader != "aa" {
		t.Errorf("the view itself is changed: %+v", v)
	}
}
