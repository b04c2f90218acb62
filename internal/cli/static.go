package cli

import (
	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/jinja"
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

// constructed evaluates what inventories that are constructed say of hosts.
func constructed(o inventory.Options) inventory.Options {
	templates := jinja.New(jinja.Options{})
	o.Render = func(text string, vars *value.Dict) (value.Value, error) {
		return templates.Scope(staticVars{nil, vars}).Value(text, diag.Pos{})
	}
	o.Test = func(condition string, vars *value.Dict) (bool, error) {
		v, err := templates.Scope(staticVars{nil, vars}).Condition(condition, diag.Pos{})
		return v == true, err
	}
	return o
}
