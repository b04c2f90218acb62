package jinja

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"pig/internal/value"
)

func sequenceFilters() table {
	t := table{}
	t.add("length count", "", structural|keepsSecrets, func(c *call) (value.Value, error) { return length(c.in) })
	t.add("first", "", structural, func(c *call) (value.Value, error) { return end(c, "first") })
	t.add("last", "", structural, func(c *call) (value.Value, error) { return end(c, "last") })
	t.add("list", "", structural, func(c *call) (value.Value, error) {
		list, err := items(c.in)
		return value.NewList(slices.Clone(list)...), err
	})
	t.add("items", "", structural, func(c *call) (value.Value, error) {
		d, ok := c.in.(*value.Dict)
		if m, isMapping := c.in.(Mapping); isMapping {
			var err error
			if d, err = mappingDict(m); err != nil {
				return nil, err
			}
		} else if !ok {
			return nil, fmt.Errorf("Can only get item pairs from a mapping.")
		}
		return view{d: d, kind: "items"}, nil
	})
	t.add("reverse", "", structural, reverseFilter)
	t.add("join", "d attribute", structural, joinFilter)
	t.add("batch", "linecount fill_with", structural, batchFilter)
	t.add("slice", "slices fill_with", structural, sliceFilter)
	t.add("sum", "attribute start", structural, sumFilter)
	t.add("flatten", "levels skip_nulls", structural, flattenFilter)
	t.add("groupby", "attribute default case_sensitive", structural, groupbyFilter)
	t.add("zip", "*others", structural, func(c *call) (value.Value, error) { return zipLists(c, false) })
	t.add("zip_longest", "*others **kwargs", structural, func(c *call) (value.Value, error) { return zipLists(c, true) })
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
	case view:
		return int64(x.d.Len()), nil
	case rangeOf:
		return x.len(), nil
	case Mapping:
		return int64(len(x.Keys())), nil
	case value.Bytes:
		return int64(len(x)), nil
	case *group:
		return int64(2), nil
	}
	if text, ok := value.Plain(v); ok {
		return int64(utf8.RuneCountInString(text)), nil
	}
	return nil, fmt.Errorf("object of type '%s' has no len()", typeName(v))
}

func end(c *call, which string) (value.Value, error) {
	list, err := items(c.in)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return value.Undefined{Hint: "No " + which + " item, sequence was empty."}, nil
	}
	if which == "first" {
		return force(list[0])
	}
	return force(list[len(list)-1])
}

func reverseFilter(c *call) (value.Value, error) {
	if text, ok := value.Plain(c.in); ok {
		r := []rune(text)
		slices.Reverse(r)
		return string(r), nil
	}
	list, err := items(c.in)
	if err != nil {
		return nil, fmt.Errorf("argument must be iterable")
	}
	list = slices.Clone(list)
	slices.Reverse(list)
	return value.NewList(list...), nil
}

