package filters

import (
	"cmp"
	"slices"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// set holds values by Python equality: hashable ones in a map, others in a list.
type set struct {
	hashed map[any]bool
	others []value.Value
}

func newSet() *set { return &set{hashed: map[any]bool{}} }

// has tells whether v is in the set; an unknown answer is a python.UnknownError.
func (s *set) has(v value.Value) (bool, error) {
	if u, err := python.Special(v, nil); err != nil {
		return false, err
	} else if u != nil {
		return false, &python.UnknownError{Value: u.(value.Unknown)}
	}
	if u, err := python.Settle(v); err != nil {
		return false, err
	} else if u != nil {
		return false, &python.UnknownError{Value: *u}
	}
	if h, ok := value.Hash(v); ok {
		return s.hashed[h], nil
	}
	for _, o := range s.others {
		if value.Equal(o, v) {
			return true, nil
		}
	}
	return false, nil
}

// add puts v in and tells whether it was new.
func (s *set) add(v value.Value) (bool, error) {
	there, err := s.has(v)
	if err != nil || there {
		return false, err
	}
	if h, ok := value.Hash(v); ok {
		s.hashed[h] = true
	} else {
		s.others = append(s.others, v)
	}
	return true, nil
}

func setOf(list []value.Value) (*set, error) {
	s := newSet()
	for _, v := range list {
		if _, err := s.add(v); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ascending sorts what consists of integers alone. The order of a Python set is arbitrary but for small integers; all else
// stays in the order in which it appeared, so that one input has one output.
func ascending(list []value.Value) []value.Value {
	for _, v := range list {
		if _, ok := v.(int64); !ok {
			return list
		}
	}
	slices.SortFunc(list, func(a, b value.Value) int { return cmp.Compare(a.(int64), b.(int64)) })
	return list
}

func setFilters() plugin.Table {
	t := plugin.Table{}
	add := func(name string, combine func(a, b []value.Value, inA, inB *set) ([]value.Value, error)) {
		t.Add(name, "b", plugin.Structural, func(c *plugin.Call) (value.Value, error) {
			other, err := c.Need(0)
			if err != nil {
				return nil, err
			}
			a, err := python.ForcedItems(c.In)
			if err != nil {
				return nil, err
			}
			b, err := python.ForcedItems(other)
			if err != nil {
				return nil, err
			}
			inA, err := setOf(a)
			if err != nil {
				return nil, err
			}
			inB, err := setOf(b)
			if err != nil {
				return nil, err
			}
			out, err := combine(a, b, inA, inB)
			return value.NewList(ascending(out)...), err
		})
	}
	// pick keeps the new items of list whose being in other is as wanted.
	pick := func(out []value.Value, seen *set, list []value.Value, other *set, want bool) ([]value.Value, error) {
		for _, v := range list {
			in, err := other.has(v)
			if err != nil {
				return nil, err
			}
			if fresh, _ := seen.add(v); fresh && in == want {
				out = append(out, v)
			}
		}
		return out, nil
	}
	add("union", func(a, b []value.Value, _, _ *set) ([]value.Value, error) {
		seen := newSet()
		out, err := pick(nil, seen, a, newSet(), false)
		if err != nil {
			return nil, err
		}
		return pick(out, seen, b, newSet(), false)
	})
	add("intersect", func(a, _ []value.Value, _, inB *set) ([]value.Value, error) {
		return pick(nil, newSet(), a, inB, true)
	})
	add("difference", func(a, _ []value.Value, _, inB *set) ([]value.Value, error) {
		return pick(nil, newSet(), a, inB, false)
	})
	add("symmetric_difference", func(a, b []value.Value, inA, inB *set) ([]value.Value, error) {
		out, err := pick(nil, newSet(), a, inB, false)
		if err != nil {
			return nil, err
		}
		return pick(out, newSet(), b, inA, false)
	})
	return t
}
