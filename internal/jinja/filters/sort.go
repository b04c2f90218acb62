package filters

import (
	"fmt"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// foldCase is v as it is compared where case does not matter.
func foldCase(v value.Value, sensitive bool) value.Value {
	if text, ok := v.(string); ok && !sensitive {
		return strings.ToLower(text)
	}
	return v
}

func sortFilters() plugin.Table {
	t := plugin.Table{}
	t.Add("sort", "reverse case_sensitive attribute", plugin.Structural, sortFilter)
	t.Add("unique", "case_sensitive attribute", plugin.Structural, uniqueFilter)
	t.Add("min", "case_sensitive attribute", plugin.Structural, func(c *plugin.Call) (value.Value, error) { return extreme(c, "<") })
	t.Add("max", "case_sensitive attribute", plugin.Structural, func(c *plugin.Call) (value.Value, error) { return extreme(c, ">") })
	t.Add("dictsort", "case_sensitive by reverse", plugin.Structural, dictsortFilter)
	return t
}

func sortFilter(c *plugin.Call) (value.Value, error) {
	reverse, err := c.Bool(0, false)
	if err != nil {
		return nil, err
	}
	sensitive, err := c.Bool(1, false)
	if err != nil {
		return nil, err
	}
	list, err := python.Items(c.In)
	if err != nil {
		return nil, err
	}
	key := func(v value.Value) (value.Value, error) { return foldCase(v, sensitive), nil }
	if attribute := c.Val(2, nil); attribute != nil {
		var gets []func(value.Value) (value.Value, error)
		if text, ok := value.Plain(attribute); ok {
			for part := range strings.SplitSeq(text, ",") {
				gets = append(gets, getter(c.Env, part, plugin.NotGiven))
			}
		} else {
			gets = append(gets, getter(c.Env, attribute, plugin.NotGiven))
		}
		key = func(v value.Value) (value.Value, error) {
			keys := make(value.Tuple, len(gets))
			for i, get := range gets {
				k, err := get(v)
				if err != nil {
					return nil, err
				}
				if u, err := python.Special(k, nil); err != nil || u != nil {
					return u, err
				}
				keys[i] = foldCase(k, sensitive)
			}
			return keys, nil
		}
	}
	sorted, err := python.SortValues(list, key, reverse)
	return value.NewList(sorted...), err
}

func uniqueFilter(c *plugin.Call) (value.Value, error) {
	sensitive := false
	if c.Val(0, nil) != nil {
		var err error
		if sensitive, err = c.Bool(0, false); err != nil {
			return nil, err
		}
	}
	list, err := python.ForcedItems(c.In)
	if err != nil {
		return nil, err
	}
	get := getter(c.Env, c.Val(1, nil), plugin.NotGiven)
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
func extreme(c *plugin.Call, op string) (value.Value, error) {
	sensitive, err := c.Bool(0, false)
	if err != nil {
		return nil, err
	}
	list, err := python.ForcedItems(c.In)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return value.Undefined{Hint: "No aggregated item, sequence was empty."}, nil
	}
	get := getter(c.Env, c.Val(1, nil), plugin.NotGiven)
	var best, bestKey value.Value
	for i, v := range list {
		k, err := get(v)
		if err != nil {
			return nil, err
		}
		if u, err := python.Special(k, nil); u != nil || err != nil {
			return u, err
		}
		k = foldCase(k, sensitive)
		better := value.Value(true)
		if i > 0 {
			if better, err = python.Order(op, k, bestKey); err != nil || value.IsUnknown(better) {
				return better, err
			}
		}
		if better == true {
			best, bestKey = v, k
		}
	}
	return best, nil
}

func dictsortFilter(c *plugin.Call) (value.Value, error) {
	sensitive, err := c.Bool(0, false)
	if err != nil {
		return nil, err
	}
	by, err := c.Str(1, "key")
	if err != nil {
		return nil, err
	}
	reverse, err := c.Bool(2, false)
	if err != nil {
		return nil, err
	}
	if by != "key" && by != "value" {
		return nil, fmt.Errorf("You can only sort by either \"key\" or \"value\"")
	}
	d, err := python.ToDict(c.In)
	if err != nil {
		return nil, fmt.Errorf("'%s' object has no attribute 'items'", python.TypeName(c.In))
	}
	var pairs []value.Value
	for k, v := range d.All() {
		pairs = append(pairs, value.Tuple{k, v})
	}
	i := 0
	if by == "value" {
		i = 1
	}
	sorted, err := python.SortValues(pairs, func(p value.Value) (value.Value, error) {
		k, err := python.Force(p.(value.Tuple)[i])
		return foldCase(k, sensitive), err
	}, reverse)
	return value.NewList(sorted...), err
}
