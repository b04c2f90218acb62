package params

import "pig/internal/value"

// Modernize gives vars with older names of parameters and fields replaced by today's: a value under an older name counts
// where today's name has none. A parameter without a value becomes what that means. If there is nothing to do, it gives vars itself.
func Modernize(vars *value.Dict) *value.Dict {
	c := Load()
	vars = filled(vars, c.Lookup)
	out := renamed(vars, c.Lookup)
	for key, v := range out.All() {
		name, _ := key.(string)
		p := c.Lookup(name)
		if p == nil || p.Type.Object == nil {
			continue
		}
		if n, changed := modernizeObjects(p.Type, v); changed {
			if out == vars {
				out = vars.Clone()
			}
			out.SetAt(key, n, vars.KeyPos(key), vars.ValuePos(key))
		}
	}
	return out
}

func modernizeObjects(t Type, v value.Value) (value.Value, bool) {
	one := func(v value.Value) (value.Value, bool) {
		d, ok := v.(*value.Dict)
		if !ok {
			return v, false
		}
		n := renamed(bare(d, t.Object), t.Object.Field)
		return n, n != d
	}
	switch v := v.(type) {
	case *value.List:
		return eachItem(v, one)
	case *value.Dict:
		if t.Map {
			return eachEntry(v, func(_ string, v value.Value) (value.Value, bool) { return one(v) })
		}
		return one(v)
	}
	return v, false
}

// renamed adds, for each entry under an older name, one under today's, unless there is one.
func renamed(d *value.Dict, lookup func(string) *Param) *value.Dict {
	out := d
	for key, v := range d.All() {
		name, _ := key.(string)
		p := lookup(name)
		if p == nil || p.Name == name || d.Has(p.Name) {
			continue
		}
		if out == d {
			out = d.Clone()
		}
		out.SetAt(p.Name, v, d.KeyPos(key), d.ValuePos(key))
	}
	return out
}
