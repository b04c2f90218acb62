package filters

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func sequenceFilters() plugin.Table {
	t := plugin.Table{}
	t.Add("length count", "", plugin.Structural|plugin.KeepsSecrets, func(c *plugin.Call) (value.Value, error) { return length(c.In) })
	t.Add("first", "", plugin.Structural, func(c *plugin.Call) (value.Value, error) { return end(c, "first") })
	t.Add("last", "", plugin.Structural, func(c *plugin.Call) (value.Value, error) { return end(c, "last") })
	t.Add("list", "", plugin.Structural, func(c *plugin.Call) (value.Value, error) {
		list, err := python.Items(c.In)
		return value.NewList(slices.Clone(list)...), err
	})
	t.Add("items", "", plugin.Structural, func(c *plugin.Call) (value.Value, error) {
		d, ok := c.In.(*value.Dict)
		if m, isMapping := c.In.(python.Mapping); isMapping {
			var err error
			if d, err = python.MappingDict(m); err != nil {
				return nil, err
			}
		} else if !ok {
			return nil, fmt.Errorf("Can only get item pairs from a mapping.")
		}
		return python.View{Of: d, Kind: "items"}, nil
	})
	t.Add("reverse", "", plugin.Structural, reverseFilter)
	t.Add("join", "d attribute", plugin.Structural, joinFilter)
	t.Add("batch", "linecount fill_with", plugin.Structural, batchFilter)
	t.Add("slice", "slices fill_with", plugin.Structural, sliceFilter)
	t.Add("sum", "attribute start", plugin.Structural, sumFilter)
	t.Add("flatten", "levels skip_nulls", plugin.Structural, flattenFilter)
	t.Add("groupby", "attribute default case_sensitive", plugin.Structural, groupbyFilter)
	t.Add("zip", "*others", plugin.Structural, func(c *plugin.Call) (value.Value, error) { return zipLists(c, false) })
	t.Add("zip_longest", "*others **kwargs", plugin.Structural, func(c *plugin.Call) (value.Value, error) { return zipLists(c, true) })
	return t
}

func length(v value.Value) (value.Value, error) {
	switch x := v.(type) {
	case *value.List:
		return int64(len(x.Items)), nil
	case value.Tuple:
		return int64(len(x)), nil
	case *value.Dict:
		return int64(x.Len()), nil
	case python.View:
		return int64(x.Of.Len()), nil
	case python.Range:
		return x.Len(), nil
	case python.Mapping:
		return int64(len(x.Keys())), nil
	case value.Bytes:
		return int64(len(x)), nil
	case *python.Group:
		return int64(2), nil
	}
	if text, ok := value.Plain(v); ok {
		return int64(utf8.RuneCountInString(text)), nil
	}
	return nil, fmt.Errorf("object of type '%s' has no len()", python.TypeName(v))
}

func end(c *plugin.Call, which string) (value.Value, error) {
	list, err := python.Items(c.In)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return value.Undefined{Hint: "No " + which + " item, sequence was empty."}, nil
	}
	if which == "first" {
		return python.Force(list[0])
	}
	return python.Force(list[len(list)-1])
}

func reverseFilter(c *plugin.Call) (value.Value, error) {
	if text, ok := value.Plain(c.In); ok {
		r := []rune(text)
		slices.Reverse(r)
		return string(r), nil
	}
	list, err := python.Items(c.In)
	if err != nil {
		return nil, fmt.Errorf("argument must be iterable")
	}
	list = slices.Clone(list)
	slices.Reverse(list)
	return value.NewList(list...), nil
}

// getter makes a function that gets an attribute like "a.b.0" of an item. dflt stands for what is missing, unless it is
// plugin.NotGiven.
func getter(e plugin.Env, attribute, dflt value.Value) func(value.Value) (value.Value, error) {
	var keys []value.Value
	switch a := attribute.(type) {
	case nil, plugin.Absent:
		return func(v value.Value) (value.Value, error) { return v, nil }
	case int64:
		keys = []value.Value{a}
	default:
		for part := range strings.SplitSeq(python.Str(attribute), ".") {
			if n, err := strconv.ParseInt(part, 10, 64); err == nil && part[0] != '-' && part[0] != '+' {
				keys = append(keys, n)
			} else {
				keys = append(keys, python.Tainted(part, attribute))
			}
		}
	}
	return func(v value.Value) (value.Value, error) {
		var err error
		for _, k := range keys {
			if v, err = e.Item(v, k); err != nil {
				return nil, err
			}
			if u, ok := v.(value.Undefined); ok {
				if dflt != plugin.NotGiven && dflt != nil {
					return dflt, nil
				}
				u.Pos.Line = 0 // the offset is not known here: the filter's place will do
				u.Pos.File = ""
				return u, nil
			}
		}
		return v, nil
	}
}

func joinFilter(c *plugin.Call) (value.Value, error) {
	list, err := python.ForcedItems(c.In)
	if err != nil {
		return nil, err
	}
	get := getter(c.Env, c.Val(1, nil), plugin.NotGiven)
	sep, sepParts, unknown, err := python.AsText(c.Val(0, ""))
	if err != nil || unknown != nil {
		return unknownOr(unknown), err
	}
	var b strings.Builder
	var secrets python.Survey
	secrets.AddParts(sep, sepParts)
	for i, v := range list {
		if v, err = get(v); err != nil {
			return nil, err
		}
		if u, err := python.Special(v, nil); u != nil || err != nil {
			return u, err
		}
		text, parts, unknown, err := python.AsText(v)
		if err != nil || unknown != nil {
			return unknownOr(unknown), err
		}
		secrets.AddParts(text, parts)
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(text)
		if b.Len() > python.MaxText {
			return nil, fmt.Errorf("the text is longer than %d bytes", python.MaxText)
		}
	}
	return secrets.Taint(b.String()), nil
}

