package plan

import (
	"slices"
	"testing"

	"pig/internal/node"
	"pig/internal/product"
)

func unit(name string, entries ...Entry) UnitPlan {
	return UnitPlan{Unit: product.Unit{Name: name}, Entries: entries}
}

func made(host, on, id string) Entry {
	return Entry{Host: host, On: on, Task: "make " + id, Changes: []node.Change{{Kind: "directory", ID: id, Action: "create"}}}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	unknown := made("a", "", "/x")
	unknown.Unknown, unknown.Changes = true, nil
	assumed := made("a", "", "/x")
	assumed.Changes[0].Assumed = true
	heavier := made("a", "", "/x")
	heavier.Changes[0].Impact = node.ImpactRestart
	role := func(host string) Entry {
		e := made(host, "", "app")
		e.Changes[0].Kind, e.Changes[0].Shared = "role", true
		return e
	}
	broken := unit("one")
	broken.Error = "failed on a"
	cases := []struct {
		name          string
		planned, done []UnitPlan
		want          []string
	}{
		{"as planned", []UnitPlan{unit("one", made("a", "", "/x"))}, []UnitPlan{unit("one", made("a", "", "/x"))}, nil},
		{"not planned", []UnitPlan{unit("one")}, []UnitPlan{unit("one", made("a", "", "/x"))}, []string{"unplanned: one a: directory /x create"}},
		{"not done", []UnitPlan{unit("one", made("a", "", "/x"))}, []UnitPlan{unit("one")}, []string{"missed: one a: directory /x create"}},
		{"on another host", []UnitPlan{unit("one", made("a", "", "/x"))}, []UnitPlan{unit("one", made("b", "", "/x"))},
			[]string{"unplanned: one b: directory /x create", "missed: one a: directory /x create"}},
		{"what members share, on another one", []UnitPlan{unit("one", role("a"))}, []UnitPlan{unit("one", role("b"))}, nil},
		{"what both want on a third machine is made by the other", []UnitPlan{unit("one", made("a", "localhost", "/x")), unit("two")},
			[]UnitPlan{unit("one"), unit("two", made("b", "localhost", "/x"))}, nil},
		{"of another impact", []UnitPlan{unit("one", made("a", "", "/x"))}, []UnitPlan{unit("one", heavier)},
			[]string{"of another impact: one a: directory /x create: restart, planned as none"}},
		{"a task that could not be foreseen", []UnitPlan{unit("one", unknown)}, []UnitPlan{unit("one", made("a", "", "/x"))}, nil},
		{"what was only assumed", []UnitPlan{unit("one", assumed)}, []UnitPlan{unit("one")}, nil},
		{"a unit that failed has told so", []UnitPlan{unit("one", made("a", "", "/x"))}, []UnitPlan{broken}, nil},
	}
	for _, c := range cases {
		if got := Differences(c.planned, c.done); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
