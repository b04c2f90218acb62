package jinja

import (
	"fmt"

	"pig/internal/value"
)

func dictFilters() table {
	t := table{}
	t.add("combine", "*args **kwargs", structural, combineFilter)
	t.add("dict2items", "key_name value_name", structural, func(c *call) (value.Value, error) {
		key, err := c.str(0, "key")
		if err != nil {
			return nil, err
		}
		val, err := c.str(1, "value")
		if err != nil {
			return nil, err
		}
		d, err := mappingOf(c.in)
		if err != nil {
			return nil, fmt.Errorf("dict2items requires a dictionary, got %s instead.", typeName(c.in))
		}
		out := value.NewList()
		for k, v := range d.All() {
			out.Append(value.DictOf(key, k, val, v))
		}
		return out, nil
	})
	t.add("items2dict", "key_name value_name", structural, items2dict)
	t.add("subelements", "subelements skip_missing", structural, func(c *call) (value.Value, error) {
		path, err := c.need(0)
		if err != nil {
			return nil, err
		}
		skip, err := c.bool(1, false)
		if err != nil {
			return nil, err
		}
		return subelements(c.in, path, skip)
	})
	t.add("rekey_on_member", "key duplicates", structural, rekeyFilter)
	t.add("extract", "container morekeys", structural, extractFilter)
	return t
}

// mappingOf is v as a mapping; lists of pairs are none.
func mappingOf(v value.Value) (*value.Dict, error) {
	switch x := v.(type) {
	case *value.Dict:
		return x, nil
	case Mapping:
		return mappingDict(x)
	}
	return nil, fmt.Errorf("expected a mapping, got %s", typeName(v))
}

