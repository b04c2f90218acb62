package runtime

import (
	"fmt"

	"pig/internal/jinja/python"
	"pig/internal/value"
)

// callable is what can be called with parentheses.
type callable interface {
	python.Internal
	call(f *frame, args []value.Value, kw *value.Dict) (value.Value, error)
}

// object is a value of the engine that has attributes.
type object interface {
	python.Internal
	attr(f *frame, name string) (value.Value, bool)
}

// Without python.Internal these would be ordinary values to templates, and could leave the engine.
var (
	_, _, _, _, _ callable = (*function)(nil), (*bound)(nil), (*joiner)(nil), (*loop)(nil), (*macro)(nil)
	_, _, _, _    object   = (*namespace)(nil), (*cycler)(nil), (*module)(nil), selfBlocks{}
)

// function is a global function, or a method bound to its object.
type function struct {
	name string
	fn   func(f *frame, args []value.Value, kw *value.Dict) (value.Value, error)
}

func (fn *function) call(f *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
	return fn.fn(f, args, kw)
}

func (fn *function) TypeName() string { return "function" }
func (fn *function) String() string   { return "<function " + fn.name + ">" }

// Callable implements python.Internal.
func (fn *function) Callable() bool { return true }

// namespace is what namespace() makes: attributes that can be set from inner scopes.
type namespace struct{ d *value.Dict }

func (n *namespace) TypeName() string { return "Namespace" }
func (n *namespace) String() string   { return "<Namespace " + value.Display(n.d) + ">" }

// Callable implements python.Internal.
func (n *namespace) Callable() bool { return false }

// Held implements python.Holder.
func (n *namespace) Held() (value.Value, bool) { return n.d, true }

func (n *namespace) attr(_ *frame, name string) (value.Value, bool) { return n.d.Get(name) }

// cycler is what cycler() makes.
type cycler struct {
	items []value.Value
	i     int
}

func (c *cycler) TypeName() string { return "Cycler" }

// Callable implements python.Internal.
func (c *cycler) Callable() bool { return false }

func (c *cycler) attr(_ *frame, name string) (value.Value, bool) {
	switch name {
	case "current":
		return c.items[c.i], true
	case "next":
		return simple(name, func() value.Value {
			v := c.items[c.i]
			c.i = (c.i + 1) % len(c.items)
			return v
		}), true
	case "reset":
		return simple(name, func() value.Value { c.i = 0; return nil }), true
	}
	return nil, false
}

// simple is a function without arguments.
func simple(name string, fn func() value.Value) *function {
	return &function{name: name, fn: func(_ *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
		if len(args) > 0 || kw != nil {
			return nil, fmt.Errorf("%s() takes no arguments", name)
		}
		return fn(), nil
	}}
}

// joiner is what joiner() makes: nothing the first time, then its separator.
type joiner struct {
	sep  value.Value
	used bool
}

func (j *joiner) TypeName() string { return "Joiner" }

// Callable implements python.Internal.
func (j *joiner) Callable() bool { return true }

func (j *joiner) call(*frame, []value.Value, *value.Dict) (value.Value, error) {
	if !j.used {
		j.used = true
		return "", nil
	}
	return j.sep, nil
}

// module is an imported template: its macros and variables.
type module struct {
	name string
	root *frame
	out  value.Value
}

func (m *module) TypeName() string { return "TemplateModule" }
func (m *module) String() string   { return value.Str(m.out) }

// Callable implements python.Internal.
func (m *module) Callable() bool { return false }

func (m *module) attr(_ *frame, name string) (value.Value, bool) {
	for _, b := range m.root.names {
		if b.name == name && name[0] != '_' {
			return b.v, true
		}
	}
	return nil, false
}
