package runtime

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/jinja/python"
	"pig/internal/jinja/syntax"
	"pig/internal/value"
)

// macro is a macro with the scope that it was defined in.
type macro struct {
	def   *syntax.MacroDef
	scope *frame
}

func (m *macro) TypeName() string { return "Macro" }
func (m *macro) takesAnything()   {}

// Callable implements python.Internal.
func (m *macro) Callable() bool { return true }

func (m *macro) attr(_ *frame, name string) (value.Value, bool) {
	switch name {
	case "name":
		return m.def.Name, true
	case "arguments":
		t := make(value.Tuple, len(m.def.Params))
		for i, p := range m.def.Params {
			t[i] = p
		}
		return t, true
	case "catch_kwargs":
		return m.def.Kwargs, true
	case "catch_varargs":
		return m.def.Varargs, true
	case "caller":
		return m.def.Caller, true
	}
	return nil, false
}

func (f *frame) execMacro(n *syntax.Macro, _ *output) error {
	f.set(n.M.Name, &macro{def: n.M, scope: f})
	return nil
}

func (f *frame) execCallBlock(n *syntax.CallBlock, out *output) error {
	c := n.Call.(*syntax.Call)
	fn, err := f.eval(c.Fn)
	if err != nil {
		return err
	}
	target, ok := fn.(callable)
	if !ok {
		if u, err := python.Special(fn, nil); err != nil {
			return err
		} else if u != nil {
			return out.add(f, u)
		}
		return f.at(c.Offset(), fmt.Errorf("'%s' object is not callable", python.TypeName(fn)))
	}
	args, kw, err := f.args(&c.Args)
	if err != nil {
		return err
	}
	if kw == nil {
		kw = value.NewDict()
	}
	kw.Set("caller", &macro{def: n.Caller, scope: f})
	v, err := f.invoke(target, args, kw, c.Offset())
	if err != nil {
		return err
	}
	if err := out.add(f, v); err != nil {
		return f.at(n.Offset(), err)
	}
	return nil
}

// call runs the macro; its text is native, as that of a template.
func (m *macro) call(_ *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
	f := m.scope.inner()
	if err := m.bind(f, args, kw); err != nil {
		return nil, err
	}
	return capture(f, m.def.Body)
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
	if caller, ok := take("caller"); ok && !slices.Contains(d.Params, "caller") {
		if !d.Caller {
			return fmt.Errorf("macro %s was invoked with two values for the special caller argument. This is most likely a bug.", quoted(d.Name))
		}
		f.set("caller", caller)
	} else if ok {
		named.Set("caller", caller)
	} else if d.Caller {
		f.set("caller", value.Undefined{Hint: "No caller defined", Name: "caller"})
	}
	for i, name := range d.Params {
		v, given := take(name)
		switch {
		case i < len(args):
			v = args[i]
		case given:
		case i >= len(d.Params)-len(d.Defaults):
			var err error
			if v, err = f.eval(d.Defaults[i-len(d.Params)+len(d.Defaults)]); err != nil {
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
	if d.Kwargs {
		if named == nil {
			named = value.NewDict()
		}
		f.set("kwargs", named)
	} else if named != nil && named.Len() > 0 {
		return fmt.Errorf("macro %s takes no keyword argument %s", quoted(d.Name), quoted(strings.Join(named.StringKeys(), ", ")))
	}
	if d.Varargs {
		rest := value.Tuple{}
		if len(args) > len(d.Params) {
			rest = append(rest, args[len(d.Params):]...)
		}
		f.set("varargs", rest)
	} else if len(args) > len(d.Params) {
		return fmt.Errorf("macro %s takes not more than %d argument(s)", quoted(d.Name), len(d.Params))
	}
	return nil
}

func quoted(s string) string { return value.Repr(s) }
