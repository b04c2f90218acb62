package filters

import (
	"fmt"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func dictFilters() plugin.Table {
	t := plugin.Table{}
	t.Add("combine", "*args **kwargs", plugin.Structural, combineFilter)
	t.Add("dict2items", "key_name value_name", plugin.Structural, func(c *plugin.Call) (value.Value, error) {
		key, err := c.Str(0, "key")
		if err != nil {
			return nil, err
		}
		val, err := c.Str(1, "value")
		if err != nil {
			return nil, err
		}
		d, err := mappingOf(c.In)
		if err != nil {
			return nil, fmt.Errorf("dict2items requires a dictionary, got %s instead.", python.TypeName(c.In))
		}
		out := value.NewList()
		for k, v := range d.All() {
			out.Append(value.DictOf(key, k, val, v))
		}
		return out, nil
	})
	t.Add("items2dict", "key_name value_name", plugin.Structural, items2dict)
	t.Add("subelements", "subelements skip_missing", plugin.Structural, func(c *plugin.Call) (value.Value, error) {
		path, err := c.Need(0)
		if err != nil {
			return nil, err
		}
		skip, err := c.Bool(1, false)
		if err != nil {
			return nil, err
		}
		return Subelements(c.In, path, skip)
	})
	t.Add("rekey_on_member", "key duplicates", plugin.Structural, rekeyFilter)
	t.Add("extract", "container morekeys", plugin.Structural, extractFilter)
	return t
}

// mappingOf is v as a mapping; lists of pairs are none.
func mappingOf(v value.Value) (*value.Dict, error) {
	switch x := v.(type) {
	case *value.Dict:
		return x, nil
	case python.Mapping:
		return python.MappingDict(x)
	}
	return nil, fmt.Errorf("expected a mapping, got %s", python.TypeName(v))
}

func combineFilter(c *plugin.Call) (value.Value, error) {
	recursive, listMerge := false, "replace"
	if c.KW != nil {
		for k, v := range c.KW.All() {
			switch k {
			case "recursive":
				recursive = value.Truthy(v)
			case "list_merge":
				listMerge = python.Str(v)
			default:
				return nil, fmt.Errorf("'recursive' and 'list_merge' are the only valid keyword arguments")
			}
		}
	}
	var dicts []*value.Dict
	for _, v := range append([]value.Value{c.In}, c.Rest...) {
		parts := []value.Value{v}
		if list, ok := v.(*value.List); ok {
			var err error
			if parts, err = python.ForcedItems(list); err != nil {
				return nil, err
			}
		}
		for _, p := range parts {
			if u, err := python.Special(p, nil); err != nil || u != nil {
				return u, err
			}
			d, err := mappingOf(p)
			if err != nil {
				return nil, fmt.Errorf("failed to combine variables, expected dicts but got a '%s'", python.TypeName(p))
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
	if depth > python.MaxNesting {
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
		if old, err = python.Force(old); err != nil {
			return nil, err
		}
		if v, err = python.Force(v); err != nil {
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
			if v, err = python.Force(v); err != nil {
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
	a, err := python.ForcedItems(x)
	if err != nil {
		return nil, err
	}
	b, err := python.ForcedItems(y)
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

func items2dict(c *plugin.Call) (value.Value, error) {
	key, err := c.Str(0, "key")
	if err != nil {
		return nil, err
	}
	val, err := c.Str(1, "value")
	if err != nil {
		return nil, err
	}
	if _, ok := c.In.(*value.List); !ok {
		return nil, fmt.Errorf("items2dict requires a list, got %s instead.", python.TypeName(c.In))
	}
	list, err := python.ForcedItems(c.In)
	if err != nil {
		return nil, err
	}
	out := value.NewDict()
	for _, item := range list {
		if u, err := python.Special(item, nil); err != nil || u != nil {
			return u, err
		}
		d, ok := item.(*value.Dict)
		if !ok {
			return nil, fmt.Errorf("items2dict requires a list of dictionaries, got %s in it", python.TypeName(item))
		}
		k, ok1 := d.Get(key)
		v, ok2 := d.Get(val)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("items2dict requires each dictionary in the list to contain the keys '%s' and '%s'", key, val)
		}
		if k, err = python.Force(k); err != nil {
			return nil, err
		}
		if u, err := python.Special(k, nil); err != nil || u != nil {
			return u, err
		}
		if _, ok := value.Hash(k); !ok {
			return nil, fmt.Errorf("unhashable type: '%s'", python.TypeName(k))
		}
		out.Set(k, v)
	}
	return out, nil
}

// Subelements pairs each element of obj with each item of the list inside it that path names.
func Subelements(obj, path value.Value, skip bool) (value.Value, error) {
	var list []value.Value
	var err error
	if d, ok := obj.(*value.Dict); ok {
		list, err = python.ForcedItems(python.View{Of: d, Kind: "values"})
	} else if l, ok := obj.(*value.List); ok {
		list, err = python.ForcedItems(l)
	} else {
		return nil, fmt.Errorf("obj must be a list of dicts or a nested dict")
	}
	if err != nil {
		return nil, err
	}
	var keys []value.Value
	if text, ok := value.Plain(path); ok {
		for _, p := range python.SplitLeft(text, ".", -1) {
			keys = append(keys, p)
		}
	} else if keys, err = python.ForcedItems(path); err != nil {
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
		if u, err := python.Special(v, nil); err != nil {
			return nil, err
		} else if u != nil {
			return nil, &python.UnknownError{Value: u.(value.Unknown)}
		}
		d, ok := v.(*value.Dict)
		if !ok {
			return nil, fmt.Errorf("the key %s should point to a dictionary, got '%s'", value.Display(k), python.TypeName(v))
		}
		next, ok := d.Get(k)
		if !ok {
			if skip {
				return nil, nil
			}
			return nil, fmt.Errorf("could not find %s key in iterated item", value.Repr(value.Display(k)))
		}
		var err error
		if v, err = python.Force(next); err != nil {
			return nil, err
		}
	}
	l, ok := v.(*value.List)
	if !ok {
		if u, err := python.Special(v, nil); err != nil {
			return nil, err
		} else if u != nil {
			return nil, &python.UnknownError{Value: u.(value.Unknown)}
		}
		return nil, fmt.Errorf("the key should point to a list, got '%s'", python.TypeName(v))
	}
	return python.ForcedItems(l)
}

func rekeyFilter(c *plugin.Call) (value.Value, error) {
	key, err := c.Need(0)
	if err != nil {
		return nil, err
	}
	duplicates, err := c.Str(1, "error")
	if err != nil {
		return nil, err
	}
	if duplicates != "error" && duplicates != "overwrite" {
		return nil, fmt.Errorf("duplicates parameter to rekey_on_member has unknown value: %s", duplicates)
	}
	var list []value.Value
	if d, ok := c.In.(*value.Dict); ok {
		list, err = python.ForcedItems(python.View{Of: d, Kind: "values"})
	} else {
		list, err = python.ForcedItems(c.In)
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
		if k, err = python.Force(k); err != nil {
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
func extractFilter(c *plugin.Call) (value.Value, error) {
	container, err := c.Need(0)
	if err != nil {
		return nil, err
	}
	keys := []value.Value{c.In}
	switch more := c.Val(1, nil).(type) {
	case nil:
	case *value.List:
		list, err := python.ForcedItems(more)
		if err != nil {
			return nil, err
		}
		keys = append(keys, list...)
	default:
		keys = append(keys, more)
	}
	v := container
	for _, k := range keys {
		if v, err = c.Env.Item(v, k); err != nil {
			return nil, err
		}
	}
	return v, nil
}
