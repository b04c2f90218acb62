package python

import (
	"fmt"
	"math/big"
	"unicode/utf8"

	"pig/internal/value"
)

// Index is the place of element key among n, counted from the end if negative.
func Index(key value.Value, n int) (int, bool) {
	var i int64
	switch k := key.(type) {
	case int64:
		i = k
	case bool:
		if k {
			i = 1
		}
	default:
		return 0, false
	}
	if i < 0 {
		i += int64(n)
	}
	return int(i), i >= 0 && i < int64(n)
}

// Char is one character of text.
func Char(text string, key value.Value) (string, bool) {
	if IsASCII(text) {
		if i, ok := Index(key, len(text)); ok {
			return text[i : i+1], true
		}
		return "", false
	}
	runes := []rune(text)
	if i, ok := Index(key, len(runes)); ok {
		return string(runes[i]), true
	}
	return "", false
}

// IsASCII tells whether each byte of s is a character.
func IsASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Slice is obj[start:stop:step], where each may be nil.
func Slice(obj, start, stop, step value.Value) (value.Value, error) {
	switch o := obj.(type) {
	case value.Undefined, value.Unknown:
		return o, nil
	case *value.List:
		picked, err := Pick(o.Items, start, stop, step)
		return value.NewList(picked...), err
	case value.Tuple:
		picked, err := Pick(o, start, stop, step)
		return value.Tuple(picked), err
	case Range:
		list, _ := o.Iterate()
		picked, err := Pick(list, start, stop, step)
		return value.NewList(picked...), err
	case *Group:
		picked, err := Pick([]value.Value{o.Grouper, o.List}, start, stop, step)
		return value.Tuple(picked), err
	}
	if text, ok := value.Plain(obj); ok {
		if IsASCII(text) {
			picked, err := Pick([]byte(text), start, stop, step)
			return Tainted(string(picked), obj), err
		}
		picked, err := Pick([]rune(text), start, stop, step)
		return Tainted(string(picked), obj), err
	}
	return nil, fmt.Errorf("'%s' object is not subscriptable", TypeName(obj))
}

// Pick is Python's slicing.
func Pick[T any](list []T, start, stop, step value.Value) ([]T, error) {
	by, ok := SliceIndex(step, 1)
	if !ok {
		return nil, fmt.Errorf("slice indices must be integers or None")
	}
	if by == 0 {
		return nil, fmt.Errorf("slice step cannot be zero")
	}
	n := int64(len(list))
	from, to := int64(0), n
	if by < 0 {
		from, to = n-1, -n-1
	}
	var ok1, ok2 bool
	from, ok1 = SliceIndex(start, from)
	to, ok2 = SliceIndex(stop, to)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("slice indices must be integers or None")
	}
	from, to = Clip(from, n, by), Clip(to, n, by)
	var out []T
	if by == 1 && from < to {
		return append(out, list[from:to]...), nil
	}
	for i := from; by > 0 && i < to || by < 0 && i > to; i += by {
		out = append(out, list[i])
		if by > n || by < -n {
			break
		}
	}
	return out, nil
}

// Clip is a bound of a slice of n elements, counted from the end if negative, within 0 and n.
func Clip(i, n, step int64) int64 {
	if i < 0 {
		i += n
	}
	if step < 0 {
		return max(-1, min(i, n-1))
	}
	return max(0, min(i, n))
}

// SliceIndex is a bound of a slice, dflt if it was left out; ok is false if v cannot be one.
func SliceIndex(v value.Value, dflt int64) (int64, bool) {
	switch v := v.(type) {
	case nil:
		return dflt, true
	case int64:
		return v, true
	case bool:
		i, _ := Index(v, 2)
		return int64(i), true
	case *big.Int:
		return int64(v.Sign()) << 60, true
	}
	return 0, false
}
