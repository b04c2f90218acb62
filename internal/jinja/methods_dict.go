package jinja

import (
	"fmt"

	"pig/internal/value"
)

func dictMethods() table {
	t := table{}
	add := func(name, params string, run func(d *value.Dict, c *call) (value.Value, error)) {
		t.add(name, params, anyOperand, func(c *call) (value.Value, error) { return run(c.in.(*value.Dict), c) })
	}
	for _, kind := range []string{"keys", "values", "items"} {
		add(kind, "", func(d *value.Dict, _ *call) (value.Value, error) { return view{d: d, kind: kind}, nil })
	}
	add("get", "key default", func(d *value.Dict, c *call) (value.Value, error) {
		k, err := keyArg(c, 0)
		if err != nil {
			return nil, err
		}
		if v, ok := d.Get(k); ok {
			return force(v)
		}
		return c.val(1, nil), nil
	})
	add("copy", "", func(d *value.Dict, _ *call) (value.Value, error) { return d.Clone(), nil })
	add("setdefault", "key default", func(d *value.Dict, c *call) (value.Value, error) {
		k, err := keyArg(c, 0)
		if err != nil {
			return nil, err
		}
		if v, ok := d.Get(k); ok {
			return force(v)
		}
		v := c.val(1, nil)
		return v, put(c, d, k, v)
	})
	add("update", "other **kwargs", func(d *value.Dict, c *call) (value.Value, error) {
		if c.has(0) {
			other, err := toDict(c.arg[0])
			if err != nil {
				return nil, err
			}
			for k, v := range other.All() {
				if err := put(c, d, k, v); err != nil {
					return nil, err
				}
			}
		}
		if c.kw != nil {
			for k, v := range c.kw.All() {
				if err := put(c, d, k, v); err != nil {
					return nil, err
				}
			}
		}
		return nil, nil
	})
	t.merge(dictRemovers())
	return t
}

// dictRemovers are the methods that take entries away.
func dictRemovers() table {
	t := table{}
	add := func(name, params string, run func(d *value.Dict, c *call) (value.Value, error)) {
		t.add(name, params, anyOperand, func(c *call) (value.Value, error) { return run(c.in.(*value.Dict), c) })
	}
	add("pop", "key default", func(d *value.Dict, c *call) (value.Value, error) {
		k, err := keyArg(c, 0)
		if err != nil {
			return nil, err
		}
		v, ok := d.Get(k)
		if ok {
			c.env.Changed()
			d.Delete(k)
			return force(v)
		}
		if !c.has(1) {
			return nil, fmt.Errorf("KeyError: %s", value.Display(k))
		}
		return c.arg[1], nil
	})
	add("popitem", "", func(d *value.Dict, c *call) (value.Value, error) {
		keys := d.Keys()
		if len(keys) == 0 {
			return nil, fmt.Errorf("popitem(): dictionary is empty")
		}
		c.env.Changed()
		k := keys[len(keys)-1]
		last, _ := d.Get(k)
		v, err := force(last)
		d.Delete(k)
		return value.Tuple{k, v}, err
	})
	add("clear", "", func(d *value.Dict, c *call) (value.Value, error) {
		c.env.Changed()
		for _, k := range d.Keys() {
			d.Delete(k)
		}
		return nil, nil
	})
	return t
}

// keyArg is argument i as a key of a mapping.
func keyArg(c *call, i int) (value.Value, error) {
	k, err := c.need(i)
	if err != nil {
		return nil, err
	}
	if u, err := settle(k); err != nil {
		return nil, err
	} else if u != nil {
		return nil, &unknownError{u: *u}
	}
	switch k := k.(type) {
	case value.Undefined:
		return nil, undefinedError(k)
	case value.Unknown:
		return nil, &unknownError{u: k}
	}
	if _, ok := value.Hash(k); !ok {
		return nil, fmt.Errorf("unhashable type: '%s'", typeName(k))
	}
	return k, nil
}

// put sets an entry of the receiver.
func put(c *call, d *value.Dict, k, v value.Value) error {
	c.env.Changed()
	if err := checkInside(c, v); err != nil {
		return err
	}
	d.Set(k, v)
	return nil
}

func mappingMethods() table {
	t := table{}
	add := func(name, params string, run func(m Mapping, c *call) (value.Value, error)) {
		t.add(name, params, anyOperand, func(c *call) (value.Value, error) { return run(c.in.(Mapping), c) })
	}
	for _, kind := range []string{"keys", "values", "items"} {
		add(kind, "", func(m Mapping, _ *call) (value.Value, error) {
			d, err := mappingDict(m)
			return view{d: d, kind: kind}, err
		})
	}
	add("copy", "", func(m Mapping, _ *call) (value.Value, error) { return mappingDict(m) })
	add("get", "key default", func(m Mapping, c *call) (value.Value, error) {
		k, err := keyArg(c, 0)
		if err != nil {
			return nil, err
		}
		if v, ok, err := m.Item(k); ok || err != nil {
			return v, err
		}
		return c.val(1, nil), nil
	})
	return t
}

// toDict is Python's dict(v): a copy of a mapping, or a mapping of pairs.
func toDict(v value.Value) (*value.Dict, error) {
	switch x := v.(type) {
	case *value.Dict:
		return x, nil
	case Mapping:
		return mappingDict(x)
	}
	pairs, err := forcedItems(v)
	if err != nil {
		return nil, err
	}
	d := value.NewDict()
	for i, p := range pairs {
		pair, err := forcedItems(p)
		if err != nil {
			return nil, fmt.Errorf("cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if len(pair) != 2 {
			return nil, fmt.Errorf("dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if _, ok := value.Hash(pair[0]); !ok {
			return nil, fmt.Errorf("unhashable type: '%s'", typeName(pair[0]))
		}
		d.Set(pair[0], pair[1])
	}
	return d, nil
}
