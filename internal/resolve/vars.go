package resolve

import (
	"slices"
	"strconv"
	"strings"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/value"
)

// lookup finds the effective value of a parameter on one host: -e, the inventory, a generated password, the catalog's default.
type lookup struct {
	r    *resolver
	host *inventory.Host
	vars *value.Dict // of the inventory, with today's names
}

func (r *resolver) lookup(h *inventory.Host) lookup {
	return lookup{r: r, host: h, vars: params.Modernize(r.inv.Vars(h))}
}

// own is the value that -e or the inventory gives, nil if neither does. Templates are rendered if that is possible.
func (l lookup) own(name string) value.Value {
	v, ok := l.vars.Get(name)
	if e := l.r.options.Extra; e != nil {
		if x, given := e.Get(name); given {
			v, ok = x, true
		}
	}
	if !ok || l.r.options.Render == nil {
		return v
	}
	rendered, err := l.r.options.Render(l.host, name, v)
	if err != nil {
		l.r.addError(l.pos(name), err)
		return nil
	}
	return rendered
}

func (l lookup) get(name string) value.Value {
	if s := l.generated(name); s != "" {
		return s
	}
	if v := l.own(name); v != nil {
		return v
	}
	return l.r.defaults.At(name)
}

// pos is where a parameter got its value, or where the host stands.
func (l lookup) pos(name string) diag.Pos {
	if p := l.vars.ValuePos(name); p.Known() {
		return p
	}
	return l.host.Pos
}

func (l lookup) text(name string) string {
	v := l.get(name)
	if v == nil {
		return ""
	}
	return value.Str(v)
}

func (l lookup) number(name string) (int, bool) { return asInt(l.get(name)) }

func (l lookup) numberOr(name string, other int) int {
	if n, ok := l.number(name); ok {
		return n
	}
	return other
}

func asInt(v value.Value) (int, bool) {
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

func (l lookup) bool(name string) bool { return asBool(l.get(name)) }

// asBool is Ansible's bool filter.
func asBool(v value.Value) bool {
	switch v := v.(type) {
	case bool:
		return v
	case int64:
		return v == 1
	}
	s, _ := value.Plain(v)
	return slices.Contains([]string{"yes", "on", "1", "true"}, strings.ToLower(s))
}

// list is the value of a list parameter. A lone text is a list of one.
func (l lookup) list(name string) *value.List {
	switch v := l.get(name).(type) {
	case *value.List:
		return v
	case string:
		if v != "" && !params.IsTemplate(v) {
			return value.NewList(v)
		}
	}
	return value.NewList()
}

func (l lookup) texts(name string) []string {
	var texts []string
	for _, item := range l.list(name).Items {
		texts = append(texts, value.Str(item))
	}
	return texts
}

// objects are the mappings of a list parameter with their places.
func (l lookup) objects(name string) []object {
	list := l.list(name)
	var all []object
	for i, item := range list.Items {
		if d, ok := item.(*value.Dict); ok {
			pos := list.Pos(i)
			if !pos.Known() {
				pos = l.pos(name)
			}
			all = append(all, object{d, pos})
		}
	}
	return all
}

// object is a mapping inside a parameter.
type object struct {
	*value.Dict
	pos diag.Pos
}

func (o object) text(field string) string {
	if v := o.At(field); v != nil {
		return value.Str(v)
	}
	return ""
}

func (o object) textOr(field, other string) string {
	if s := o.text(field); s != "" {
		return s
	}
	return other
}

func (o object) numberOr(field string, other int) int {
	if n, ok := asInt(o.At(field)); ok {
		return n
	}
	return other
}

// at is the place of a field, or of the object.
func (o object) at(field string) diag.Pos {
	if p := o.ValuePos(field); p.Known() {
		return p
	}
	return o.pos
}
