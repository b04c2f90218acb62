package python

import (
	"slices"

	"pig/internal/value"
)

// SortValues sorts by a key, which may be nil for the items themselves. Order that depends on something unknown is an
// UnknownError.
func SortValues(list []value.Value, key func(value.Value) (value.Value, error), reverse bool) ([]value.Value, error) {
	type keyed struct{ v, k value.Value }
	all := make([]keyed, len(list))
	for i, v := range list {
		v, err := Force(v)
		if err != nil {
			return nil, err
		}
		k := v
		if key != nil {
			if k, err = key(v); err != nil {
				return nil, err
			}
		}
		if u, err := Special(k, nil); err != nil {
			return nil, err
		} else if u != nil && len(list) > 1 {
			return nil, &UnknownError{Value: u.(value.Unknown)}
		}
		all[i] = keyed{v, k}
	}
	var failed error
	slices.SortStableFunc(all, func(a, b keyed) int {
		if failed != nil {
			return 0
		}
		less, err := Order("<", a.k, b.k)
		if less == true {
			return Sign(-1, reverse)
		}
		more, err2 := value.Value(false), err
		if err == nil {
			more, err2 = Order("<", b.k, a.k)
		}
		if err2 != nil {
			failed = err2
		}
		if u, ok := more.(value.Unknown); ok {
			failed = &UnknownError{Value: u}
		}
		if more == true {
			return Sign(1, reverse)
		}
		return 0
	})
	out := make([]value.Value, len(all))
	for i, e := range all {
		out[i] = e.v
	}
	return out, failed
}

// Sign is n, or -n in reverse order.
func Sign(n int, reverse bool) int {
	if reverse {
		return -n
	}
	return n
}
