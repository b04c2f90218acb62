package python

import (
	"fmt"

	"pig/internal/secret"
	"pig/internal/value"
)

// Finalize copies v into what may leave the engine: lazy elements rendered, tuples and views as lists, omitted elements
// left out. Something undefined in it is an error.
func Finalize(v value.Value) (value.Value, error) {
	c := copier{}
	return c.copy(v, 0)
}

// FinalizeStrict is Finalize for what leaves the engine: functions and the like in it are an error.
func FinalizeStrict(v value.Value) (value.Value, error) {
	c := copier{strict: true}
	return c.copy(v, 0)
}

type copier struct {
	visits int
	bytes  int
	strict bool
}

func (c *copier) copy(v value.Value, depth int) (value.Value, error) {
	if c.visits++; c.visits > maxVisits || c.bytes > MaxBytes {
		return nil, fmt.Errorf("the value is too large")
	}
	if depth > MaxNesting {
		return nil, fmt.Errorf("lists and mappings are nested too deeply")
	}
	switch x := v.(type) {
	case string:
		c.bytes += len(x)
		return v, nil
	case nil, bool, int64, float64, secret.Text:
		return v, nil
	case value.Lazy:
		forced, err := Force(x)
		if err != nil {
			return nil, err
		}
		return c.copy(forced, depth)
	case value.Undefined:
		return nil, UsedUndefined(x)
	case ImplicitElse:
		return "", nil
	case value.Unsafe:
		return string(x), nil
	case *value.List:
		l, err := c.list(x.Items, depth)
		if err == nil && len(l.Items) == len(x.Items) {
			l.At = x.At
		}
		return l, err
	case value.Tuple:
		return c.list(x, depth)
	case *value.Dict:
		return c.dict(x, depth)
	case Mapping:
		d, err := MappingDict(x)
		if err != nil {
			return nil, err
		}
		return c.dict(d, depth)
	case Iterable:
		if _, ok := x.(Range); ok && depth == 0 && !c.strict {
			return v, nil
		}
		items, err := x.Iterate()
		if err != nil {
			return nil, err
		}
		return c.list(items, depth)
	case Delta:
		return x.String(), nil
	case Internal:
		if c.strict {
			return nil, fmt.Errorf("unsupported type '%s' for the result of a template: is a pair of parentheses missing?", TypeName(v))
		}
	}
	return v, nil
}

func (c *copier) list(items []value.Value, depth int) (*value.List, error) {
	l := &value.List{Items: make([]value.Value, 0, len(items))}
	for _, item := range items {
		done, err := c.copy(item, depth+1)
		if err != nil {
			return nil, err
		}
		if done != Omit {
			l.Items = append(l.Items, done)
		}
	}
	return l, nil
}

func (c *copier) dict(d *value.Dict, depth int) (value.Value, error) {
	out := d.Clone()
	var omitted []value.Value
	for k, item := range out.All() {
		switch x := item.(type) {
		case string:
			c.bytes += len(x)
			continue
		case nil, bool, int64, float64:
			continue
		}
		done, err := c.copy(item, depth+1)
		if err != nil {
			return nil, err
		}
		if done == Omit {
			omitted = append(omitted, k)
			continue
		}
		out.SetAt(k, done, out.KeyPos(k), out.ValuePos(k))
	}
	for _, k := range omitted {
		out.Delete(k)
	}
	return out, nil
}
