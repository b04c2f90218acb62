package syntax

import (
	"errors"

	"pig/internal/diag"
)

// Error tells that a text is not valid Jinja2. Errors of this package can be asked for it with errors.As.
type Error struct{ Msg string }

func (e *Error) Error() string { return e.Msg }

// syntaxError is a mistake at an offset; its position is relative to the text and moved by whoever knows where that is.
func (t *Template) syntaxError(offset int, msg string) error {
	line, col := t.lineCol(offset)
	return &diag.Diagnostic{
		Summary: "syntax error in template: " + msg,
		Pos:     diag.Pos{Line: line, Col: col},
		Cause:   &Error{Msg: msg},
	}
}

func (t *Template) lexFailure(err error) error {
	var e *lexError
	if errors.As(err, &e) {
		return t.syntaxError(e.at, e.msg)
	}
	return t.syntaxError(0, err.Error())
}
