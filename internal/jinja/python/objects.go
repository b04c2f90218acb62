package python

import (
	"pig/internal/value"
)

// Internal is a value of the engine that must not leave it. Callable tells whether it can be called with parentheses.
type Internal interface {
	Callable() bool
}

// Holder is what holds another value, and is neither a list nor a mapping; ok is false if it does not hold it yet.
type Holder interface {
	Held() (v value.Value, ok bool)
}

// Iterable is a value of the engine that can be gone through.
type Iterable interface {
	Iterate() ([]value.Value, error)
}

// ImplicitElse is the value of an inline if without else whose test failed: unlike what is undefined, it may be printed.
type ImplicitElse struct{}

func (ImplicitElse) TypeName() string { return "Undefined" }
func (ImplicitElse) String() string   { return "" }

// omitted is the type of Omit.
type omitted struct{}

func (omitted) TypeName() string { return "Omit" }
func (omitted) String() string   { return "<< Omit >>" }

// Omit is the value of the variable omit: an argument that has it counts as not given. Scope.Value drops such entries of
// lists and mappings, and returns it only for a whole value.
var Omit value.Value = omitted{}

// Group is what groupby makes of equal items: a tuple with names.
type Group struct {
	Grouper value.Value
	List    *value.List
}

func (g *Group) TypeName() string { return "tuple" }
func (g *Group) String() string   { return value.Repr(value.Tuple{g.Grouper, g.List}) }

// Iterate implements Iterable.
func (g *Group) Iterate() ([]value.Value, error) { return []value.Value{g.Grouper, g.List}, nil }

// Attr is what a group has by name.
func (g *Group) Attr(name string) (value.Value, bool) {
	switch name {
	case "grouper":
		return g.Grouper, true
	case "list":
		return g.List, true
	}
	return nil, false
}

// TypeName is the name of the type of v in Python.
func TypeName(v value.Value) string {
	if _, ok := v.(Mapping); ok {
		return "dict"
	}
	return value.TypeName(v)
}
