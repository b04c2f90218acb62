package product

import (
	"errors"

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
	rendered, err := l.Resolver.Options.Render(l.host, l.known, v)
	if u := (*Undefined)(nil); errors.As(err, &u) {
		l.Resolver.early = append(l.Resolver.early, early{l.host.Name, l.Pos(name), u})
		return v
	}
	if err != nil {
		l.Resolver.AddError(l.Pos(name), err)
		return nil
	}
	return rendered
}

// known is a variable that nobody writes: a generated password, what the host said, what follows from the inventory as far as that is
// resolved, or the catalog's default.
func (l Vars) known(name string) (value.Value, bool) {
	if s := l.generated(name); s != "" {
		return s, true
	}
	if found := l.Resolver.Options.Found[l.host.Name]; found != nil && found.Has(name) {
		return found.At(name), true
	}
	if v, ok := l.Resolver.Env.Vars(l.host.Name).Get(name); ok {
		return v, true
	}
	return l.Resolver.defaults.Get(name)
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
	n, ok := params.ToInt(v)
	return int(n), ok
}

func (l Vars) Bool(name string) bool { return params.ToBool(l.Get(name)) }

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
func (l Vars) Objects(name string) []params.Object {
	return params.ObjectsIn(l.List(name), l.Pos(name))
}
