package jmes

import (
	"slices"
	"testing"

	"pig/internal/value"
)

func TestFieldsOfAQuery(t *testing.T) {
	t.Parallel()
	literal := func(string) (value.Value, error) { return int64(1), nil }
	for query, want := range map[string][]string{
		"a":                              {"a"},
		"a.b[].c":                        {"a", "b", "c"},
		"a[?b=='x' && !c].d | [0]":       {"a", "d", "b", "c"},
		"a[].{x: b, y: c} | [?x=='1'].y": {"a", "b", "c"},
		"length(a) > `1`":                {"a"},
		"sort_by(a, &b)[].[c, a]":        {"a", "b", "c"},
		"@":                              nil,
		"a[0:2].\"odd name\" || b":       {"a", "odd name", "b"},
	} {
		q, err := Compile(query, literal)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if got := q.Fields(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}
