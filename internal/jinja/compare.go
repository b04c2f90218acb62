package jinja

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"pig/internal/value"
)

// equal is a == b: a bool, or unknown.
func equal(a, b value.Value) (value.Value, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return x == y, nil
		}
	case int64:
		if y, ok := b.(int64); ok {
			return x == y, nil
		}
	}
	if simpleScalar(a) && simpleScalar(b) {
		return value.Equal(a, b), nil
	}
	for _, v := range [2]value.Value{a, b} {
		if u, err := settle(v); err != nil {
			return nil, err
		} else if u != nil {
			return *u, nil
		}
	}
	return value.Equal(plainMapping(a), plainMapping(b)), nil
}

func plainMapping(v value.Value) value.Value {
	if m, ok := v.(Mapping); ok {
		if d, err := finalize(m); err == nil {
			return d
		}
	}
	return v
}

func simpleScalar(v value.Value) bool {
	switch v.(type) {
	case string, int64, bool, nil, float64:
		return true
	}
	return false
}

// order is a < b and its like: a bool, or unknown.
func order(op string, a, b value.Value) (value.Value, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return ordered(op, strings.Compare(x, y)), nil
		}
	case int64:
		if y, ok := b.(int64); ok {
			return ordered(op, cmp.Compare(x, y)), nil
		}
	}
	for _, v := range [2]value.Value{a, b} {
		if u, err := settle(v); err != nil {
			return nil, err
		} else if u != nil {
			return *u, nil
		}
	}
	if isNaN(a) || isNaN(b) {
		return false, nil
	}
	c, err := value.Compare(a, b)
	if err != nil {
		return nil, fmt.Errorf("%s", strings.Replace(err.Error(), "'<'", "'"+op+"'", 1))
	}
	return ordered(op, c), nil
}

// ordered tells whether a comparison that gave c is what op asks for.
func ordered(op string, c int) bool {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func isNaN(v value.Value) bool {
	f, ok := v.(float64)
	return ok && math.IsNaN(f)
}

// contains is "item in list": a bool, or unknown.
func contains(list, item value.Value) (value.Value, error) {
	switch l := list.(type) {
	case value.Undefined:
		return nil, undefinedError(l)
	case *value.Dict:
		if _, ok := value.Hash(item); !ok {
			return nil, fmt.Errorf("unhashable type: '%s'", typeName(item))
		}
		return l.Has(item), nil
	case Mapping:
		_, ok, err := l.Item(item)
		return ok, err
	case view:
		if l.kind == "keys" {
			return contains(l.d, item)
		}
	}
	if text, ok := value.Plain(list); ok {
		part, ok := value.Plain(item)
		if !ok {
			return nil, fmt.Errorf("'in <string>' requires string as left operand, not %s", typeName(item))
		}
		return strings.Contains(text, part), nil
	}
	elements, err := items(list)
	if err != nil {
		if _, ok := asUnknown(err); !ok {
			err = fmt.Errorf("argument of type '%s' is not iterable", typeName(list))
		}
		return nil, err
	}
	var unknown value.Value
	for _, e := range elements {
		if e, err = force(e); err != nil {
			return nil, err
		}
		same, err := equal(e, item)
		if err != nil {
			return nil, err
		}
		if same == true {
			return true, nil
		}
		if value.IsUnknown(same) {
			unknown = same
		}
	}
	if unknown != nil {
		return unknown, nil
	}
	return false, nil
}

// truth is the truth of a value: a bool, or unknown.
func truth(v value.Value) (value.Value, error) {
	switch x := v.(type) {
	case bool:
		return x, nil
	case value.Undefined:
		return nil, undefinedError(x)
	case value.Unknown:
		return x, nil
	case implicitElse:
		return false, nil
	case view:
		return x.d.Len() > 0, nil
	case rangeOf:
		return x.len() > 0, nil
	case Mapping:
		return len(x.Keys()) > 0, nil
	}
	return value.Truthy(v), nil
}
