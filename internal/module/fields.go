package module

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pig/internal/value"
)

// fields reads a mapping such as the definition of a user, and collects what is wrong with it.
type fields struct {
	what string // "user dbuser_app": what a message begins with
	d    *value.Dict
	errs *[]error
}

func newFields(kind string, v value.Value, errs *[]error) fields {
	d, ok := v.(*value.Dict)
	if !ok {
		d = value.DictOf("name", value.Str(v)) // a bare name stands for an object with nothing else
	}
	f := fields{what: kind, d: d, errs: errs}
	name := f.text("name")
	if name == "" {
		f.fail("has no name")
	} else if strings.ContainsAny(name, "\x00\n\r") || len(name) > 63 {
		f.fail("invalid name %q: want at most 63 bytes in one line", name)
	}
	f.what = kind + " " + name
	return f
}

func (f fields) fail(format string, args ...any) {
	*f.errs = append(*f.errs, fmt.Errorf("%s: %s", f.what, fmt.Sprintf(format, args...)))
}

func (f fields) get(name string, t Type) value.Value {
	v := f.d.At(name)
	if v == nil {
		return nil
	}
	typed, err := convert(v, t)
	if err != nil {
		f.fail("%s: %v", name, err)
		return nil
	}
	return typed
}

func (f fields) text(name string) string {
	v := f.d.At(name)
	if v == nil {
		return ""
	}
	return value.Str(v)
}

func (f fields) optText(name string) *string {
	if f.d.At(name) == nil {
		return nil
	}
	s := f.text(name)
	return &s
}

func (f fields) optBool(name string) *bool {
	if b, ok := f.get(name, Bool).(bool); ok {
		return &b
	}
	return nil
}

func (f fields) optInt(name string) *int {
	if i, ok := f.get(name, Int).(int64); ok {
		n := int(i)
		return &n
	}
	return nil
}

// items are the elements of a list field; a text with commas is one too.
func (f fields) items(name string) []value.Value {
	if l, ok := f.get(name, List).(*value.List); ok {
		return l.Items
	}
	return nil
}

// choice is a field that is one of few words; the first is the default.
func (f fields) choice(name string, choices ...string) string {
	s := strings.ToLower(f.text(name))
	if s == "" {
		return choices[0]
	}
	if !slices.Contains(choices, s) {
		f.fail("%s must be one of %s, not %q", name, strings.Join(choices, ", "), s)
	}
	return s
}

func joined(errs []error) error { return errors.Join(errs...) }
