package product

import (
	"slices"
	"strconv"
	"strings"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/value"
)

// Vars finds the effective value of a parameter on one host: -e, the inventory, a generated password, what the host said, the catalog's
// default.
type Vars struct {
	Resolver *Resolver
	host     *inventory.Host
	Written  *value.Dict // of the inventory, with today's names
}

func (r *Resolver) lookup(h *inventory.Host) Vars {
	return Vars{Resolver: r, host: h, Written: params.Modernize(r.Inventory.Vars(h))}
}

// Own is the value that -e or the inventory gives, nil if neither does. Templates are rendered if that is possible.
func (l Vars) Own(name string) value.Value {
	v, ok := l.Written.Get(name)
	if e := l.Resolver.Options.Extra; e != nil {
		if x, given := e.Get(name); given {
			v, ok = x, true
		}
	}
	if !ok || l.Resolver.Options.Render == nil {
		return v
	}
	rendered, err := l.Resolver.Options.Render(l.host, name, v)
	if err != nil {
		l.Resolver.AddError(l.Pos(name), err)
		return nil
	}
	return rendered
}

func (l Vars) Get(name string) value.Value {
	if s := l.generated(name); s != "" {
		return s
	}
	if v := l.Own(name); v != nil {
		return v
	}
	if found := l.Resolver.Options.Found[l.host.Name]; found != nil {
		if v, ok := found.Get(name); ok {
			return v
		}
	}
	return l.Resolver.defaults.At(name)
}

// Pos is where a parameter got its value, or where the host stands.
func (l Vars) Pos(name string) diag.Pos {
	if p := l.Written.ValuePos(name); p.Known() {
		return p
	}
	return l.host.Pos
}

func (l Vars) Text(name string) string {
	v := l.Get(name)
	if v == nil {
		return ""
	}
	return value.Str(v)
}

func (l Vars) Number(name string) (int, bool) { return ToInt(l.Get(name)) }

func (l Vars) NumberOr(name string, other int) int {
	if n, ok := l.Number(name); ok {
		return n
	}
	return other
}

// ToInt reads a whole number, also from a text.
func ToInt(v value.Value) (int, bool) {
	switch v := v.(type) {
	case int64:
		return int(v), true
	case nil:
		return 0, false
	}
	s, ok := value.Plain(v)
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, ok && err == nil
}

func (l Vars) Bool(name string) bool { return ToBool(l.Get(name)) }

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

// List is the value of a list parameter. A lone text is a list of one.
func (l Vars) List(name string) *value.List {
	switch v := l.Get(name).(type) {
	case *value.List:
		return v
	case string:
		if v != "" && !params.IsTemplate(v) {
			return value.NewList(v)
		}
	}
	return value.NewList()
}

func (l Vars) Texts(name string) []string {
	var texts []string
	for _, item := range l.List(name).Items {
		texts = append(texts, value.Str(item))
	}
	return texts
}

// Objects are the mappings of a list parameter with their places.
func (l Vars) Objects(name string) []Object {
	list := l.List(name)
	var all []Object
	for i, item := range list.Items {
		if d, ok := item.(*value.Dict); ok {
			pos := list.Pos(i)
			if !pos.Known() {
				pos = l.Pos(name)
			}
			all = append(all, Object{d, pos})
		}
	}
	return all
}

// Object is a mapping inside a parameter.
type Object struct {
	*value.Dict
	Pos diag.Pos
}

func (o Object) Text(field string) string {
	if v := o.At(field); v != nil {
		return value.Str(v)
	}
	return ""
}

func (o Object) TextOr(field, other string) string {
	if s := o.Text(field); s != "" {
		return s
	}
	return other
}

func (o Object) NumberOr(field string, other int) int {
	if n, ok := ToInt(o.At(field)); ok {
		return n
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
