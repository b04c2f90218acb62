package runtime

import (
	"errors"

	"pig/internal/diag"
	"pig/internal/jinja/python"
)

// report makes err what leaves the package: always a Diagnostic.
func (s *Scope) report(err error, pos diag.Pos) error {
	if err == nil {
		return nil
	}
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		return diag.At(pos, err)
	}
	var u *python.UndefinedError
	if !errors.As(err, &u) {
		return &diag.Diagnostic{Summary: err.Error(), Pos: pos, Cause: err}
	}
	at := u.Pos
	if !at.Known() {
		at = pos
	}
	d = &diag.Diagnostic{Summary: u.Hint, Pos: at, Cause: u}
	if u.Name != "" && u.Hint == python.UndefinedHint(u.Name) {
		d.Hint = diag.DidYouMean(u.Name, s.vars.Names())
	}
	return d
}
