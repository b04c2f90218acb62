package methods

import (
	"fmt"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func dictMethods() plugin.Table {
	t := plugin.Table{}
	add := func(name, params string, run func(d *value.Dict, c *plugin.Call) (value.Value, error)) {
		t.Add(name, params, plugin.AnyOperand, func(c *plugin.Call) (value.Value, error) { return run(c.In.(*value.Dict), c) })
	}
	for _, kind := range []string{"keys", "values", "items"} {
		add(kind, "", func(d *value.Dict, _ *plugin.Call) (value.Value, error) { return python.View{Of: d, Kind: kind}, nil })
	}
	add("get", "key default", func(d *value.Dict, c *plugin.Call) (value.Value, error) {
		k, err := keyArg(c, 0)
		if err != nil {
			return nil, err
		}
		if v, ok := d.Get(k); ok {
			return python.Force(v)
		}
		return c.Val(1, nil), nil
	})
	add("copy", "", func(d *value.Dict, _ *plugin.Call) (value.Value, error) { return d.Clone(), nil })
	add("setdefault", "key default", func(d *value.Dict, c *plugin.Call) (value.Value, error) {
		k, err := keyArg(c, 0)
		if err != nil {
			return nil, err
		}
		if v, ok := d.Get(k); ok {
			return python.Force(v)
		}
		v := c.Val(1, nil)
		return v, put(c, d, k, v)
	})
	add("update", "other **kwargs", func(d *value.Dict, c *plugin.Call) (value.Value, error) {
		if c.Has(0) {
			other, err := python.ToDict(c.Arg[0])
			if err != nil {
				return nil, err
			}
			for k, v := range other.All() {
				if err := put(c, d, k, v); err != nil {
					return nil, err
				}
			}
		}
		if c.KW != nil {
			for k, v := range c.KW.All() {
				if err := put(c, d, k, v); err != nil {
					return nil, err
				}
			}
		}
		return nil, nil
	})
	t.Merge(dictRemovers())
	return t
}

// dictRemovers are the methods that take entries away.
func dictRemovers() plugin.Table {
	t := plugin.Table{}
	add := func(name, params string, run func(d *value.Dict, c *plugin.Call) (value.Value, error)) {
		t.Add(name, params, plugin.AnyOperand, func(c *plugin.Call) (value.Value, error) { return run(c.In.(*value.Dict), c) })
	}
	add("pop", "key default", func(d *value.Dict, c *plugin.Call) (value.Value, error) {
		k, err := keyArg(c, 0)
		if err != nil {
			return nil, err
		}
		v, ok := d.Get(k)
		if ok {
			c.Env.Changed()
			d.Delete(k)
			return python.Force(v)
		}
		if !c.Has(1) {
			return nil, fmt.Errorf("KeyError: %s", value.Display(k))
		}
		return c.Arg[1], nil
	})
	add("popitem", "", func(d *value.Dict, c *plugin.Call) (value.Value, error) {
		keys := d.Keys()
		if len(keys) == 0 {
			return nil, fmt.Errorf("popitem(): dictionary is empty")
		}
		c.Env.Changed()
		k := keys[len(keys)-1]
		last, _ := d.Get(k)
		v, err := python.Force(last)
		d.Delete(k)
		return value.Tuple{k, v}, err
	})
	add("clear", "", func(d *value.Dict, c *plugin.Call) (value.Value, error) {
		c.Env.Changed()
		for _, k := range d.Keys() {
			d.Delete(k)
		}
		return nil, nil
	})
	return t
}

// keyArg is argument i as a key of a mapping.
func keyArg(c *plugin.Call, i int) (value.Value, error) {
	k, err := c.Need(i)
	if err != nil {
		return nil, err
	}
	if u, err := python.Settle(k); err != nil {
		return nil, err
	} else if u != nil {
		return nil, &python.UnknownError{Value: *u}
	}
	switch k := k.(type) {
	case value.Undefined:
		return nil, python.UsedUndefined(k)
	case value.Unknown:
		return nil, &python.UnknownError{Value: k}
	}
	if _, ok := value.Hash(k); !ok {
		return nil, fmt.Errorf("unhashable type: '%s'", python.TypeName(k))
	}
	return k, nil
}

// put sets an entry of the receiver.
func put(c *plugin.Call, d *value.Dict, k, v value.Value) error {
	c.Env.Changed()
	if err := checkInside(c, v); err != nil {
		return err
	}
	d.Set(k, v)
	return nil
}

func mappingMethods() plugin.Table {
	t := plugin.Table{}
	add := func(name, params string, run func(m python.Mapping, c *plugin.Call) (value.Value, error)) {
		t.Add(name, params, plugin.AnyOperand, func(c *plugin.Call) (value.Value, error) { return run(c.In.(python.Mapping), c) })
	}
	for _, kind := range []string{"keys", "values", "items"} {
		add(kind, "", func(m python.Mapping, _ *plugin.Call) (value.Value, error) {
			d, err := python.MappingDict(m)
			return python.View{Of: d, Kind: kind}, err
		})
	}
	add("copy", "", func(m python.Mapping, _ *plugin.Call) (value.Value, error) { return python.MappingDict(m) })
	add("get", "key default", func(m python.Mapping, c *plugin.Call) (value.Value, error) {
		k, err := keyArg(c, 0)
		if err != nil {
			return nil, err
		}
		if v, ok, err := m.Item(k); ok || err != nil {
			return v, err
		}
		return c.Val(1, nil), nil
	})
	return t
}
