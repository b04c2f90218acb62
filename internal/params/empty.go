package params

import (
	"strconv"

	"pig/internal/diag"
	"pig/internal/value"
)

// A parameter without a value ("pg_users:" with all its entries commented out) covers its default as any other value does. What that
// means depends on the parameter: a list or mapping is empty, one that is nothing by default is not set, and nobody can tell what
// another was meant to be. What nothing reads, and arguments of verbs, stay as they are: their names are short, and playbooks may have
// variables of the same.

// filled gives vars in which each parameter without a value is what that means, vars themselves if there is none.
func filled(vars *value.Dict, lookup func(string) *Param) *value.Dict {
	out := vars
	for key, v := range vars.All() {
		name, _ := key.(string)
		p := lookup(name)
		if v != nil || p == nil || p.Unused != "" || p.Levels == "A" {
			continue
		}
		if out == vars {
			out = vars.Clone()
		}
		if empty := p.empty(); empty != nil {
			out.SetAt(key, empty, vars.KeyPos(key), vars.ValuePos(key))
		} else {
			out.Delete(key)
		}
	}
	return out
}

// bare gives an object without its fields that have no value: they are not there. The object itself if all have one.
func bare(d *value.Dict, o *ObjectType) *value.Dict {
	out := d
	for key, v := range d.All() {
		if name, _ := key.(string); v == nil && o.Field(name) != nil {
			if out == d {
				out = d.Clone()
			}
			out.Delete(key)
		}
	}
	return out
}

// empty is what a list or mapping means that is written without a value, nil for other parameters.
func (p *Param) empty() value.Value {
	switch {
	case p.Default == nil:
		return nil
	case p.Type.List:
		return value.NewList()
	case p.Type.Map, p.Type.Kind == "dict":
		return value.NewDict()
	}
	return nil
}

// noValue tells a parameter without a value that has to have one.
func (v *Validator) noValue(p *Param, name string, pos diag.Pos) {
	switch {
	case p.Unused != "" || p.empty() != nil:
	case p.Generated == PerEnvironment:
		v.Add(diag.Errorf(pos, "%s has no value", name).WithHint("write a value, or remove the line to generate a password"))
	case p.Default != nil && p.Default != "":
		v.Add(diag.Errorf(pos, "%s has no value", name).WithHint("write a value, or remove the line: the default is %s", asWritten(p.Default)))
	}
}

// asWritten is a value as YAML has it.
func asWritten(v value.Value) string {
	if b, ok := v.(bool); ok {
		return strconv.FormatBool(b)
	}
	return value.Str(v)
}
