package jinja

import (
	"fmt"

	"pig/internal/diag"
	"pig/internal/value"
)

// Mapping is a read-only mapping whose values are made when they are asked for, like hostvars. Templates use it as a
// mapping; what needs all of it (to_json, a loop over its items) makes a copy.
type Mapping interface {
	// Item gives the finished value of key; ok is false if there is none.
	Item(key value.Value) (v value.Value, ok bool, err error)
	// Keys are all keys in order.
	Keys() []value.Value
}

// mappingDict makes an ordinary mapping of m, whose values are made when they are asked for.
func mappingDict(m Mapping) (*value.Dict, error) {
	d := value.NewDict()
	for _, k := range m.Keys() {
		d.Set(k, &mappingItem{m: m, key: k})
	}
	return d, nil
}

type mappingItem struct {
	m   Mapping
	key value.Value
}

func (i *mappingItem) Force() (value.Value, error) {
	v, ok, err := i.m.Item(i.key)
	if err == nil && !ok {
		v = undefinedAttr(i.m, i.key, diag.Pos{})
	}
	return v, err
}

// internal is a value of the engine that must not leave it. Callable tells whether it can be called with parentheses.
type internal interface {
	Callable() bool
}

// holder is what holds another value, and is neither a list nor a mapping; ok is false if it does not hold it yet.
type holder interface {
	Held() (v value.Value, ok bool)
}

// callable is what can be called with parentheses.
type callable interface {
	internal
	call(f *frame, args []value.Value, kw *value.Dict) (value.Value, error)
}

// object is a value of the engine that has attributes.
type object interface {
	internal
	attr(f *frame, name string) (value.Value, bool)
}

// iterable is a value of the engine that can be gone through.
type iterable interface {
	iterate() ([]value.Value, error)
}

// function is a global function, or a method bound to its object.
type function struct {
	name string
	fn   func(f *frame, args []value.Value, kw *value.Dict) (value.Value, error)
}

func (fn *function) call(f *frame, args []value.Value, kw *value.Dict) (value.Value, error) {
	return fn.fn(f, args, kw)
}

func (fn *function) TypeName() string { return "function" }

// Callable implements internal.
func (fn *function) Callable() bool { return true }

func (fn *function) String() string { return "<function " + fn.name + ">" }

// implicitElse is the value of an inline if without else whose test failed: unlike what is undefined, it may be printed.
type implicitElse struct{}

func (implicitElse) TypeName() string { return "Undefined" }
func (implicitElse) String() string   { return "" }

// omitted is the type of Omit.
type omitted struct{}

func (omitted) TypeName() string { return "Omit" }
func (omitted) String() string   { return "<< Omit >>" }

// Omit is the value of the variable omit: an argument that has it counts as not given. Scope.Value drops such entries of
// lists and mappings, and returns it only for a whole value.
var Omit value.Value = omitted{}

// view is what keys(), values() and items() of a mapping give.
type view struct {
	d    *value.Dict
	kind string // keys, values, items
}

func (v view) TypeName() string { return "dict_" + v.kind }

func (v view) String() string {
	items, err := v.iterate()
	if err != nil {
		return "dict_" + v.kind + "(...)"
	}
	return "dict_" + v.kind + "(" + value.Repr(value.NewList(items...)) + ")"
}

func (v view) iterate() ([]value.Value, error) {
	items := make([]value.Value, 0, v.d.Len())
	for k, item := range v.d.All() {
		switch v.kind {
		case "keys":
			items = append(items, k)
		case "values":
			items = append(items, item)
		default:
			forced, err := force(item)
			if err != nil {
				return nil, err
			}
			items = append(items, value.Tuple{k, forced})
		}
	}
	return items, nil
}

// rangeOf is Python's range.
type rangeOf struct{ start, stop, step int64 }

// maxRange is the longest range that the sandbox of Jinja2 allows.
const maxRange = 100_000

