package python

import (
	"errors"
	"fmt"

	"pig/internal/diag"
	"pig/internal/value"
)

// UndefinedError tells that a template used a variable or attribute that does not exist. Errors of this package can be
// asked for it with errors.As.
type UndefinedError struct {
	Name string // what is missing
	Hint string // the whole message
	Pos  diag.Pos
}

func (e *UndefinedError) Error() string { return e.Hint }

// UnknownError stops a text whose flow depends on an unknown value: the text as a whole is unknown then. It never leaves
// the engine.
type UnknownError struct{ Value value.Unknown }

func (e *UnknownError) Error() string { return "depends on a value that is " + value.UnknownText }

// UsedUndefined is the error of a use of something undefined.
func UsedUndefined(u value.Undefined) error {
	return &UndefinedError{Name: u.Name, Hint: u.Hint, Pos: u.Pos}
}

// AsUndefined turns the error of a use of something undefined back into the undefined value.
func AsUndefined(err error) (value.Undefined, bool) {
	var u *UndefinedError
	if errors.As(err, &u) {
		return value.Undefined{Hint: u.Hint, Name: u.Name, Pos: u.Pos}, true
	}
	return value.Undefined{}, false
}

// AsUnknown gives the value on which an error depends, if it is one of an unknown value.
func AsUnknown(err error) (value.Unknown, bool) {
	var u *UnknownError
	if errors.As(err, &u) {
		return u.Value, true
	}
	return value.Unknown{}, false
}

// Placed gives err the position of at, unless it has one.
func Placed(pos diag.Pos, err error) error {
	var unknown *UnknownError
	if errors.As(err, &unknown) {
		return err
	}
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		return diag.At(pos, err)
	}
	var u *UndefinedError
	if errors.As(err, &u) {
		if u.Pos.Known() || !pos.Known() {
			return err
		}
		c := *u
		c.Pos = pos
		return &c
	}
	return &diag.Diagnostic{Summary: err.Error(), Pos: pos, Cause: err}
}

// UndefinedHint is the message for a variable that does not exist.
func UndefinedHint(name string) string { return "'" + name + "' is undefined" }

// UndefinedName is the value of a variable that does not exist.
func UndefinedName(name string, pos diag.Pos) value.Undefined {
	return value.Undefined{Hint: UndefinedHint(name), Name: name, Pos: pos}
}

// UndefinedAttr is the value of an attribute or element that an object does not have. The key is shown masked if secret.
func UndefinedAttr(obj, key value.Value, pos diag.Pos) value.Undefined {
	name, shown := value.Display(key), value.Display(key)
	if s, ok := key.(string); ok {
		shown = value.Repr(s)
	}
	return value.Undefined{
		Hint: fmt.Sprintf("object of type '%s' has no attribute %s", TypeName(obj), shown),
		Name: name,
		Pos:  pos,
	}
}

// Special handles operands that are not values proper: something undefined is an error, something unknown the result.
func Special(a, b value.Value) (value.Value, error) {
	for _, v := range [2]value.Value{a, b} {
		if u, ok := v.(value.Undefined); ok {
			return nil, UsedUndefined(u)
		}
	}
	for _, v := range [2]value.Value{a, b} {
		if u, ok := v.(value.Unknown); ok {
			return u, nil
		}
	}
	return nil, nil
}
