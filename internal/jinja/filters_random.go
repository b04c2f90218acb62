package jinja

import (
	"fmt"
	"math/bits"
	"slices"

	"pig/internal/jinja/pyrand"
	"pig/internal/value"
)

// dice is the source of random numbers that argument i of a call seeds, if it is given.
type dice interface {
	Below(n uint64) uint64
	Shuffle(n int, swap func(i, j int))
}

// free is a source without a seed.
type free struct{ next func() uint64 }

// Below implements dice.
func (f free) Below(n uint64) uint64 {
	hi, _ := bits.Mul64(f.next(), n)
	return hi
}

// Shuffle implements dice.
func (f free) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, int(f.Below(uint64(i+1))))
	}
}

// dice is the source of random numbers that argument i of a call seeds, if it is given.
func (src sources) dice(c *call, i int) dice {
	seed := c.val(i, nil)
	if seed == nil {
		return free{src.random}
	}
	if n, ok := integer(seed); ok {
		return pyrand.FromInt(n)
	}
	return pyrand.FromString(str(seed))
}

func randomFilters(src sources) table {
	t := table{}
	t.add("random", "start step seed", structural, src.randomFilter)
	t.add("shuffle", "seed", structural, func(c *call) (value.Value, error) {
		list, err := items(c.in)
		if err != nil {
			return c.in, nil //nolint:nilerr // as Ansible: what cannot be shuffled stays
		}
		list = slices.Clone(list)
		src.dice(c, 0).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return value.NewList(list...), nil
	})
	t.add("random_mac", "seed", 0, func(c *call) (value.Value, error) {
		return nil, fmt.Errorf("random_mac is not supported")
	})
	return t
}

func (src sources) randomFilter(c *call) (value.Value, error) {
	d := src.dice(c, 2)
	end, ok := c.in.(int64)
	if !ok {
		if c.has(0) || c.has(1) {
			return nil, fmt.Errorf("start and step can only be used with integer values")
		}
		list, err := items(c.in)
		if err != nil {
			return nil, fmt.Errorf("random can only be used on sequences and integers")
		}
		if len(list) == 0 {
			return value.Undefined{Hint: "No random item, sequence was empty."}, nil
		}
		return force(list[d.Below(uint64(len(list)))])
	}
	start, err := c.int(0, 0)
	if err != nil {
		return nil, err
	}
	step, err := c.int(1, 1)
	if err != nil {
		return nil, err
	}
	if step == 0 {
		return nil, fmt.Errorf("zero step for randrange()")
	}
	n := rangeOf{start, end, step}.len()
	if n <= 0 {
		return nil, fmt.Errorf("empty range in randrange(%d, %d, %d)", start, end, step)
	}
	return start + step*int64(d.Below(uint64(n))), nil
}