func (r rangeOf) len() int64 {
	switch {
	case r.step > 0 && r.start < r.stop:
		return int64((uint64(r.stop)-uint64(r.start)-1)/uint64(r.step)) + 1
	case r.step < 0 && r.start > r.stop:
		return int64((uint64(r.start)-uint64(r.stop)-1)/uint64(-r.step)) + 1
	}
	return 0
}

func (r rangeOf) TypeName() string { return "range" }

func (r rangeOf) String() string {
	if r.step == 1 {
		return fmt.Sprintf("range(%d, %d)", r.start, r.stop)
	}
	return fmt.Sprintf("range(%d, %d, %d)", r.start, r.stop, r.step)
}

func (r rangeOf) iterate() ([]value.Value, error) {
	items := make([]value.Value, 0, r.len())
	for i, n := r.start, r.len(); n > 0; n-- {
		items = append(items, i)
		i += r.step
	}
	return items, nil
}

// namespace is what namespace() makes: attributes that can be set from inner scopes.
type namespace struct{ d *value.Dict }

func (n *namespace) TypeName() string { return "Namespace" }
func (n *namespace) String() string   { return "<Namespace " + value.Display(n.d) + ">" }

// Callable implements internal.
func (n *namespace) Callable() bool { return false }

// Held implements holder.
func (n *namespace) Held() (value.Value, bool) { return n.d, true }

func (n *namespace) attr(_ *frame, name string) (value.Value, bool) { return n.d.Get(name) }

// cycler is what cycler() makes.
type cycler struct {
	items []value.Value
	i     int
}

func (c *cycler) TypeName() string { return "Cycler" }

// Callable implements internal.
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

// Callable implements internal.
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

// Callable implements internal.
func (m *module) Callable() bool { return false }

func (m *module) String() string { return value.Str(m.out) }

func (m *module) attr(_ *frame, name string) (value.Value, bool) {
	for _, b := range m.root.names {
		if b.name == name && name[0] != '_' {
			return b.v, true
		}
	}
	return nil, false
}

// group is what groupby makes of equal items: a tuple with names.
type group struct {
	grouper value.Value
	list    *value.List
}

func (g *group) TypeName() string { return "tuple" }
func (g *group) String() string   { return value.Repr(value.Tuple{g.grouper, g.list}) }

func (g *group) iterate() ([]value.Value, error) { return []value.Value{g.grouper, g.list}, nil }

// attr is what a group has by name.
func (g *group) attr(name string) (value.Value, bool) {
	switch name {
	case "grouper":
		return g.grouper, true
	case "list":
		return g.list, true
	}
	return nil, false
}

func typeName(v value.Value) string {
	if _, ok := v.(Mapping); ok {
		return "dict"
	}
	return value.TypeName(v)
}

// items are the elements of v one by one, as a loop sees them. They may be lazy.
func items(v value.Value) ([]value.Value, error) {
	switch x := v.(type) {
	case *value.List:
		return x.Items, nil
	case value.Tuple:
		return x, nil
	case *value.Dict:
		return x.Keys(), nil
	case iterable:
		return x.iterate()
	case Mapping:
		return x.Keys(), nil
	case value.Undefined:
		return nil, undefinedError(x)
	case value.Unknown:
		return nil, &unknownError{u: x}
	case implicitElse:
		return nil, nil
	case value.Bytes:
		list := make([]value.Value, len(x))
		for i, b := range x {
			list[i] = int64(b)
		}
		return list, nil
	}
	if text, ok := value.Plain(v); ok {
		list := make([]value.Value, 0, len(text))
		for _, r := range text {
			list = append(list, tainted(string(r), v))
		}
		return list, nil
	}
	return nil, fmt.Errorf("'%s' object is not iterable", typeName(v))
}

// forcedItems are the elements of v, each rendered.
func forcedItems(v value.Value) ([]value.Value, error) {
	list, err := items(v)
	if err != nil {
		return nil, err
	}
	out := make([]value.Value, len(list))
	for i, item := range list {
		if out[i], err = force(item); err != nil {
			return nil, err
		}
	}
	return out, nil
}
