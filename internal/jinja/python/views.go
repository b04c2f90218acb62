package python

import (
	"fmt"

	"pig/internal/value"
)

// View is what keys(), values() and items() of a mapping give.
type View struct {
	Of   *value.Dict
	Kind string // keys, values, items
}

func (v View) TypeName() string { return "dict_" + v.Kind }

func (v View) String() string {
	items, err := v.Iterate()
	if err != nil {
		return "dict_" + v.Kind + "(...)"
	}
	return "dict_" + v.Kind + "(" + value.Repr(value.NewList(items...)) + ")"
}

// Iterate implements Iterable.
func (v View) Iterate() ([]value.Value, error) {
	items := make([]value.Value, 0, v.Of.Len())
	for k, item := range v.Of.All() {
		switch v.Kind {
		case "keys":
			items = append(items, k)
		case "values":
			items = append(items, item)
		default:
			forced, err := Force(item)
			if err != nil {
				return nil, err
			}
			items = append(items, value.Tuple{k, forced})
		}
	}
	return items, nil
}

// Range is Python's range.
type Range struct{ Start, Stop, Step int64 }

// MaxRange is the longest range that the sandbox of Jinja2 allows.
const MaxRange = 100_000

// Len is how many numbers are in r.
func (r Range) Len() int64 {
	switch {
	case r.Step > 0 && r.Start < r.Stop:
		return int64((uint64(r.Stop)-uint64(r.Start)-1)/uint64(r.Step)) + 1
	case r.Step < 0 && r.Start > r.Stop:
		return int64((uint64(r.Start)-uint64(r.Stop)-1)/uint64(-r.Step)) + 1
	}
	return 0
}

func (r Range) TypeName() string { return "range" }

func (r Range) String() string {
	if r.Step == 1 {
		return fmt.Sprintf("range(%d, %d)", r.Start, r.Stop)
	}
	return fmt.Sprintf("range(%d, %d, %d)", r.Start, r.Stop, r.Step)
}

// Iterate implements Iterable.
func (r Range) Iterate() ([]value.Value, error) {
	items := make([]value.Value, 0, r.Len())
	for i, n := r.Start, r.Len(); n > 0; n-- {
		items = append(items, i)
		i += r.Step
	}
	return items, nil
}
