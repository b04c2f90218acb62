package module

import "pig/internal/value"

// Args are the checked arguments of a call: aliases resolved, defaults in, types right.
type Args struct{ D *value.Dict }

// NewArgs wraps arguments that Spec.Check returned.
func NewArgs(d *value.Dict) Args { return Args{d} }

// Has tells whether an argument was given or has a default.
func (a Args) Has(name string) bool { return a.D.Has(name) }

// Get gives an argument as it is, or nil.
func (a Args) Get(name string) value.Value { return a.D.At(name) }

// Unknown tells whether an argument is known only after apply.
func (a Args) Unknown(name string) bool { return value.HasUnknown(a.D.At(name)) }

// String is the text of an argument, in the clear if it is secret; "" if it is missing.
func (a Args) String(name string) string {
	v, ok := a.D.Get(name)
	if !ok || v == nil {
		return ""
	}
	return value.Str(v)
}

// Bool is a boolean argument; false if it is missing.
func (a Args) Bool(name string) bool {
	b, _ := a.D.At(name).(bool)
	return b
}

// Int is a whole-number argument; 0 if it is missing.
func (a Args) Int(name string) int {
	i, _ := a.D.At(name).(int64)
	return int(i)
}

// Float is a number argument; 0 if it is missing.
func (a Args) Float(name string) float64 {
	f, _ := a.D.At(name).(float64)
	return f
}

// List is a list argument; nil if it is missing.
func (a Args) List(name string) []value.Value {
	if l, ok := a.D.At(name).(*value.List); ok {
		return l.Items
	}
	return nil
}

// Strings is a list argument as texts.
func (a Args) Strings(name string) []string {
	items := a.List(name)
	if items == nil {
		return nil
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = value.Str(item)
	}
	return texts
}

// Dict is a mapping argument; nil if it is missing.
func (a Args) Dict(name string) *value.Dict {
	d, _ := a.D.At(name).(*value.Dict)
	return d
}

// Optional points to the text of an argument, or is nil where it is missing.
func (a Args) Optional(name string) *string {
	if !a.Has(name) {
		return nil
	}
	s := a.String(name)
	return &s
}
