package filters

import (
	"errors"
	"fmt"
	"slices"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// generalLists are the filters of community.general for several lists.
func generalLists() plugin.Table {
	t := plugin.Table{}
	in := func(v value.Value, list []value.Value) bool {
		return slices.ContainsFunc(list, func(o value.Value) bool { return value.Equal(o, v) })
	}
	without := func(a, b []value.Value) (out []value.Value) {
		for _, v := range a {
			if !in(v, b) {
				out = append(out, v)
			}
		}
		return out
	}
	for name, combine := range map[string]func(a, b []value.Value) []value.Value{
		"union":                func(a, b []value.Value) []value.Value { return slices.Concat(a, b) },
		"intersect":            func(a, b []value.Value) []value.Value { return without(a, without(a, b)) },
		"difference":           without,
		"symmetric_difference": func(a, b []value.Value) []value.Value { return slices.Concat(without(a, b), without(b, a)) },
	} {
		t.Add("community.general.lists_"+name, "*lists **kwargs", 0, func(c *plugin.Call) (value.Value, error) {
			lists, err := listsOf(append([]value.Value{c.In}, c.Rest...), c.KW != nil && value.Truthy(c.KW.At("flatten")))
			if err != nil || len(lists) < 2 {
				return value.NewList(slices.Concat(lists...)...), err
			}
			all := lists[0]
			for _, l := range lists[1:] {
				all = combine(all, l)
			}
			out := value.NewList()
			for _, v := range all {
				if !in(v, out.Items) {
					out.Append(v)
				}
			}
			return out, nil
		})
	}
	t.Add("community.general.lists_mergeby", "*lists **kwargs", 0, mergedBy)
	return t
}

// listsOf are arguments as lists; a list of lists stands for its elements if flatten says so.
func listsOf(args []value.Value, flatten bool) (lists [][]value.Value, err error) {
	for _, a := range args {
		items, err := python.Items(a)
		if _, isText := value.Plain(a); err != nil || isText {
			return nil, fmt.Errorf("All arguments must be lists. %s is %s", value.Repr(a), python.TypeName(a)) //nolint:staticcheck // Ansible's words
		}
		nested := flatten && len(items) > 0
		for _, v := range items {
			_, is := v.(*value.List)
			nested = nested && is
		}
		if !nested {
			lists = append(lists, items)
			continue
		}
		for _, v := range items {
			lists = append(lists, v.(*value.List).Items)
		}
	}
	return lists, nil
}

// mergedBy merges the mappings of lists that have the same value of a key, later lists over earlier ones, sorted by that value.
func mergedBy(c *plugin.Call) (value.Value, error) {
	recursive, how := false, "replace"
	if c.KW != nil {
		recursive = value.Truthy(c.KW.At("recursive"))
		if v := c.KW.At("list_merge"); v != nil {
			how = python.Str(v)
		}
	}
	if len(c.Rest) == 0 {
		return nil, errors.New("At least one list and index are needed.") //nolint:staticcheck,revive // Ansible's words
	}
	index := c.Rest[len(c.Rest)-1]
	lists, err := listsOf(append([]value.Value{c.In}, c.Rest[:len(c.Rest)-1]...), true)
	if err != nil || len(lists) == 0 {
		return value.NewList(), err
	}
	if len(lists) == 1 {
		return value.NewList(lists[0]...), nil
	}
	byKey := value.NewDict()
	for _, v := range slices.Concat(lists...) {
		d, err := mappingOf(v)
		if err != nil {
			return nil, fmt.Errorf("Elements of list arguments for lists_mergeby must be dictionaries. %s is %s", value.Repr(v), python.TypeName(v)) //nolint:staticcheck // as above
		}
		key, ok := d.Get(index)
		if !ok {
			continue
		}
		old := value.NewDict()
		if there, ok := byKey.Get(key); ok {
			old = there.(*value.Dict)
		}
		if old, err = merge(old, d, recursive, how, 0); err != nil {
			return nil, err
		}
		byKey.Set(key, old)
	}
	return sortedBy(byKey)
}

func sortedBy(byKey *value.Dict) (value.Value, error) {
	var keys []value.Value
	for k := range byKey.All() {
		keys = append(keys, k)
	}
	var failed error
	slices.SortStableFunc(keys, func(a, b value.Value) int {
		less, err := python.CompareBy("<", a, b)
		if err != nil && failed == nil {
			failed = err
		}
		if value.Truthy(less) {
			return -1
		}
		return 1
	})
	out := value.NewList()
	for _, k := range keys {
		v, _ := byKey.Get(k)
		out.Append(v)
	}
	return out, failed
}
