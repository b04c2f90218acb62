package methods

import (
	"fmt"
	"slices"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func tupleMethods() plugin.Table {
	t := plugin.Table{}
	t.Add("count", "value", plugin.AnyOperand, func(c *plugin.Call) (value.Value, error) {
		list, err := python.ForcedItems(c.In)
		if err != nil {
			return nil, err
		}
		item, err := c.Need(0)
		n := int64(0)
		for _, e := range list {
			same, err := python.Equal(e, item)
			if err != nil || value.IsUnknown(same) {
				return same, err
			}
			if same == true {
				n++
			}
		}
		return n, err
	})
	t.Add("index", "value start stop", plugin.AnyOperand, func(c *plugin.Call) (value.Value, error) {
		list, err := python.ForcedItems(c.In)
		if err != nil {
			return nil, err
		}
		item, err := c.Need(0)
		if err != nil {
			return nil, err
		}
		from, _ := python.SliceIndex(c.Val(1, nil), 0)
		for i := python.Clip(from, int64(len(list)), 1); i < int64(len(list)); i++ {
			same, err := python.Equal(list[i], item)
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
	if depth > python.MaxNesting {
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
	case python.Holder:
		held, ok := x.Held()
		return ok && holds(held, inside, depth+1)
	case python.View:
		return holds(x.Of, inside, depth+1)
	case *python.Group:
		return holds(x.List, inside, depth+1)
	}
	return false
}

func checkInside(c *plugin.Call, items ...value.Value) error {
	for _, v := range items {
		if holds(v, c.In, 0) {
			return fmt.Errorf("a list or mapping cannot contain itself")
		}
	}
	return nil
}

func listMethods() plugin.Table {
	t := tupleMethods()
	add := func(name, params string, run func(l *value.List, c *plugin.Call) (value.Value, error)) {
		t.Add(name, params, plugin.AnyOperand, func(c *plugin.Call) (value.Value, error) { return run(c.In.(*value.List), c) })
	}
	change := func(name, params string, run func(l *value.List, c *plugin.Call) (value.Value, error)) {
		add(name, params, func(l *value.List, c *plugin.Call) (value.Value, error) {
			c.Env.Changed()
			if name != "append" && name != "extend" {
				l.At = nil
			}
			return run(l, c)
		})
	}
	change("append", "object", func(l *value.List, c *plugin.Call) (value.Value, error) {
		v, err := c.Need(0)
		if err == nil {
			err = checkInside(c, v)
		}
		if err == nil {
			l.Append(v)
		}
		return nil, err
	})
	change("extend", "iterable", func(l *value.List, c *plugin.Call) (value.Value, error) {
		v, err := c.Need(0)
		if err != nil {
			return nil, err
		}
		more, err := python.ForcedItems(v)
		if err == nil {
			err = checkInside(c, more...)
		}
		if err == nil && len(l.Items)+len(more) > python.MaxItems {
			err = fmt.Errorf("the list is longer than %d", python.MaxItems)
		}
		if err == nil {
			l.Append(more...)
		}
		return nil, err
	})
	change("insert", "index object", listInsert)
	change("pop", "index", listPop)
	change("remove", "value", listRemove)
	change("clear", "", func(l *value.List, _ *plugin.Call) (value.Value, error) { l.Items = nil; return nil, nil })
	change("reverse", "", func(l *value.List, _ *plugin.Call) (value.Value, error) { slices.Reverse(l.Items); return nil, nil })
	change("sort", "key reverse", func(l *value.List, c *plugin.Call) (value.Value, error) {
		reverse, err := c.Bool(1, false)
		if err != nil {
			return nil, err
		}
		sorted, err := python.SortValues(l.Items, nil, reverse)
		if err == nil {
			l.Items = sorted
		}
		return nil, err
	})
	add("copy", "", func(l *value.List, _ *plugin.Call) (value.Value, error) {
		return value.NewList(slices.Clone(l.Items)...), nil
	})
	return t
}

func listInsert(l *value.List, c *plugin.Call) (value.Value, error) {
	i, err := c.Int(0, 0)
	if err != nil {
		return nil, err
	}
	v, err := c.Need(1)
	if err == nil {
		err = checkInside(c, v)
	}
	if err == nil {
		l.Items = slices.Insert(l.Items, int(python.Clip(i, int64(len(l.Items)), 1)), v)
	}
	return nil, err
}

func listPop(l *value.List, c *plugin.Call) (value.Value, error) {
	if len(l.Items) == 0 {
		return nil, fmt.Errorf("pop from empty list")
	}
	i, ok := python.Index(c.Val(0, int64(-1)), len(l.Items))
	if !ok {
		return nil, fmt.Errorf("pop index out of range")
	}
	v := l.Items[i]
	l.Items = slices.Delete(l.Items, i, i+1)
	return python.Force(v)
}

func listRemove(l *value.List, c *plugin.Call) (value.Value, error) {
	item, err := c.Need(0)
	if err != nil {
		return nil, err
	}
	for i, e := range l.Items {
		if e, err = python.Force(e); err != nil {
			return nil, err
		}
		same, err := python.Equal(e, item)
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
