package filters

import (
	"fmt"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func selectFilters() plugin.Table {
	t := plugin.Table{}
	add := func(name string, attr, keep bool) {
		params := "*args **kwargs"
		t.Add(name, params, plugin.Structural|plugin.TakesUnknown, func(c *plugin.Call) (value.Value, error) { return selected(c, attr, keep) })
	}
	add("select", false, true)
	add("reject", false, false)
	add("selectattr", true, true)
	add("rejectattr", true, false)
	t.Add("map", "*args **kwargs", plugin.Structural|plugin.TakesUnknown, mapFilter)
	return t
}

// selected keeps the items for which a test holds (or does not hold); with attr, the test is of an attribute.
func selected(c *plugin.Call, attr, keep bool) (value.Value, error) {
	if u, ok := c.In.(value.Unknown); ok {
		return u, nil
	}
	args := c.Rest
	get := func(v value.Value) (value.Value, error) { return v, nil }
	if attr {
		if len(args) == 0 {
			return nil, fmt.Errorf("Missing parameter for attribute name")
		}
		get = getter(c.Env, args[0], plugin.NotGiven)
		args = args[1:]
	}
	check := python.Truth
	if len(args) > 0 {
		name, ok := value.Plain(args[0])
		p := c.Env.Test(name)
		if !ok || p == nil {
			return nil, fmt.Errorf("No test named '%s'.", value.Display(args[0]))
		}
		check = func(v value.Value) (value.Value, error) {
			r, err := plugin.Use(c.Env, p, v, args[1:], c.KW)
			if u, ok := r.(value.Undefined); ok && err == nil {
				return nil, python.UsedUndefined(u)
			}
			return r, err
		}
	}
	list, err := python.Items(c.In)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, item := range list {
		if item, err = python.Force(item); err != nil {
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

func mapFilter(c *plugin.Call) (value.Value, error) {
	if u, ok := c.In.(value.Unknown); ok {
		return u, nil
	}
	var apply func(v value.Value) (value.Value, error)
	if len(c.Rest) == 0 && c.KW != nil && c.KW.Has("attribute") {
		dflt := plugin.NotGiven
		if c.KW.Has("default") {
			dflt = c.KW.At("default")
		}
		apply = getter(c.Env, c.KW.At("attribute"), dflt)
	} else {
		if len(c.Rest) == 0 {
			return nil, fmt.Errorf("map requires a filter argument")
		}
		name, ok := value.Plain(c.Rest[0])
		p := c.Env.Filter(name)
		if !ok || p == nil {
			return nil, fmt.Errorf("No filter named '%s'.", value.Display(c.Rest[0]))
		}
		apply = func(v value.Value) (value.Value, error) { return plugin.Use(c.Env, p, v, c.Rest[1:], c.KW) }
	}
	list, err := python.Items(c.In)
	if err != nil {
		return nil, err
	}
	out := make([]value.Value, len(list))
	for i, item := range list {
		if item, err = python.Force(item); err != nil {
			return nil, err
		}
		if out[i], err = apply(item); err != nil {
			return nil, err
		}
	}
	return value.NewList(out...), nil
}
