package params

import (
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// Object is a mapping in a list of an inventory, with its place.
type Object struct {
	*value.Dict
	Pos diag.Pos
}

// Objects are the mappings of a list parameter, its default's if it is not set.
func Objects(vars *value.Dict, name string) []Object {
	v, set := vars.Get(name)
	if !set {
		v = Lookup(name).Default
	}
	l, _ := v.(*value.List)
	return ObjectsIn(l, diag.Pos{})
}

// ObjectsIn are the mappings of a list. Those without a place of their own, as -e has them, are where the list is.
func ObjectsIn(l *value.List, where diag.Pos) (all []Object) {
	if l == nil {
		return nil
	}
	for i, item := range l.Items {
		if d, ok := item.(*value.Dict); ok {
			pos := l.Pos(i)
			if !pos.Known() {
				pos = where
			}
			all = append(all, Object{d, pos})
		}
	}
	return all
}

// Text is the text of a field, empty if it is not there.
func (o Object) Text(field string) string {
	if v := o.At(field); v != nil {
		return value.Str(v)
	}
	return ""
}

// TextOr is the text of a field, other if it is empty.
func (o Object) TextOr(field, other string) string {
	if s := o.Text(field); s != "" {
		return s
	}
	return other
}

// NumberOr is the number of a field, other if it has none.
func (o Object) NumberOr(field string, other int) int {
	if n, ok := ToInt(o.At(field)); ok {
		return int(n)
	}
	return other
}

// Place is the place of a field, or of the object.
func (o Object) Place(field string) diag.Pos {
	if p := o.ValuePos(field); p.Known() {
		return p
	}
	return o.Pos
}

// ToBool is Ansible's bool filter.
func ToBool(v value.Value) bool {
	switch v := v.(type) {
	case bool:
		return v
	case int64:
		return v == 1
	}
	s, _ := value.Plain(v)
	return slices.Contains([]string{"yes", "on", "1", "true"}, strings.ToLower(s))
}
