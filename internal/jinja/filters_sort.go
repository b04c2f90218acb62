package jinja

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/value"
)

// foldCase is v as it is compared where case does not matter.
func foldCase(v value.Value, sensitive bool) value.Value {
	if text, ok := v.(string); ok && !sensitive {
		return strings.ToLower(text)
	}
	return v
}

// sortValues sorts by a key, which may be nil for the items themselves. Order that depends on something unknown is an
// unknownError.
func sortValues(list []value.Value, key func(value.Value) (value.Value, error), reverse bool) ([]value.Value, error) {
	type keyed struct{ v, k value.Value }
	all := make([]keyed, len(list))
	for i, v := range list {
		v, err := force(v)
		if err != nil {
			return nil, err
		}
		k := v
		if key != nil {
			if k, err = key(v); err != nil {
				return nil, err
			}
		}
		if u, err := special(k, nil); err != nil {
			return nil, err
		} else if u != nil && len(list) > 1 {
			return nil, &unknownError{u: u.(value.Unknown)}
		}
		all[i] = keyed{v, k}
	}
	var failed error
	slices.SortStableFunc(all, func(a, b keyed) int {
		if failed != nil {
			return 0
		}
		less, err := order("<", a.k, b.k)
		if less == true {
			return sign(-1, reverse)
		}
		more, err2 := value.Value(false), err
		if err == nil {
			more, err2 = order("<", b.k, a.k)
		}
		if err2 != nil {
			failed = err2
		}
		if u, ok := more.(value.Unknown); ok {
			failed = &unknownError{u: u}
		}
		if more == true {
			return sign(1, reverse)
		}
		return 0
	})
	out := make([]value.Value, len(all))
	for i, e := range all {
		out[i] = e.v
	}
	return out, failed
}

func sign(n int, reverse bool) int {
	if reverse {
		return -n
	}
	return n
}

func sortFilters() table {
	t := table{}
	t.add("sort", "reverse case_sensitive attribute", structural, sortFilter)
	t.add("unique", "case_sensitive attribute", structural, uniqueFilter)
	t.add("min", "case_sensitive attribute", structural, func(c *call) (value.Value, error) { return extreme(c, "<") })
	t.add("max", "case_sensitive attribute", structural, func(c *call) (value.Value, error) { return extreme(c, ">") })
	t.add("dictsort", "case_sensitive by reverse", structural, dictsortFilter)
	return t
}

func sortFilter(c *call) (value.Value, error) {
	reverse, err := c.bool(0, false)
	if err != nil {
		return nil, err
	}
	sensitive, err := c.bool(1, false)
	if err != nil {
		return nil, err
	}
	list, err := items(c.in)
	if err != nil {
		return nil, err
	}
	key := func(v value.Value) (value.Value, error) { return foldCase(v, sensitive), nil }
	if attribute := c.val(2, nil); attribute != nil {
		var gets []func(value.Value) (value.Value, error)
		if text, ok := value.Plain(attribute); ok {
			for part := range strings.SplitSeq(text, ",") {
				gets = append(gets, getter(c.env, part, notGiven))
			}
		} else {
			gets = append(gets, getter(c.env, attribute, notGiven))
		}
		key = func(v value.Value) (value.Value, error) {
			keys := make(value.Tuple, len(gets))
			for i, get := range gets {
				k, err := get(v)
				if err != nil {
					return nil, err
				}
				if u, err := special(k, nil); err != nil || u != nil {
					return u, err
				}
				keys[i] = foldCase(k, sensitive)
			}
			return keys, nil
		}
	}
	sorted, err := sortValues(list, key, reverse)
	return value.NewList(sorted...), err
}

func uniqueFilter(c *call) (value.Value, error) {
	sensitive := false
	if c.val(0, nil) != nil {
		var err error
		if sensitive, err = c.bool(0, false); err != nil {
			return nil, err
		}
	}
	list, err := forcedItems(c.in)
	if err != nil {
		return nil, err
	}
	get := getter(c.env, c.val(1, nil), notGiven)
	set := newSet()
	out := value.NewList()
	for _, v := range list {
		k, err := get(v)
		if err != nil {
			return nil, err
		}
		fresh, err := set.add(foldCase(k, sensitive))
		if err != nil {
			return nil, err
		}
		if fresh {
			out.Append(v)
		}
	}
	return out, nil
}

// extreme is min (op <) or max (op >).
func extreme(c *call, op string) (value.Value, error) {
	sensitive, err := c.bool(0, false)
	if err != nil {
		return nil, err
	}
	list, err := forcedItems(c.in)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return value.Undefined{Hint: "No aggregated item, sequence was empty."}, nil
	}
	get := getter(c.env, c.val(1, nil), notGiven)
	var best, bestKey value.Value
	for i, v := range list {
		k, err := get(v)
		if err != nil {
			return nil, err
		}
		if u, err := special(k, nil); u != nil || err != nil {
			return u, err
		}
		k = foldCase(k, sensitive)
		better := value.Value(true)
		if i > 0 {
			if better, err = order(op, k, bestKey); err != nil || value.IsUnknown(better) {
				return better, err
			}
		}
		if better == true {
			best, bestKey = v, k
		}
	}
	return best, nil
}

func dictsortFilter(c *call) (value.Value, error) {
	sensitive, err := c.bool(0, false)
	if err != nil {
		return nil, err
	}
	by, err := c.str(1, "key")
	if err != nil {
		return nil, err
	}
	reverse, err := c.bool(2, false)
	if err != nil {
		return nil, err
	}
	if by != "key" && by != "value" {
		return nil, fmt.Errorf("You can only sort by either \"key\" or \"value\"")
	}
	d, err := toDict(c.in)
	if err != nil {
		return nil, fmt.Errorf("'%s' object has no attribute 'items'", typeName(c.in))
	}
	var pairs []value.Value
	for k, v := range d.All() {
		pairs = append(pairs, value.Tuple{k, v})
	}
	i := 0
	if by == "value" {
		i = 1
	}
	sorted, err := sortValues(pairs, func(p value.Value) (value.Value, error) {
		k, err := force(p.(value.Tuple)[i])
		return foldCase(k, sensitive), err
	}, reverse)
	return value.NewList(sorted...), err
}
