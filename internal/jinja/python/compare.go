package python

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"pig/internal/value"
)

// Equal is a == b: a bool, or unknown.
func Equal(a, b value.Value) (value.Value, error) {
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
		if u, err := Settle(v); err != nil {
			return nil, err
		} else if u != nil {
			return *u, nil
		}
	}
	return value.Equal(plainMapping(a), plainMapping(b)), nil
}

func plainMapping(v value.Value) value.Value {
	if m, ok := v.(Mapping); ok {
		if d, err := Finalize(m); err == nil {
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

// Order is a < b and its like: a bool, or unknown.
func Order(op string, a, b value.Value) (value.Value, error) {
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
		if u, err := Settle(v); err != nil {
			return nil, err
		} else if u != nil {
			return *u, nil
		}
	}
	if IsNaN(a) || IsNaN(b) {
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

// IsNaN tells whether v is a float that is not a number.
func IsNaN(v value.Value) bool {
	f, ok := v.(float64)
	return ok && math.IsNaN(f)
}

// Contains is "item in list": a bool, or unknown.
func Contains(list, item value.Value) (value.Value, error) {
	switch l := list.(type) {
	case value.Undefined:
		return nil, UsedUndefined(l)
	case *value.Dict:
		if _, ok := value.Hash(item); !ok {
			return nil, fmt.Errorf("unhashable type: '%s'", TypeName(item))
		}
		return l.Has(item), nil
	case Mapping:
		_, ok, err := l.Item(item)
		return ok, err
	case View:
		if l.Kind == "keys" {
			return Contains(l.Of, item)
		}
	}
	if text, ok := value.Plain(list); ok {
		part, ok := value.Plain(item)
		if !ok {
			return nil, fmt.Errorf("'in <string>' requires string as left operand, not %s", TypeName(item))
		}
		return strings.Contains(text, part), nil
	}
	elements, err := Items(list)
	if err != nil {
		if _, ok := AsUnknown(err); !ok {
			err = fmt.Errorf("argument of type '%s' is not iterable", TypeName(list))
		}
		return nil, err
	}
	var unknown value.Value
	for _, e := range elements {
		if e, err = Force(e); err != nil {
			return nil, err
		}
		same, err := Equal(e, item)
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

// Truth is the truth of a value: a bool, or unknown.
func Truth(v value.Value) (value.Value, error) {
	switch x := v.(type) {
	case bool:
		return x, nil
	case value.Undefined:
		return nil, UsedUndefined(x)
	case value.Unknown:
		return x, nil
	case ImplicitElse:
		return false, nil
	case View:
		return x.Of.Len() > 0, nil
	case Range:
		return x.Len() > 0, nil
	case Mapping:
		return len(x.Keys()) > 0, nil
	}
	return value.Truthy(v), nil
}

// CompareBy is a comparison by its operator: a bool, or unknown. Something undefined is an error.
func CompareBy(op string, left, right value.Value) (value.Value, error) {
	if u, err := Special(left, right); u != nil || err != nil {
		return u, err
	}
	switch op {
	case "==", "!=":
		v, err := Equal(left, right)
		if b, ok := v.(bool); ok && op == "!=" {
			return !b, err
		}
		return v, err
	case "in", "not in":
		v, err := Contains(right, left)
		if b, ok := v.(bool); ok && op == "not in" {
			return !b, err
		}
		return v, err
	}
	return Order(op, left, right)
}
