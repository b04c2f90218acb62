package jinja

import (
	"pig/internal/value"
)

// methods are the methods of Python's types that values have.
type methods struct {
	str, list, tuple, dict, mapping, number, bytes, time table
}

func builtinMethods() methods {
	return methods{
		str: strMethods(), list: listMethods(), tuple: tupleMethods(), dict: dictMethods(), mapping: mappingMethods(),
		number: numberMethods(), bytes: bytesMethods(), time: timeMethods(),
	}
}

// isMethod: errors are told as they are.
const isMethod = keepsSecrets << 1

// anyOperand marks methods that put their arguments, whatever they are, into a container.
const anyOperand = structural | takesUndefined | takesUnknown | keepsSecrets | isMethod

// bound is a method bound to its object.
type bound struct {
	p    *plugin
	recv value.Value
}

func (b *bound) TypeName() string { return "builtin_function_or_method" }

// Callable implements internal.
func (b *bound) Callable() bool { return true }

func (b *bound) String() string { return "<built-in method " + b.p.name + ">" }
func (b *bound) takesAnything() {}

func (b *bound) call(f *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
	return use(f, b.p, b.recv, args, kw)
}

func (f *frame) method(t table, obj value.Value, name string) (value.Value, bool) {
	if p := t[name]; p != nil {
		return &bound{p: p, recv: obj}, true
	}
	return nil, false
}

// builtinAttr is a method or attribute of a value that is neither a mapping nor an object of the engine.
func (f *frame) builtinAttr(obj value.Value, name string) (value.Value, bool) {
	m := &f.r.s.e.methods
	if _, ok := value.Plain(obj); ok {
		return f.method(m.str, obj, name)
	}
	switch x := obj.(type) {
	case *value.List:
		return f.method(m.list, obj, name)
	case value.Tuple:
		return f.method(m.tuple, obj, name)
	case value.Bytes:
		return f.method(m.bytes, obj, name)
	case rangeOf:
		switch name {
		case "start":
			return x.start, true
		case "stop":
			return x.stop, true
		case "step":
			return x.step, true
		}
		return nil, false
	}
	if _, _, ok := numeric(obj); ok {
		switch name {
		case "real", "numerator":
			return obj, true
		case "imag":
			return int64(0), true
		case "denominator":
			return int64(1), true
		}
		return f.method(m.number, obj, name)
	}
	return f.timeAttr(obj, name)
}
