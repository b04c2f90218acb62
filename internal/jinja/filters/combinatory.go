package filters

import (
	"fmt"
	"slices"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// MaxCombined bounds how many elements all combinations of a filter have together.
const MaxCombined = 4_000_000

func combinatoryFilters() plugin.Table {
	t := plugin.Table{}
	t.Add("product", "*others **kwargs", plugin.Structural, productFilter)
	t.Add("permutations", "length", plugin.Structural, func(c *plugin.Call) (value.Value, error) { return arrangements(c, true) })
	t.Add("combinations", "length", plugin.Structural, func(c *plugin.Call) (value.Value, error) { return arrangements(c, false) })
	return t
}

func productFilter(c *plugin.Call) (value.Value, error) {
	lists := [][]value.Value{}
	for _, v := range append([]value.Value{c.In}, c.Rest...) {
		list, err := python.Items(v)
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	if c.KW != nil {
		n, ok := c.KW.At("repeat").(int64)
		if !ok || n < 0 || n > 20 {
			return nil, fmt.Errorf("repeat must be a small integer")
		}
		lists = slices.Repeat(lists, int(n))
	}
	rows := []value.Tuple{{}}
	for _, list := range lists {
		if len(rows)*len(list)*len(lists) > MaxCombined {
			return nil, fmt.Errorf("there are too many combinations")
		}
		next := make([]value.Tuple, 0, len(rows)*len(list))
		for _, row := range rows {
			for _, v := range list {
				next = append(next, append(slices.Clone(row), v))
			}
		}
		rows = next
	}
	out := value.NewList()
	for _, row := range rows {
		out.Append(row)
	}
	return out, nil
}

// arrangements are the permutations of some of the items, or their combinations.
func arrangements(c *plugin.Call, ordered bool) (value.Value, error) {
	list, err := python.Items(c.In)
	if err != nil {
		return nil, err
	}
	n, err := c.Size(0, int64(len(list)))
	if err != nil {
		return nil, err
	}
	if !ordered && !c.Has(0) {
		return nil, fmt.Errorf("missing 1 required positional argument: 'length'")
	}
	out := value.NewList()
	if n < 0 || n > len(list) {
		return out, nil
	}
	used := make([]bool, len(list))
	var pick func(row value.Tuple, from int) error
	pick = func(row value.Tuple, from int) error {
		if len(row) == n {
			if out.Append(slices.Clone(row)); len(out.Items)*max(n, 1) > MaxCombined {
				return fmt.Errorf("there are too many combinations")
			}
			return nil
		}
		for i := from; i < len(list); i++ {
			if used[i] {
				continue
			}
			used[i] = true
			next := 0
			if !ordered {
				next = i + 1
			}
			if err := pick(append(row, list[i]), next); err != nil {
				return err
			}
			used[i] = false
		}
		return nil
	}
	err = pick(make(value.Tuple, 0, n), 0)
	return out, err
}
