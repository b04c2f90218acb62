package jinja

import (
	"fmt"
	"slices"

	"pig/internal/value"
)

func tupleMethods() table {
	t := table{}
	t.add("count", "value", anyOperand, func(c *call) (value.Value, error) {
		list, err := forcedItems(c.in)
		if err != nil {
			return nil, err
		}
		item, err := c.need(0)
		n := int64(0)
		for _, e := range list {
			same, err := equal(e, item)
			if err != nil || value.IsUnknown(same) {
				return same, err
			}
			if same == true {
				n++
			}
		}
		return n, err
	})
	t.add("index", "value start stop", anyOperand, func(c *call) (value.Value, error) {
		list, err := forcedItems(c.in)
		if err != nil {
			return nil, err
		}
		item, err := c.need(0)
		if err != nil {
			return nil, err
		}
		from, _ := sliceIndex(c.val(1, nil), 0)
		for i := clip(from, int64(len(list)), 1); i < int64(len(list)); i++ {
			same, err := equal(list[i], item)
			if err != nil || value.IsUnknown(same) {
				return same, err
			}
			if same == true {
				return i, nil
			}
		}
		return nil, fmt.Errorf("%s is not in list", value.Display(item))
	})
	return t
}

// holds tells whether v is or contains the container inside it. Nothing may hold itself: no walk over it would end.
func holds(v, inside value.Value, depth int) bool {
	if depth > maxNesting {
		return true
	}
	switch x := v.(type) {
	case *value.List:
		if v == inside {
			return true
		}
		return slices.ContainsFunc(x.Items, func(e value.Value) bool { return holds(e, inside, depth+1) })
	case value.Tuple:
		return slices.ContainsFunc(x, func(e value.Value) bool { return holds(e, inside, depth+1) })
	case *value.Dict:
		if v == inside {
			return true
		}
		for _, e := range x.All() {
			if holds(e, inside, depth+1) {
				return true
			}
		}
	case holder:
		held, ok := x.Held()
		return ok && holds(held, inside, depth+1)
	case view:
		return holds(x.d, inside, depth+1)
	case *group:
		return holds(x.list, inside, depth+1)
	}
	return false
}

func checkInside(c *call, items ...value.Value) error {
	for _, v := range items {
		if holds(v, c.in, 0) {
			return fmt.Errorf("a list or mapping cannot contain itself")
		}
	}
	return nil
}

func listMethods() table {
	t := tupleMethods()
	add := func(name, params string, run func(l *value.List, c *call) (value.Value, error)) {
		t.add(name, params, anyOperand, func(c *call) (value.Value, error) { return run(c.in.(*value.List), c) })
	}
	change := func(name, params string, run func(l *value.List, c *call) (value.Value, error)) {
		add(name, params, func(l *value.List, c *call) (value.Value, error) {
			c.env.Changed()
			if name != "append" && name != "extend" {
				l.At = nil
			}
			return run(l, c)
		})
	}
	change("append", "object", func(l *value.List, c *call) (value.Value, error) {
		v, err := c.need(0)
		if err == nil {
			err = checkInside(c, v)
		}
		if err == nil {
			l.Append(v)
		}
		return nil, err
	})
	change("extend", "iterable", func(l *value.List, c *call) (value.Value, error) {
		v, err := c.need(0)
		if err != nil {
			return nil, err
		}
		more, err := forcedItems(v)
		if err == nil {
			err = checkInside(c, more...)
		}
		if err == nil && len(l.Items)+len(more) > maxItems {
			err = fmt.Errorf("the list is longer than %d", maxItems)
		}
		if err == nil {
			l.Append(more...)
		}
		return nil, err
	})
	change("insert", "index object", listInsert)
	change("pop", "index", listPop)
	change("remove", "value", listRemove)
	change("clear", "", func(l *value.List, _ *call) (value.Value, error) { l.Items = nil; return nil, nil })
	change("reverse", "", func(l *value.List, _ *call) (value.Value, error) { slices.Reverse(l.Items); return nil, nil })
	change("sort", "key reverse", func(l *value.List, c *call) (value.Value, error) {
		reverse, err := c.bool(1, false)
		if err != nil {
			return nil, err
		}
		sorted, err := sortValues(l.Items, nil, reverse)
		if err == nil {
			l.Items = sorted
		}
		return nil, err
	})
	add("copy", "", func(l *value.List, _ *call) (value.Value, error) {
		return value.NewList(slices.Clone(l.Items)...), nil
	})
	return t
}

func listInsert(l *value.List, c *call) (value.Value, error) {
	i, err := c.int(0, 0)
	if err != nil {
		return nil, err
	}
	v, err := c.need(1)
	if err == nil {
		err = checkInside(c, v)
	}
	if err == nil {
		l.Items = slices.Insert(l.Items, int(clip(i, int64(len(l.Items)), 1)), v)
	}
	return nil, err
}

func listPop(l *value.List, c *call) (value.Value, error) {
	if len(l.Items) == 0 {
		return nil, fmt.Errorf("pop from empty list")
	}
	i, ok := index(c.val(0, int64(-1)), len(l.Items))
	if !ok {
		return nil, fmt.Errorf("pop index out of range")
	}
	v := l.Items[i]
	l.Items = slices.Delete(l.Items, i, i+1)
	return force(v)
}

func listRemove(l *value.List, c *call) (value.Value, error) {
	item, err := c.need(0)
	if err != nil {
		return nil, err
	}
	for i, e := range l.Items {
		if e, err = force(e); err != nil {
			return nil, err
		}
		same, err := equal(e, item)
		if err != nil {
			return nil, err
		}
		if same == true {
			l.Items = slices.Delete(l.Items, i, i+1)
			return nil, nil
		}
	}
	return nil, fmt.Errorf("list.remove(x): x not in list")
}
