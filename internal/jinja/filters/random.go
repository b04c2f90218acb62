package filters

import (
	"fmt"
	"slices"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/jinja/python/pyrand"
	"pig/internal/value"
)

// dice is the source of random numbers that argument i of a call seeds, if it is given.
func (src Sources) dice(c *plugin.Call, i int) python.Dice {
	seed := c.Val(i, nil)
	if seed == nil {
		return python.Free{Next: src.Random}
	}
	if n, ok := python.Integer(seed); ok {
		return pyrand.FromInt(n)
	}
	return pyrand.FromString(python.Str(seed))
}

func randomFilters(src Sources) plugin.Table {
	t := plugin.Table{}
	t.Add("random", "start step seed", plugin.Structural, src.randomFilter)
	t.Add("shuffle", "seed", plugin.Structural, func(c *plugin.Call) (value.Value, error) {
		list, err := python.Items(c.In)
		if err != nil {
			return c.In, nil //nolint:nilerr // as Ansible: what cannot be shuffled stays
		}
		list = slices.Clone(list)
		src.dice(c, 0).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return value.NewList(list...), nil
	})
	t.Add("random_mac", "seed", 0, func(c *plugin.Call) (value.Value, error) {
		return nil, fmt.Errorf("random_mac is not supported")
	})
	return t
}

func (src Sources) randomFilter(c *plugin.Call) (value.Value, error) {
	d := src.dice(c, 2)
	end, ok := c.In.(int64)
	if !ok {
		if c.Has(0) || c.Has(1) {
			return nil, fmt.Errorf("start and step can only be used with integer values")
		}
		list, err := python.Items(c.In)
		if err != nil {
			return nil, fmt.Errorf("random can only be used on sequences and integers")
		}
		if len(list) == 0 {
			return value.Undefined{Hint: "No random item, sequence was empty."}, nil
		}
		return python.Force(list[d.Below(uint64(len(list)))])
	}
	start, err := c.Int(0, 0)
	if err != nil {
		return nil, err
	}
	step, err := c.Int(1, 1)
	if err != nil {
		return nil, err
	}
	if step == 0 {
		return nil, fmt.Errorf("zero step for randrange()")
	}
	n := python.Range{Start: start, Stop: end, Step: step}.Len()
	if n <= 0 {
		return nil, fmt.Errorf("empty range in randrange(%d, %d, %d)", start, end, step)
	}
	return start + step*int64(d.Below(uint64(n))), nil
}
