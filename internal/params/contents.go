package params

import (
	"pig/internal/diag"
	"pig/internal/value"
)

// items are the objects of a list parameter, its default's if it is not set.
func items(vars *value.Dict, name string) []located {
	v := vars.At(name)
	if v == nil {
		v = Lookup(name).Default
	}
	l, _ := v.(*value.List)
	if l == nil {
		return nil
	}
	var all []located
	for i, item := range l.Items {
		if d, ok := item.(*value.Dict); ok {
			all = append(all, located{d, l.Pos(i)})
		}
	}
	return all
}

type located struct {
	*value.Dict
	pos diag.Pos
}
