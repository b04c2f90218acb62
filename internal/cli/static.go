package cli

import (
	"pig/internal/diag"
	"pig/internal/value"
)

// staticVars are what the file name of an import may use: extra variables and those of the play.
type staticVars struct{ extra, play *value.Dict }

// Lookup implements jinja.Variables.
func (v staticVars) Lookup(name string) (value.Value, bool, bool) {
	for _, d := range []*value.Dict{v.extra, v.play} {
		if d == nil {
			continue
		}
		if val, ok := d.Get(name); ok {
			return val, true, true
		}
	}
	return nil, false, false
}

// Names implements jinja.Variables.
func (v staticVars) Names() []string {
	var names []string
	for _, d := range []*value.Dict{v.extra, v.play} {
		if d != nil {
			names = append(names, d.StringKeys()...)
		}
	}
	return names
}

func (s *runner) static(v value.Value, vars *value.Dict, pos diag.Pos) (value.Value, error) {
	return s.templates.Scope(staticVars{s.extra, vars}).Value(v, pos)
}
