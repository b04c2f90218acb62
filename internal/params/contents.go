package params

import (
	"pig/internal/diag"
	"pig/internal/value"
)

// Objects are the objects of a list parameter, its default's if it is not set.
func Objects(vars *value.Dict, name string) []Object {
	v := vars.At(name)
	if v == nil {
		v = Lookup(name).Default
	}
	l, _ := v.(*value.List)
	if l == nil {
		return nil
	}
	var all []Object
	for i, item := range l.Items {
		if d, ok := item.(*value.Dict); ok {
			all = append(all, Object{d, l.Pos(i)})
		}
	}
	return all
}

// Object is a mapping in a list of an inventory, with its place.
type Object struct {
	*value.Dict
	pos diag.Pos
}
