package runtime

import (
	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// bound is a method bound to its object.
type bound struct {
	p    *plugin.Plugin
	recv value.Value
}

func (b *bound) TypeName() string { return "builtin_function_or_method" }
func (b *bound) String() string   { return "<built-in method " + b.p.Name + ">" }
func (b *bound) takesAnything()   {}

// Callable implements python.Internal.
func (b *bound) Callable() bool { return true }

func (b *bound) call(f *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
	return plugin.Use(f, b.p, b.recv, args, kw)
}

func (f *frame) method(t plugin.Table, obj value.Value, name string) (value.Value, bool) {
	if p := t[name]; p != nil {
		return &bound{p: p, recv: obj}, true
	}
	return nil, false
}

// builtinAttr is a method or attribute of a value that is neither a mapping nor an object of the engine.
func (f *frame) builtinAttr(obj value.Value, name string) (value.Value, bool) {
	m := &f.r.s.e.methods
	if _, ok := value.Plain(obj); ok {
		return f.method(m.Str, obj, name)
	}
	switch x := obj.(type) {
	case *value.List:
		return f.method(m.List, obj, name)
	case value.Tuple:
		return f.method(m.Tuple, obj, name)
	case value.Bytes:
		return f.method(m.Bytes, obj, name)
	case python.Range:
		switch name {
		case "start":
			return x.Start, true
		case "stop":
			return x.Stop, true
		case "step":
			return x.Step, true
		}
		return nil, false
	}
	if _, _, ok := python.Numeric(obj); ok {
		switch name {
		case "real", "numerator":
			return obj, true
		case "imag":
			return int64(0), true
		case "denominator":
			return int64(1), true
		}
		return f.method(m.Number, obj, name)
	}
	return f.timeAttr(obj, name)
}