// getter makes a function that gets an attribute like "a.b.0" of an item. dflt stands for what is missing, unless it is
// notGiven.
func getter(e env, attribute, dflt value.Value) func(value.Value) (value.Value, error) {
	var keys []value.Value
	switch a := attribute.(type) {
	case nil, absent:
		return func(v value.Value) (value.Value, error) { return v, nil }
	case int64:
		keys = []value.Value{a}
	default:
		for part := range strings.SplitSeq(str(attribute), ".") {
			if n, err := strconv.ParseInt(part, 10, 64); err == nil && part[0] != '-' && part[0] != '+' {
				keys = append(keys, n)
			} else {
				keys = append(keys, tainted(part, attribute))
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
				if dflt != notGiven && dflt != nil {
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

func joinFilter(c *call) (value.Value, error) {
	list, err := forcedItems(c.in)
	if err != nil {
		return nil, err
	}
	get := getter(c.env, c.val(1, nil), notGiven)
	sep, sepParts, unknown, err := asText(c.val(0, ""))
	if err != nil || unknown != nil {
		return unknownOr(unknown), err
	}
	var b strings.Builder
	var secrets survey
	secrets.addParts(sep, sepParts)
	for i, v := range list {
		if v, err = get(v); err != nil {
			return nil, err
		}
		if u, err := special(v, nil); u != nil || err != nil {
			return u, err
		}
		text, parts, unknown, err := asText(v)
		if err != nil || unknown != nil {
			return unknownOr(unknown), err
		}
		secrets.addParts(text, parts)
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(text)
		if b.Len() > maxText {
			return nil, fmt.Errorf("the text is longer than %d bytes", maxText)
		}
	}
	return secrets.taint(b.String()), nil
}

func unknownOr(u *value.Unknown) value.Value {
	if u == nil {
		return nil
	}
	return *u
}

func batchFilter(c *call) (value.Value, error) {
	if _, err := c.need(0); err != nil {
		return nil, err
	}
	n, err := c.size(0, 0)
	if err != nil {
		return nil, err
	}
	list, err := items(c.in)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	for len(list) > 0 {
		row := slices.Clone(list[:min(max(n, 1), len(list))])
		list = list[len(row):]
		if fill := c.val(1, nil); fill != nil {
			for len(row) < n {
				row = append(row, fill)
			}
		}
		out.Append(value.NewList(row...))
	}
	return out, nil
}

func sliceFilter(c *call) (value.Value, error) {
	if _, err := c.need(0); err != nil {
		return nil, err
	}
	n, err := c.size(0, 0)
	if err != nil {
		return nil, err
	}
	if n <= 0 {
		return nil, fmt.Errorf("integer division or modulo by zero")
	}
	list, err := items(c.in)
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
		if fill := c.val(1, nil); fill != nil && i >= extra {
			part = append(part, fill)
		}
		out.Append(value.NewList(part...))
	}
	return out, nil
}

func sumFilter(c *call) (value.Value, error) {
	list, err := forcedItems(c.in)
	if err != nil {
		return nil, err
	}
	get := getter(c.env, c.val(0, nil), notGiven)
	total := c.val(1, int64(0))
	for _, v := range list {
		if v, err = get(v); err != nil {
			return nil, err
		}
		if u, err := special(v, nil); u != nil || err != nil {
			return u, err
		}
		if total, err = arithmetic("+", total, v); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func flattenFilter(c *call) (value.Value, error) {
	levels, err := c.int(0, -1)
	if err != nil {
		return nil, err
	}
	skip, err := c.bool(1, true)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	err = flattenInto(out, c.in, levels, skip, 0)
	return out, err
}

func flattenInto(out *value.List, v value.Value, levels int64, skip bool, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("lists and mappings are nested too deeply")
	}
	list, err := forcedItems(v)
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
		case *value.List, value.Tuple, view, *group:
			if levels != 0 {
				if err := flattenInto(out, item, levels-1, skip, depth+1); err != nil {
					return err
				}
				continue
			}
		}
		if len(out.Items) >= maxItems {
			return fmt.Errorf("the list is longer than %d", maxItems)
		}
		out.Append(item)
	}
	return nil
}

func zipLists(c *call, longest bool) (value.Value, error) {
	lists := make([][]value.Value, 0, len(c.rest)+1)
	n := -1
	for _, v := range append([]value.Value{c.in}, c.rest...) {
		list, err := items(v)
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
		if n < 0 || longest && len(list) > n || !longest && len(list) < n {
			n = len(list)
		}
	}
	var fill value.Value
	if c.kw != nil {
		fill = c.kw.At("fillvalue")
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

func groupbyFilter(c *call) (value.Value, error) {
	attribute, err := c.need(0)
	if err != nil {
		return nil, err
	}
	list, err := forcedItems(c.in)
	if err != nil {
		return nil, err
	}
	sensitive, err := c.bool(2, false)
	if err != nil {
		return nil, err
	}
	get := getter(c.env, attribute, c.val(1, notGiven))
	key := func(v value.Value) (value.Value, error) {
		v, err := get(v)
		return foldCase(v, sensitive), err
	}
	sorted, err := sortValues(list, key, false)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	var last value.Value = notGiven
	for _, v := range sorted {
		k, err := key(v)
		if err != nil {
			return nil, err
		}
		same := value.Value(false)
		if last != notGiven {
			if same, err = equal(last, k); err != nil {
				return nil, err
			}
		}
		if same != true {
			grouper, err := get(v)
			if err != nil {
				return nil, err
			}
			out.Append(&group{grouper: grouper, list: value.NewList()})
			last = k
		}
		out.Items[len(out.Items)-1].(*group).list.Append(v)
	}
	return out, nil
}
