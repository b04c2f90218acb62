package module

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pig/internal/value"
)

// Fields reads a mapping such as the definition of a user, and collects what is wrong with it.
type Fields struct {
	What string // "user dbuser_app": what a message begins with
	d    *value.Dict
	Errs *[]error
}

// NewFields begins to read the definition of an object of a kind, such as user. What is wrong is added to errs.
func NewFields(kind string, v value.Value, errs *[]error) Fields {
	d, ok := v.(*value.Dict)
	if !ok {
		d = value.DictOf("name", value.Str(v)) // a bare name stands for an object with nothing else
	}
	f := Fields{What: kind, d: d, Errs: errs}
	name := f.Text("name")
	if name == "" {
		f.fail("has no name")
	} else if strings.ContainsAny(name, "\x00\n\r") || len(name) > 63 {
		f.fail("invalid name %q: want at most 63 bytes in one line", name)
	}
	f.What = kind + " " + name
	return f
}

func (f Fields) fail(format string, args ...any) {
	*f.Errs = append(*f.Errs, fmt.Errorf("%s: %s", f.What, fmt.Sprintf(format, args...)))
}

// Get is a field as a value of a type, nil if it is missing or of another.
func (f Fields) Get(name string, t Type) value.Value {
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

// Text is the text of a field, "" if it is missing.
func (f Fields) Text(name string) string {
	v := f.d.At(name)
	if v == nil {
		return ""
	}
	return value.Str(v)
}

// OptText is the text of a field, nil if it is missing.
func (f Fields) OptText(name string) *string {
	if f.d.At(name) == nil {
		return nil
	}
	s := f.Text(name)
	return &s
}

// OptBool is a boolean field, nil if it is missing.
func (f Fields) OptBool(name string) *bool {
	if b, ok := f.Get(name, Bool).(bool); ok {
		return &b
	}
	return nil
}

// OptInt is a whole number, nil if it is missing.
func (f Fields) OptInt(name string) *int {
	if i, ok := f.Get(name, Int).(int64); ok {
		n := int(i)
		return &n
	}
	return nil
}

// Items are the elements of a list field; a text with commas is one too.
func (f Fields) Items(name string) []value.Value {
	if l, ok := f.Get(name, List).(*value.List); ok {
		return l.Items
	}
	return nil
}

// Choice is a field that is one of few words; the first is the default.
func (f Fields) Choice(name string, choices ...string) string {
	s := strings.ToLower(f.Text(name))
	if s == "" {
		return choices[0]
	}
	if !slices.Contains(choices, s) {
		f.fail("%s must be one of %s, not %q", name, strings.Join(choices, ", "), s)
	}
	return s
}

// Joined is one error of all that Fields found.
func Joined(errs []error) error { return errors.Join(errs...) }
