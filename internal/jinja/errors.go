package jinja

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

// SyntaxError tells that a text is not valid Jinja2. Errors of this package can be asked for it with errors.As.
type SyntaxError struct{ Msg string }

func (e *SyntaxError) Error() string { return e.Msg }

// unknownError stops a text whose flow depends on an unknown value: the text as a whole is unknown then. It never leaves
// the package.
type unknownError struct{ u value.Unknown }

func (e *unknownError) Error() string { return "depends on a value that is " + value.UnknownText }

func undefinedError(u value.Undefined) error {
	return &UndefinedError{Name: u.Name, Hint: u.Hint, Pos: u.Pos}
}

// asUndefined turns the error of a use of something undefined back into the undefined value.
func asUndefined(err error) (value.Undefined, bool) {
	var u *UndefinedError
	if errors.As(err, &u) {
		return value.Undefined{Hint: u.Hint, Name: u.Name, Pos: u.Pos}, true
	}
	return value.Undefined{}, false
}

func asUnknown(err error) (value.Unknown, bool) {
	var u *unknownError
	if errors.As(err, &u) {
		return u.u, true
	}
	return value.Unknown{}, false
}

// placed gives err the position of at, unless it has one.
func placed(pos diag.Pos, err error) error {
	var unknown *unknownError
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

// report makes err what leaves the package: always a Diagnostic.
func (s *Scope) report(err error, pos diag.Pos) error {
	if err == nil {
		return nil
	}
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		return diag.At(pos, err)
	}
	var u *UndefinedError
	if !errors.As(err, &u) {
		return &diag.Diagnostic{Summary: err.Error(), Pos: pos, Cause: err}
	}
	at := u.Pos
	if !at.Known() {
		at = pos
	}
	d = &diag.Diagnostic{Summary: u.Hint, Pos: at, Cause: u}
	if u.Name != "" && u.Hint == undefinedHint(u.Name) {
		d.Hint = diag.DidYouMean(u.Name, s.vars.Names())
	}
	return d
}

func undefinedHint(name string) string { return "'" + name + "' is undefined" }

func undefinedName(name string, pos diag.Pos) value.Undefined {
	return value.Undefined{Hint: undefinedHint(name), Name: name, Pos: pos}
}

// undefinedAttr is the value of an attribute or element that an object does not have. The key is shown masked if secret.
func undefinedAttr(obj, key value.Value, pos diag.Pos) value.Undefined {
	name, shown := value.Display(key), value.Display(key)
	if s, ok := key.(string); ok {
		shown = value.Repr(s)
	}
	return value.Undefined{
		Hint: fmt.Sprintf("object of type '%s' has no attribute %s", typeName(obj), shown),
		Name: name,
		Pos:  pos,
	}
}
