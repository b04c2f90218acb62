package jinja

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/value"
)

// macro is a macro with the scope that it was defined in.
type macro struct {
	def   *macroDef
	scope *frame
}

func (m *macro) TypeName() string { return "Macro" }

// Callable implements internal.
func (m *macro) Callable() bool { return true }

func (m *macro) takesAnything() {}

func (m *macro) attr(_ *frame, name string) (value.Value, bool) {
	switch name {
	case "name":
		return m.def.name, true
	case "arguments":
		t := make(value.Tuple, len(m.def.params))
		for i, p := range m.def.params {
			t[i] = p
		}
		return t, true
	case "catch_kwargs":
		return m.def.kwargs, true
	case "catch_varargs":
		return m.def.varargs, true
	case "caller":
		return m.def.caller, true
	}
	return nil, false
}

func (f *frame) execMacro(n *macroNode, _ *output) error {
	f.set(n.m.name, &macro{def: n.m, scope: f})
	return nil
}

func (f *frame) execCallBlock(n *callBlockNode, out *output) error {
	c := n.call.(*callNode)
	fn, err := f.eval(c.fn)
	if err != nil {
		return err
	}
	target, ok := fn.(callable)
	if !ok {
		if u, err := special(fn, nil); err != nil {
			return err
		} else if u != nil {
			return out.add(f, u)
		}
		return f.at(c.offset(), fmt.Errorf("'%s' object is not callable", typeName(fn)))
	}
	args, kw, err := f.args(&c.args)
	if err != nil {
		return err
	}
	if kw == nil {
		kw = value.NewDict()
	}
	kw.Set("caller", &macro{def: n.caller, scope: f})
	v, err := f.invoke(target, args, kw, c.offset())
	if err != nil {
		return err
	}
	if err := out.add(f, v); err != nil {
		return f.at(n.offset(), err)
	}
	return nil
}

// call runs the macro; its text is native, as that of a template.
func (m *macro) call(_ *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
	f := m.scope.inner()
	if err := m.bind(f, args, kw); err != nil {
		return nil, err
	}
	return capture(f, m.def.body)
}

// bind gives the parameters their values.
func (m *macro) bind(f *frame, args []value.Value, kw *value.Dict) error {
	d := m.def
	var named *value.Dict
	if kw != nil {
		named = kw.Clone()
	}
	take := func(name string) (value.Value, bool) {
		if named == nil {
			return nil, false
		}
		v, ok := named.Get(name)
		if ok {
			named.Delete(name)
		}
		return v, ok
	}
	if caller, ok := take("caller"); ok && !slices.Contains(d.params, "caller") {
		if !d.caller {
			return fmt.Errorf("macro %s was invoked with two values for the special caller argument. This is most likely a bug.", quoted(d.name))
		}
		f.set("caller", caller)
	} else if ok {
		named.Set("caller", caller)
	} else if d.caller {
		f.set("caller", value.Undefined{Hint: "No caller defined", Name: "caller"})
	}
	for i, name := range d.params {
		v, given := take(name)
		switch {
		case i < len(args):
			v = args[i]
		case given:
		case i >= len(d.params)-len(d.defaults):
			var err error
			if v, err = f.eval(d.defaults[i-len(d.params)+len(d.defaults)]); err != nil {
				return err
			}
		default:
			v = value.Undefined{Hint: "parameter " + quoted(name) + " was not provided", Name: name}
		}
		f.set(name, v)
	}
	return m.extra(f, args, named)
}

// extra handles the arguments that no parameter takes.
func (m *macro) extra(f *frame, args []value.Value, named *value.Dict) error {
	d := m.def
	if d.kwargs {
		if named == nil {
			named = value.NewDict()
		}
		f.set("kwargs", named)
	} else if named != nil && named.Len() > 0 {
		return fmt.Errorf("macro %s takes no keyword argument %s", quoted(d.name), quoted(strings.Join(named.StringKeys(), ", ")))
	}
	if d.varargs {
		rest := value.Tuple{}
		if len(args) > len(d.params) {
			rest = append(rest, args[len(d.params):]...)
		}
		f.set("varargs", rest)
	} else if len(args) > len(d.params) {
		return fmt.Errorf("macro %s takes not more than %d argument(s)", quoted(d.name), len(d.params))
	}
	return nil
}

func quoted(s string) string { return value.Repr(s) }
