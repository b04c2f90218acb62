package product

import (
	"strings"

	"pig/internal/diag"
)

// Undefined is a template that uses a variable which nobody knows while the inventory is resolved.
type Undefined struct {
	Name string
	Err  error
}

func (u *Undefined) Error() string { return u.Err.Error() }
func (u *Undefined) Unwrap() error { return u.Err }

// early is a template that was looked at before a variable of it was known. It stays as it is, for the run to render.
type early struct {
	host string
	pos  diag.Pos
	why  *Undefined
}

// tellUndefined tells which variables of templates are still unknown when all is resolved. Facts of a host are known to a run alone.
func (r *Resolver) tellUndefined() {
	for _, e := range r.early {
		if strings.HasPrefix(e.why.Name, "ansible_") || r.Env.Vars(e.host).Has(e.why.Name) {
			continue
		}
		r.AddError(e.pos, e.why.Err)
	}
}