func unknownOr(u *value.Unknown) value.Value {
	if u == nil {
		return nil
	}
	return *u
}

func batchFilter(c *plugin.Call) (value.Value, error) {
	if _, err := c.Need(0); err != nil {
		return nil, err
	}
	n, err := c.Size(0, 0)
	if err != nil {
		return nil, err
	}
	list, err := python.Items(c.In)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	for len(list) > 0 {
		row := slices.Clone(list[:min(max(n, 1), len(list))])
		list = list[len(row):]
		if fill := c.Val(1, nil); fill != nil {
			for len(row) < n {
				row = append(row, fill)
			}
		}
		out.Append(value.NewList(row...))
	}
	return out, nil
}

func sliceFilter(c *plugin.Call) (value.Value, error) {
	if _, err := c.Need(0); err != nil {
		return nil, err
	}
	n, err := c.Size(0, 0)
	if err != nil {
		return nil, err
	}
	if n <= 0 {
		return nil, fmt.Errorf("integer division or modulo by zero")
	}
	list, err := python.Items(c.In)
	if err != nil {
		return nil, err
	}
	size, extra := len(list)/n, len(list)%n
	out := value.NewList()
	for i := range n {
		k := size
		if i < extra {
			k++
		}
		part := slices.Clone(list[:k])
		list = list[k:]
		if fill := c.Val(1, nil); fill != nil && i >= extra {
			part = append(part, fill)
		}
		out.Append(value.NewList(part...))
	}
	return out, nil
}

func sumFilter(c *plugin.Call) (value.Value, error) {
	list, err := python.ForcedItems(c.In)
	if err != nil {
		return nil, err
	}
	get := getter(c.Env, c.Val(0, nil), plugin.NotGiven)
	total := c.Val(1, int64(0))
	for _, v := range list {
		if v, err = get(v); err != nil {
			return nil, err
		}
		if u, err := python.Special(v, nil); u != nil || err != nil {
			return u, err
		}
		if total, err = python.Arithmetic("+", total, v); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func flattenFilter(c *plugin.Call) (value.Value, error) {
	levels, err := c.Int(0, -1)
	if err != nil {
		return nil, err
	}
	skip, err := c.Bool(1, true)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	err = FlattenInto(out, c.In, levels, skip, 0)
	return out, err
}

// FlattenInto adds the elements of v to out, those of lists in it to so many levels (all if negative). skip leaves out None and
// its texts.
func FlattenInto(out *value.List, v value.Value, levels int64, skip bool, depth int) error {
	if depth > python.MaxNesting {
		return fmt.Errorf("lists and mappings are nested too deeply")
	}
	list, err := python.ForcedItems(v)
	if err != nil {
		return err
	}
	for _, item := range list {
		switch x := item.(type) {
		case nil:
			if skip {
				continue
			}
		case string:
			if skip && (x == "None" || x == "null") {
				continue
			}
		case *value.List, value.Tuple, python.View, *python.Group:
			if levels != 0 {
				if err := FlattenInto(out, item, levels-1, skip, depth+1); err != nil {
					return err
				}
				continue
			}
		}
		if len(out.Items) >= python.MaxItems {
			return fmt.Errorf("the list is longer than %d", python.MaxItems)
		}
		out.Append(item)
	}
	return nil
}

func zipLists(c *plugin.Call, longest bool) (value.Value, error) {
	lists := make([][]value.Value, 0, len(c.Rest)+1)
	n := -1
	for _, v := range append([]value.Value{c.In}, c.Rest...) {
		list, err := python.Items(v)
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
		if n < 0 || longest && len(list) > n || !longest && len(list) < n {
			n = len(list)
		}
	}
	var fill value.Value
	if c.KW != nil {
		fill = c.KW.At("fillvalue")
	}
	out := value.NewList()
	for i := range n {
		row := make(value.Tuple, len(lists))
		for j, list := range lists {
			row[j] = fill
			if i < len(list) {
				row[j] = list[i]
			}
		}
		out.Append(row)
	}
	return out, nil
}

func groupbyFilter(c *plugin.Call) (value.Value, error) {
	attribute, err := c.Need(0)
	if err != nil {
		return nil, err
	}
	list, err := python.ForcedItems(c.In)
	if err != nil {
		return nil, err
	}
	sensitive, err := c.Bool(2, false)
	if err != nil {
		return nil, err
	}
	get := getter(c.Env, attribute, c.Val(1, plugin.NotGiven))
	key := func(v value.Value) (value.Value, error) {
		v, err := get(v)
		return foldCase(v, sensitive), err
	}
	sorted, err := python.SortValues(list, key, false)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	var last value.Value = plugin.NotGiven
	for _, v := range sorted {
		k, err := key(v)
		if err != nil {
			return nil, err
		}
		same := value.Value(false)
		if last != plugin.NotGiven {
			if same, err = python.Equal(last, k); err != nil {
				return nil, err
			}
		}
		if same != true {
			grouper, err := get(v)
			if err != nil {
				return nil, err
			}
			out.Append(&python.Group{Grouper: grouper, List: value.NewList()})
			last = k
		}
		out.Items[len(out.Items)-1].(*python.Group).List.Append(v)
	}
	return out, nil
}
