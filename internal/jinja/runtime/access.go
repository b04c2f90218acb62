package runtime

import (
	"fmt"

	"pig/internal/jinja/python"
	"pig/internal/value"
)

// attr is obj.name: an attribute or method, else the element of that name.
func (f *frame) attr(obj value.Value, name string, offset int) (value.Value, error) {
	switch o := obj.(type) {
	case *value.Dict:
		if fn, ok := f.method(f.r.s.e.methods.Dict, obj, name); ok {
			return fn, nil
		}
		if v, ok := o.Get(name); ok {
			return f.forced(v, offset)
		}
	case value.Undefined:
		return o, nil
	case value.Unknown:
		return o, nil
	case python.ImplicitElse:
		return nil, f.at(offset, fmt.Errorf("the inline if-expression evaluated to false and no else section was defined"))
	case python.Mapping:
		if fn, ok := f.method(f.r.s.e.methods.Mapping, obj, name); ok {
			return fn, nil
		}
		return f.mappingItem(o, name, offset)
	case python.Delta:
		if v, ok := deltaAttr(o, name); ok {
			return v, nil
		}
	case *python.Group:
		if v, ok := o.Attr(name); ok {
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
	return python.UndefinedAttr(obj, name, f.pos(offset)), nil
}

func (f *frame) forced(v value.Value, offset int) (value.Value, error) {
	if _, lazy := v.(value.Lazy); !lazy {
		return v, nil
	}
	v, err := python.Force(v)
	if err != nil {
		return nil, f.at(offset, err)
	}
	return v, nil
}

func (f *frame) mappingItem(m python.Mapping, key value.Value, offset int) (value.Value, error) {
	v, ok, err := m.Item(key)
	if err != nil {
		return nil, f.at(offset, err)
	}
	if !ok {
		return python.UndefinedAttr(m, key, f.pos(offset)), nil
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
		if _, err := python.Settle(key); err != nil { // a tuple of lazy elements
			return nil, err
		}
		if v, ok := o.Get(key); ok {
			return f.forced(v, offset)
		}
	case python.Mapping:
		return f.mappingItem(o, key, offset)
	case *value.List:
		if i, ok := python.Index(key, len(o.Items)); ok {
			v, err := f.forced(o.Items[i], offset)
			if _, lazy := o.Items[i].(value.Lazy); lazy && err == nil {
				o.Items[i] = v
			}
			return v, err
		}
	case value.Tuple:
		if i, ok := python.Index(key, len(o)); ok {
			return f.forced(o[i], offset)
		}
	case value.Bytes:
		if i, ok := python.Index(key, len(o)); ok {
			return int64(o[i]), nil
		}
	case python.Iterable:
		if list, err := o.Iterate(); err == nil && subscriptable(obj) {
			if i, ok := python.Index(key, len(list)); ok {
				return f.forced(list[i], offset)
			}
		}
	default:
		if text, ok := value.Plain(obj); ok {
			if c, ok := python.Char(text, key); ok {
				return python.Tainted(c, obj), nil
			}
		}
	}
	if name, ok := key.(string); ok {
		return f.attr(obj, name, offset)
	}
	return python.UndefinedAttr(obj, key, f.pos(offset)), nil
}

// subscriptable tells whether an iterable of the engine has elements by number: views have none.
func subscriptable(v value.Value) bool {
	_, isView := v.(python.View)
	return !isView
}
