package params

import (
	"math/big"

	"pig/internal/secret"
	"pig/internal/value"
)

// guard seals the secrets in values. template says what becomes of a text that is a template, which has to be rendered first.
type guard struct {
	template func(text string) (value.Value, bool)
	inTexts  bool // also the passwords inside addresses and connection strings
}

var (
	asTemplate = guard{func(text string) (value.Value, bool) { return text, false }, true}
	// A secret without parts: jinja renders what it holds and makes a secret of the result; the template itself may be seen.
	asSecretToBe = guard{func(text string) (value.Value, bool) { return secret.Carrying(text), true }, true}
	asText       = guard{func(text string) (value.Value, bool) { return secret.New(text), true }, true}
)

// Protect gives a copy of vars in which every value of a secret parameter is a secret.Text, also inside objects: the
// password of a user in pg_users, the secret key of a backup repository, a login in an address. Other values are shared with vars. A template
// stays a template.
func Protect(vars *value.Dict) *value.Dict { return asTemplate.vars(vars) }

// Seal is Protect for variables that templates are rendered in: what a template of a secret gives is a secret as well.
func Seal(vars *value.Dict) *value.Dict { return asSecretToBe.vars(vars) }

// SealAll gives a file of a playbook with its secrets sealed: variables, arguments and items whose names say that they are some.
func SealAll(v value.Value) value.Value {
	sealed, _ := guard{template: asSecretToBe.template}.inside(v) // a text may be a task's arguments
	return sealed
}

// ProtectValue gives the finished value of a variable with its secrets sealed. Lists and mappings that hold none are v's own.
func ProtectValue(name string, v value.Value) value.Value {
	protected, _ := asText.protect(Lookup(name), name, v)
	return protected
}

func (g guard) vars(vars *value.Dict) *value.Dict {
	c := Load()
	out := vars.Clone()
	for key, v := range vars.All() {
		name, _ := key.(string)
		if protected, changed := g.protect(c.Lookup(name), name, v); changed {
			out.SetAt(key, protected, vars.KeyPos(key), vars.ValuePos(key))
		}
	}
	return out
}

// IsSecret tells whether the whole value of a variable is a secret: the catalog says so, or its name does.
func IsSecret(name string) bool {
	if p := Lookup(name); p != nil {
		return p.Secret
	}
	return named(name)
}

// named tells whether a name that is no parameter's is that of a secret.
func named(name string) bool {
	return secret.Named(name) || inFields()[name] != ""
}

func (g guard) protect(p *Param, name string, v value.Value) (out value.Value, changed bool) {
	switch {
	case p == nil && named(name), p != nil && p.Secret, p != nil && p.Type.Kind == "password":
		return g.seal(v)
	case p != nil && p.Type.Object != nil:
		return g.objects(p.Type, v)
	}
	return g.inside(v)
}

// seal makes secrets of all texts and numbers in v.
func (g guard) seal(v value.Value) (value.Value, bool) {
	switch v := v.(type) {
	case string:
		if v == "" {
			return v, false
		}
		if IsTemplate(v) {
			return g.template(v)
		}
		return secret.New(v), true
	case int64, float64, *big.Int, value.Date:
		return secret.New(value.Str(v)), true
	case *value.List:
		return eachItem(v, g.seal)
	case *value.Dict:
		return eachEntry(v, func(_ string, v value.Value) (value.Value, bool) { return g.seal(v) })
	}
	return v, false
}

func (g guard) objects(t Type, v value.Value) (value.Value, bool) {
	switch v := v.(type) {
	case *value.List:
		return eachItem(v, func(v value.Value) (value.Value, bool) { return g.object(t.Object, v) })
	case *value.Dict:
		if t.Map {
			return eachEntry(v, func(_ string, v value.Value) (value.Value, bool) { return g.object(t.Object, v) })
		}
		return g.object(t.Object, v)
	}
	return v, false
}

func (g guard) object(o *ObjectType, v value.Value) (value.Value, bool) {
	d, ok := v.(*value.Dict)
	if !ok {
		return v, false
	}
	return eachEntry(d, func(name string, v value.Value) (value.Value, bool) { return g.protect(o.Field(name), name, v) })
}

// inside seals the entries of mappings anywhere in v whose names tell that they are secrets.
func (g guard) inside(v value.Value) (value.Value, bool) {
	switch v := v.(type) {
	case string:
		if g.inTexts {
			if parts := secret.Inside(v); parts != nil {
				return secret.Carrying(v, parts...), true
			}
		}
	case *value.List:
		return eachItem(v, g.inside)
	case *value.Dict:
		return eachEntry(v, func(name string, v value.Value) (value.Value, bool) { return g.protect(Lookup(name), name, v) })
	}
	return v, false
}

func eachItem(l *value.List, f func(value.Value) (value.Value, bool)) (value.Value, bool) {
	out, any := l, false
	for i, item := range l.Items {
		protected, changed := f(item)
		if !changed {
			continue
		}
		if !any {
			out = &value.List{Items: append([]value.Value{}, l.Items...), At: l.At}
			any = true
		}
		out.Items[i] = protected
	}
	return out, any
}

func eachEntry(d *value.Dict, f func(string, value.Value) (value.Value, bool)) (value.Value, bool) {
	out, any := d, false
	for k, v := range d.All() {
		protected, changed := f(value.KeyText(k), v)
		if !changed {
			continue
		}
		if !any {
			out, any = d.Clone(), true
		}
		out.SetAt(k, protected, d.KeyPos(k), d.ValuePos(k))
	}
	return out, any
}
