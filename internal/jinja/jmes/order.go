package jmes

import (
	"fmt"
	"slices"

	"pig/internal/value"
)

// keyed are the items of a list with their keys; by is nil for the items themselves.
func (e *evaluator) keyed(list, by value.Value) (items, keys []value.Value, err error) {
	items = list.(*value.List).Items
	first := ""
	for _, v := range items {
		k := v
		if by != nil {
			if k, err = e.eval(by.(expression).n, v); err != nil {
				return nil, nil, err
			}
		}
		if u, ok := k.(value.Unknown); ok {
			return nil, nil, &UnknownError{u}
		}
		kind := kindOf(e, k)
		if first == "" {
			first = kind
		}
		if kind != "number" && kind != "string" || kind != first {
			return nil, nil, fmt.Errorf("the keys to sort by must be all numbers or all strings, not %s", kind)
		}
		keys = append(keys, k)
	}
	return items, keys, nil
}

func (e *evaluator) extreme(list, by value.Value, largest bool) (value.Value, error) {
	items, keys, err := e.keyed(list, by)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	best := 0
	for i := range items {
		a, b := keys[i], keys[best]
		if largest {
			a, b = b, a
		}
		if less, err := e.env.Less(a, b); err != nil {
			return nil, err
		} else if less == true {
			best = i
		}
	}
	return items[best], nil
}

func (e *evaluator) sort(list, by value.Value) (value.Value, error) {
	items, keys, err := e.keyed(list, by)
	if err != nil {
		return nil, err
	}
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		for n, pair := range [][2]int{{a, b}, {b, a}} {
			if less, e := e.env.Less(keys[pair[0]], keys[pair[1]]); e != nil {
				err = e
			} else if less == true {
				return 2*n - 1
			}
		}
		return 0
	})
	out := value.NewList()
	for _, i := range order {
		out.Append(items[i])
	}
	return out, err
}
