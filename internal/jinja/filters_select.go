package jinja

import (
	"fmt"

	"pig/internal/value"
)

func selectFilters() table {
	t := table{}
	add := func(name string, attr, keep bool) {
		params := "*args **kwargs"
		t.add(name, params, structural|takesUnknown, func(c *call) (value.Value, error) { return selected(c, attr, keep) })
	}
	add("select", false, true)
	add("reject", false, false)
	add("selectattr", true, true)
	add("rejectattr", true, false)
	t.add("map", "*args **kwargs", structural|takesUnknown, mapFilter)
	return t
}

// selected keeps the items for which a test holds (or does not hold); with attr, the test is of an attribute.
func selected(c *call, attr, keep bool) (value.Value, error) {
	if u, ok := c.in.(value.Unknown); ok {
		return u, nil
	}
	args := c.rest
	get := func(v value.Value) (value.Value, error) { return v, nil }
	if attr {
		if len(args) == 0 {
			return nil, fmt.Errorf("Missing parameter for attribute name")
		}
		get = getter(c.env, args[0], notGiven)
		args = args[1:]
	}
	check := truth
	if len(args) > 0 {
		name, ok := value.Plain(args[0])
		p := c.env.Test(name)
		if !ok || p == nil {
			return nil, fmt.Errorf("No test named '%s'.", value.Display(args[0]))
		}
		check = func(v value.Value) (value.Value, error) {
			r, err := use(c.env, p, v, args[1:], c.kw)
			if u, ok := r.(value.Undefined); ok && err == nil {
				return nil, undefinedError(u)
			}
			return r, err
		}
	}
	list, err := items(c.in)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, item := range list {
		if item, err = force(item); err != nil {
			return nil, err
		}
		v, err := get(item)
		if err != nil {
			return nil, err
		}
		holds, err := check(v)
		if err != nil {
			return nil, err
		}
		if value.IsUnknown(holds) {
			return holds, nil
		}
		if (holds == true) == keep {
			out.Append(item)
		}
	}
	return out, nil
}

func mapFilter(c *call) (value.Value, error) {
	if u, ok := c.in.(value.Unknown); ok {
		return u, nil
	}
	var apply func(v value.Value) (value.Value, error)
	if len(c.rest) == 0 && c.kw != nil && c.kw.Has("attribute") {
		dflt := notGiven
		if c.kw.Has("default") {
			dflt = c.kw.At("default")
		}
		apply = getter(c.env, c.kw.At("attribute"), dflt)
	} else {
		if len(c.rest) == 0 {
			return nil, fmt.Errorf("map requires a filter argument")
		}
		name, ok := value.Plain(c.rest[0])
		p := c.env.Filter(name)
		if !ok || p == nil {
			return nil, fmt.Errorf("No filter named '%s'.", value.Display(c.rest[0]))
		}
		apply = func(v value.Value) (value.Value, error) { return use(c.env, p, v, c.rest[1:], c.kw) }
	}
	list, err := items(c.in)
	if err != nil {
		return nil, err
	}
	out := make([]value.Value, len(list))
	for i, item := range list {
		if item, err = force(item); err != nil {
			return nil, err
		}
		if out[i], err = apply(item); err != nil {
			return nil, err
		}
	}
	return value.NewList(out...), nil
}