func combineFilter(c *call) (value.Value, error) {
	recursive, listMerge := false, "replace"
	if c.kw != nil {
		for k, v := range c.kw.All() {
			switch k {
			case "recursive":
				recursive = value.Truthy(v)
			case "list_merge":
				listMerge = str(v)
			default:
				return nil, fmt.Errorf("'recursive' and 'list_merge' are the only valid keyword arguments")
			}
		}
	}
	var dicts []*value.Dict
	for _, v := range append([]value.Value{c.in}, c.rest...) {
		parts := []value.Value{v}
		if list, ok := v.(*value.List); ok {
			var err error
			if parts, err = forcedItems(list); err != nil {
				return nil, err
			}
		}
		for _, p := range parts {
			if u, err := special(p, nil); err != nil || u != nil {
				return u, err
			}
			d, err := mappingOf(p)
			if err != nil {
				return nil, fmt.Errorf("failed to combine variables, expected dicts but got a '%s'", typeName(p))
			}
			dicts = append(dicts, d)
		}
	}
	out := value.NewDict()
	for _, d := range dicts {
		var err error
		if out, err = merge(out, d, recursive, listMerge, 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// merge is Ansible's merge_hash: y over x.
func merge(x, y *value.Dict, recursive bool, listMerge string, depth int) (*value.Dict, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("lists and mappings are nested too deeply")
	}
	out := x.Clone()
	if !recursive && listMerge == "replace" {
		out.Update(y)
		return out, nil
	}
	for k, v := range y.All() {
		old, ok := out.Get(k)
		if !ok {
			out.Set(k, v)
			continue
		}
		var err error
		if old, err = force(old); err != nil {
			return nil, err
		}
		if v, err = force(v); err != nil {
			return nil, err
		}
		if v, err = mergeValue(old, v, recursive, listMerge, depth); err != nil {
			return nil, err
		}
		out.Set(k, v)
	}
	return out, nil
}

func mergeValue(old, v value.Value, recursive bool, listMerge string, depth int) (value.Value, error) {
	oldDict, ok1 := old.(*value.Dict)
	newDict, ok2 := v.(*value.Dict)
	if ok1 && ok2 {
		if !recursive {
			return v, nil
		}
		return merge(oldDict, newDict, recursive, listMerge, depth+1)
	}
	oldList, ok1 := old.(*value.List)
	newList, ok2 := v.(*value.List)
	if !ok1 || !ok2 {
		return v, nil
	}
	return mergeLists(oldList, newList, listMerge)
}

func mergeLists(x, y *value.List, how string) (value.Value, error) {
	join := func(a, b []value.Value) value.Value {
		return value.NewList(append(append([]value.Value{}, a...), b...)...)
	}
	without := func(list, other []value.Value) ([]value.Value, error) {
		in, err := setOf(other)
		if err != nil {
			return nil, err
		}
		var out []value.Value
		for _, v := range list {
			if v, err = force(v); err != nil {
				return nil, err
			}
			there, err := in.has(v)
			if err != nil {
				return nil, err
			}
			if !there {
				out = append(out, v)
			}
		}
		return out, nil
	}
	a, err := forcedItems(x)
	if err != nil {
		return nil, err
	}
	b, err := forcedItems(y)
	if err != nil {
		return nil, err
	}
	switch how {
	case "replace":
		return y, nil
	case "keep":
		return x, nil
	case "append":
		return join(a, b), nil
	case "prepend":
		return join(b, a), nil
	case "append_rp":
		rest, err := without(a, b)
		return join(rest, b), err
	case "prepend_rp":
		rest, err := without(a, b)
		return join(b, rest), err
	}
	return nil, fmt.Errorf("merge_hash: 'list_merge' argument can only be equal to 'replace', 'keep', 'append', 'prepend', 'append_rp' or 'prepend_rp'")
}

func items2dict(c *call) (value.Value, error) {
	key, err := c.str(0, "key")
	if err != nil {
		return nil, err
	}
	val, err := c.str(1, "value")
	if err != nil {
		return nil, err
	}
	if _, ok := c.in.(*value.List); !ok {
		return nil, fmt.Errorf("items2dict requires a list, got %s instead.", typeName(c.in))
	}
	list, err := forcedItems(c.in)
	if err != nil {
		return nil, err
	}
	out := value.NewDict()
	for _, item := range list {
		if u, err := special(item, nil); err != nil || u != nil {
			return u, err
		}
		d, ok := item.(*value.Dict)
		if !ok {
			return nil, fmt.Errorf("items2dict requires a list of dictionaries, got %s in it", typeName(item))
		}
		k, ok1 := d.Get(key)
		v, ok2 := d.Get(val)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("items2dict requires each dictionary in the list to contain the keys '%s' and '%s'", key, val)
		}
		if k, err = force(k); err != nil {
			return nil, err
		}
		if u, err := special(k, nil); err != nil || u != nil {
			return u, err
		}
		if _, ok := value.Hash(k); !ok {
			return nil, fmt.Errorf("unhashable type: '%s'", typeName(k))
		}
		out.Set(k, v)
	}
	return out, nil
}

// subelements pairs each element of obj with each item of the list inside it that path names.
func subelements(obj, path value.Value, skip bool) (value.Value, error) {
	var list []value.Value
	var err error
	if d, ok := obj.(*value.Dict); ok {
		list, err = forcedItems(view{d: d, kind: "values"})
	} else if l, ok := obj.(*value.List); ok {
		list, err = forcedItems(l)
	} else {
		return nil, fmt.Errorf("obj must be a list of dicts or a nested dict")
	}
	if err != nil {
		return nil, err
	}
	var keys []value.Value
	if text, ok := value.Plain(path); ok {
		for _, p := range splitLeft(text, ".", -1) {
			keys = append(keys, p)
		}
	} else if keys, err = forcedItems(path); err != nil {
		return nil, fmt.Errorf("subelements must be a list or a string")
	}
	out := value.NewList()
	for _, element := range list {
		sub, err := dig(element, keys, skip)
		if err != nil {
			return nil, err
		}
		for _, v := range sub {
			out.Append(value.Tuple{element, v})
		}
	}
	return out, nil
}

// dig follows keys into v to a list.
func dig(v value.Value, keys []value.Value, skip bool) ([]value.Value, error) {
	for _, k := range keys {
		if u, err := special(v, nil); err != nil {
			return nil, err
		} else if u != nil {
			return nil, &unknownError{u: u.(value.Unknown)}
		}
		d, ok := v.(*value.Dict)
		if !ok {
			return nil, fmt.Errorf("the key %s should point to a dictionary, got '%s'", value.Display(k), typeName(v))
		}
		next, ok := d.Get(k)
		if !ok {
			if skip {
				return nil, nil
			}
			return nil, fmt.Errorf("could not find %s key in iterated item", value.Repr(value.Display(k)))
		}
		var err error
		if v, err = force(next); err != nil {
			return nil, err
		}
	}
	l, ok := v.(*value.List)
	if !ok {
		if u, err := special(v, nil); err != nil {
			return nil, err
		} else if u != nil {
			return nil, &unknownError{u: u.(value.Unknown)}
		}
		return nil, fmt.Errorf("the key should point to a list, got '%s'", typeName(v))
	}
	return forcedItems(l)
}

func rekeyFilter(c *call) (value.Value, error) {
	key, err := c.need(0)
	if err != nil {
		return nil, err
	}
	duplicates, err := c.str(1, "error")
	if err != nil {
		return nil, err
	}
	if duplicates != "error" && duplicates != "overwrite" {
		return nil, fmt.Errorf("duplicates parameter to rekey_on_member has unknown value: %s", duplicates)
	}
	var list []value.Value
	if d, ok := c.in.(*value.Dict); ok {
		list, err = forcedItems(view{d: d, kind: "values"})
	} else {
		list, err = forcedItems(c.in)
	}
	if err != nil {
		return nil, fmt.Errorf("Type is not a valid list, set, or dict")
	}
	out := value.NewDict()
	for _, item := range list {
		d, ok := item.(*value.Dict)
		if !ok {
			return nil, fmt.Errorf("List item is not a valid dict")
		}
		k, ok := d.Get(key)
		if !ok {
			return nil, fmt.Errorf("Key %s was not found", value.Display(key))
		}
		if k, err = force(k); err != nil {
			return nil, err
		}
		if _, ok := value.Hash(k); !ok {
			return nil, fmt.Errorf("Value for key %s is not valid as a key", value.Display(key))
		}
		if out.Has(k) && duplicates == "error" {
			return nil, fmt.Errorf("Key %s is not unique, cannot correctly turn into dict", value.Display(k))
		}
		out.Set(k, d)
	}
	return out, nil
}

// extractFilter is key | extract(container, morekeys).
func extractFilter(c *call) (value.Value, error) {
	container, err := c.need(0)
	if err != nil {
		return nil, err
	}
	keys := []value.Value{c.in}
	switch more := c.val(1, nil).(type) {
	case nil:
	case *value.List:
		list, err := forcedItems(more)
		if err != nil {
			return nil, err
		}
		keys = append(keys, list...)
	default:
		keys = append(keys, more)
	}
	v := container
	for _, k := range keys {
		if v, err = c.env.Item(v, k); err != nil {
			return nil, err
		}
	}
	return v, nil
}
