package jinja

import (
	"fmt"

	"pig/internal/secret"
	"pig/internal/value"
)

const (
	// maxNesting bounds how deep lists and mappings nest in each other.
	maxNesting = 500
	// maxVisits bounds how many elements one value has in all, shared ones counted each time.
	maxVisits = 5_000_000
	// maxBytes bounds how long all texts in a value are together, shared ones counted each time.
	maxBytes = 4 * maxText
)

// force is v, rendered if it had not been yet.
func force(v value.Value) (value.Value, error) {
	for {
		l, ok := v.(value.Lazy)
		if !ok {
			return v, nil
		}
		var err error
		if v, err = l.Force(); err != nil {
			return nil, err
		}
	}
}

// forceDeep is force, and makes an ordinary mapping of a Mapping. changed tells whether v was anything else.
func forceDeep(v value.Value) (forced value.Value, changed bool, err error) {
	_, changed = v.(value.Lazy)
	if v, err = force(v); err != nil {
		return nil, false, err
	}
	if m, ok := v.(Mapping); ok {
		v, err = finalize(m)
		changed = true
	}
	return v, changed, err
}

// survey looks through values, rendering in place what in them is lazy, and notes what is special in them.
type survey struct {
	unknown   *value.Unknown
	undefined *value.Undefined
	secrets   []secret.Text
	visits    int
	bytes     int
}

// visit looks at v and everything inside it.
func (s *survey) visit(v value.Value, depth int) error {
	if s.visits++; s.visits > maxVisits || s.bytes > maxBytes {
		return fmt.Errorf("the value is too large")
	}
	if depth > maxNesting {
		return fmt.Errorf("lists and mappings are nested too deeply")
	}
	switch x := v.(type) {
	case string:
		s.bytes += len(x)
	case *value.List:
		return s.items(x.Items, depth)
	case value.Tuple:
		return s.items(x, depth)
	case *value.Dict:
		return s.dict(x, depth)
	case view:
		return s.dict(x.d, depth)
	case value.Unknown:
		if s.unknown == nil {
			s.unknown = &x
		}
	case value.Undefined:
		if s.undefined == nil {
			s.undefined = &x
		}
	case secret.Text:
		s.secrets = append(s.secrets, x)
		s.bytes += len(x.Plain())
	}
	return nil
}

func (s *survey) items(items []value.Value, depth int) error {
	for i, item := range items {
		switch x := item.(type) {
		case string:
			if s.bytes += len(x); s.bytes > maxBytes {
				return fmt.Errorf("the value is too large")
			}
			continue
		case int64, bool, nil, float64:
			continue
		}
		forced, changed, err := forceDeep(item)
		if err != nil {
			return err
		}
		if changed {
			items[i] = forced
		}
		if err := s.visit(forced, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) dict(d *value.Dict, depth int) error {
	for k, item := range d.All() {
		switch x := item.(type) {
		case string:
			if s.bytes += len(x); s.bytes > maxBytes {
				return fmt.Errorf("the value is too large")
			}
		case int64, bool, nil, float64:
		default:
			forced, changed, err := forceDeep(item)
			if err != nil {
				return err
			}
			if changed {
				d.SetAt(k, forced, d.KeyPos(k), d.ValuePos(k))
			}
			if err := s.visit(forced, depth+1); err != nil {
				return err
			}
		}
		if t, ok := k.(secret.Text); ok {
			s.secrets = append(s.secrets, t)
		}
	}
	return nil
}

// settle renders everything inside v. Something undefined in it is an error; something unknown is told.
func settle(v value.Value) (unknown *value.Unknown, err error) {
	switch v.(type) {
	case string, int64, bool, nil, float64, secret.Text:
		return nil, nil
	}
	var s survey
	if err := s.visit(v, 0); err != nil {
		return nil, err
	}
	if s.undefined != nil {
		return nil, undefinedError(*s.undefined)
	}
	return s.unknown, nil
}

// finalize copies v into what may leave the engine: lazy elements rendered, tuples and views as lists, omitted elements
// left out. Something undefined in it is an error.
func finalize(v value.Value) (value.Value, error) {
	c := copier{}
	return c.copy(v, 0)
}

// finalizeStrict is finalize for what leaves the engine: functions and the like in it are an error.
func finalizeStrict(v value.Value) (value.Value, error) {
	c := copier{strict: true}
	return c.copy(v, 0)
}

type copier struct {
	visits int
	bytes  int
	strict bool
}

func (c *copier) copy(v value.Value, depth int) (value.Value, error) {
	if c.visits++; c.visits > maxVisits || c.bytes > maxBytes {
		return nil, fmt.Errorf("the value is too large")
	}
	if depth > maxNesting {
		return nil, fmt.Errorf("lists and mappings are nested too deeply")
	}
	switch x := v.(type) {
	case string:
		c.bytes += len(x)
		return v, nil
	case nil, bool, int64, float64, secret.Text:
		return v, nil
	case value.Lazy:
		forced, err := force(x)
		if err != nil {
			return nil, err
		}
		return c.copy(forced, depth)
	case value.Undefined:
		return nil, undefinedError(x)
	case implicitElse:
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
		d, err := mappingDict(x)
		if err != nil {
			return nil, err
		}
		return c.dict(d, depth)
	case iterable:
		if _, ok := x.(rangeOf); ok && depth == 0 && !c.strict {
			return v, nil
		}
		items, err := x.iterate()
		if err != nil {
			return nil, err
		}
		return c.list(items, depth)
	case delta:
		return x.String(), nil
	case internal:
		if c.strict {
			return nil, fmt.Errorf("unsupported type '%s' for the result of a template: is a pair of parentheses missing?", typeName(v))
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
