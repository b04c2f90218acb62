package python

import (
	"fmt"

	"pig/internal/secret"
	"pig/internal/value"
)

const (
	// MaxNesting bounds how deep lists and mappings nest in each other.
	MaxNesting = 500
	// maxVisits bounds how many elements one value has in all, shared ones counted each time.
	maxVisits = 5_000_000
	// MaxBytes bounds how long all texts in a value are together, shared ones counted each time.
	MaxBytes = 4 * MaxText
)

// Survey looks through values, rendering in place what in them is lazy, and notes what is special in them.
type Survey struct {
	Unknown   *value.Unknown
	Undefined *value.Undefined
	Secrets   []secret.Text
	visits    int
	bytes     int
}

// Visit looks at v and everything inside it.
func (s *Survey) Visit(v value.Value, depth int) error {
	if s.visits++; s.visits > maxVisits || s.bytes > MaxBytes {
		return fmt.Errorf("the value is too large")
	}
	if depth > MaxNesting {
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
	case View:
		return s.dict(x.Of, depth)
	case value.Unknown:
		if s.Unknown == nil {
			s.Unknown = &x
		}
	case value.Undefined:
		if s.Undefined == nil {
			s.Undefined = &x
		}
	case secret.Text:
		s.Secrets = append(s.Secrets, x)
		s.bytes += len(x.Plain())
	}
	return nil
}

func (s *Survey) items(items []value.Value, depth int) error {
	for i, item := range items {
		switch x := item.(type) {
		case string:
			if s.bytes += len(x); s.bytes > MaxBytes {
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
		if err := s.Visit(forced, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (s *Survey) dict(d *value.Dict, depth int) error {
	for k, item := range d.All() {
		switch x := item.(type) {
		case string:
			if s.bytes += len(x); s.bytes > MaxBytes {
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
			if err := s.Visit(forced, depth+1); err != nil {
				return err
			}
		}
		if t, ok := k.(secret.Text); ok {
			s.Secrets = append(s.Secrets, t)
		}
	}
	return nil
}

// Settle renders everything inside v. Something undefined in it is an error; something unknown is told.
func Settle(v value.Value) (unknown *value.Unknown, err error) {
	switch v.(type) {
	case string, int64, bool, nil, float64, secret.Text:
		return nil, nil
	}
	var s Survey
	if err := s.Visit(v, 0); err != nil {
		return nil, err
	}
	if s.Undefined != nil {
		return nil, UsedUndefined(*s.Undefined)
	}
	return s.Unknown, nil
}

// Shallow looks at v only, not into it.
func (s *Survey) Shallow(v value.Value, _ int) error {
	switch v.(type) {
	case *value.List, *value.Dict, value.Tuple, View:
		return nil
	}
	return s.Visit(v, 0)
}
