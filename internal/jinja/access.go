package jinja

import (
	"fmt"
	"math/big"
	"unicode/utf8"

	"pig/internal/value"
)

// attr is obj.name: an attribute or method, else the element of that name.
func (f *frame) attr(obj value.Value, name string, offset int) (value.Value, error) {
	switch o := obj.(type) {
	case *value.Dict:
		if fn, ok := f.method(f.r.s.e.methods.dict, obj, name); ok {
			return fn, nil
		}
		if v, ok := o.Get(name); ok {
			return f.forced(v, offset)
		}
	case value.Undefined:
		return o, nil
	case value.Unknown:
		return o, nil
	case implicitElse:
		return nil, f.at(offset, fmt.Errorf("the inline if-expression evaluated to false and no else section was defined"))
	case Mapping:
		if fn, ok := f.method(f.r.s.e.methods.mapping, obj, name); ok {
			return fn, nil
		}
		return f.mappingItem(o, name, offset)
	case delta:
		if v, ok := deltaAttr(o, name); ok {
			return v, nil
		}
	case *group:
		if v, ok := o.attr(name); ok {
			return f.forced(v, offset)
		}
	case object:
		if v, ok := o.attr(f, name); ok {
			return f.forced(v, offset)
		}
	default:
		if v, ok := f.builtinAttr(obj, name); ok {
			return v, nil
		}
	}
	return undefinedAttr(obj, name, f.pos(offset)), nil
}

func (f *frame) forced(v value.Value, offset int) (value.Value, error) {
	if _, lazy := v.(value.Lazy); !lazy {
		return v, nil
	}
	v, err := force(v)
	if err != nil {
		return nil, f.at(offset, err)
	}
	return v, nil
}

func (f *frame) mappingItem(m Mapping, key value.Value, offset int) (value.Value, error) {
	v, ok, err := m.Item(key)
	if err != nil {
		return nil, f.at(offset, err)
	}
	if !ok {
		return undefinedAttr(m, key, f.pos(offset)), nil
	}
	return f.forced(v, offset)
}

// item is obj[key]: an element, else the attribute or method of that name.
func (f *frame) item(obj, key value.Value, offset int) (value.Value, error) {
	switch k := key.(type) {
	case value.Undefined:
		return k, nil
	case value.Unknown:
		if !value.IsUndefined(obj) {
			return k, nil
		}
	}
	switch o := obj.(type) {
	case value.Undefined:
		return o, nil
	case value.Unknown:
		return o, nil
	case *value.Dict:
		if _, err := settle(key); err != nil { // a tuple of lazy elements
			return nil, err
		}
		if v, ok := o.Get(key); ok {
			return f.forced(v, offset)
		}
	case Mapping:
		return f.mappingItem(o, key, offset)
	case *value.List:
		if i, ok := index(key, len(o.Items)); ok {
			v, err := f.forced(o.Items[i], offset)
			if _, lazy := o.Items[i].(value.Lazy); lazy && err == nil {
				o.Items[i] = v
			}
			return v, err
		}
	case value.Tuple:
		if i, ok := index(key, len(o)); ok {
			return f.forced(o[i], offset)
		}
	case value.Bytes:
		if i, ok := index(key, len(o)); ok {
			return int64(o[i]), nil
		}
	case iterable:
		if list, err := o.iterate(); err == nil && subscriptable(obj) {
			if i, ok := index(key, len(list)); ok {
				return f.forced(list[i], offset)
			}
		}
	default:
		if text, ok := value.Plain(obj); ok {
			if c, ok := char(text, key); ok {
				return tainted(c, obj), nil
			}
		}
	}
	if name, ok := key.(string); ok {
		return f.attr(obj, name, offset)
	}
	return undefinedAttr(obj, key, f.pos(offset)), nil
}

// subscriptable tells whether an iterable of the engine has elements by number: views have none.
func subscriptable(v value.Value) bool {
	_, isView := v.(view)
	return !isView
}

// index is the place of element key among n, counted from the end if negative.
func index(key value.Value, n int) (int, bool) {
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

// char is one character of text.
func char(text string, key value.Value) (string, bool) {
	if isASCII(text) {
		if i, ok := index(key, len(text)); ok {
			return text[i : i+1], true
		}
		return "", false
	}
	runes := []rune(text)
	if i, ok := index(key, len(runes)); ok {
		return string(runes[i]), true
	}
	return "", false
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// slice is obj[start:stop:step], where each may be nil.
func slice(obj, start, stop, step value.Value) (value.Value, error) {
	switch o := obj.(type) {
	case value.Undefined, value.Unknown:
		return o, nil
	case *value.List:
		picked, err := pick(o.Items, start, stop, step)
		return value.NewList(picked...), err
	case value.Tuple:
		picked, err := pick(o, start, stop, step)
		return value.Tuple(picked), err
	case rangeOf:
		list, _ := o.iterate()
		picked, err := pick(list, start, stop, step)
		return value.NewList(picked...), err
	case *group:
		picked, err := pick([]value.Value{o.grouper, o.list}, start, stop, step)
		return value.Tuple(picked), err
	}
	if text, ok := value.Plain(obj); ok {
		if isASCII(text) {
			picked, err := pick([]byte(text), start, stop, step)
			return tainted(string(picked), obj), err
		}
		picked, err := pick([]rune(text), start, stop, step)
		return tainted(string(picked), obj), err
	}
	return nil, fmt.Errorf("'%s' object is not subscriptable", typeName(obj))
}

// pick is Python's slicing.
func pick[T any](list []T, start, stop, step value.Value) ([]T, error) {
	by, ok := sliceIndex(step, 1)
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
	from, ok1 = sliceIndex(start, from)
	to, ok2 = sliceIndex(stop, to)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("slice indices must be integers or None")
	}
	from, to = clip(from, n, by), clip(to, n, by)
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

func clip(i, n, step int64) int64 {
	if i < 0 {
		i += n
	}
	if step < 0 {
		return max(-1, min(i, n-1))
	}
	return max(0, min(i, n))
}

func sliceIndex(v value.Value, dflt int64) (int64, bool) {
	switch v := v.(type) {
	case nil:
		return dflt, true
	case int64:
		return v, true
	case bool:
		i, _ := index(v, 2)
		return int64(i), true
	case *big.Int:
		return int64(v.Sign()) << 60, true
	}
	return 0, false
}
