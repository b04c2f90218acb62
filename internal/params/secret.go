package params

import (
	"strings"

	"pig/internal/secret"
	"pig/internal/value"
)

// Protect gives a copy of vars in which every value of a secret parameter is a secret.Text, also inside objects: the
// password of a user in pg_users, the secret key of a backup repository. Other values are shared with vars. A template
// stays a template, as it must be rendered first: the engine calls ProtectValue on what comes out.
func Protect(vars *value.Dict) *value.Dict {
	c := Load()
	out := vars.Clone()
	for key, v := range vars.All() {
		name, _ := key.(string)
		p := c.Lookup(name)
		if protected, changed := protect(p, name, v); changed {
			out.SetAt(key, protected, vars.KeyPos(key), vars.ValuePos(key))
		}
	}
	return out
}

// ProtectValue gives the value of a variable with its secrets sealed. Lists and mappings that hold none are v's own.
func ProtectValue(name string, v value.Value) value.Value {
	protected, _ := protect(Lookup(name), name, v)
	return protected
}

// IsSecret tells whether the whole value of a variable is a secret: the catalog says so, or its name does.
func IsSecret(name string) bool {
	if p := Lookup(name); p != nil {
		return p.Secret
	}
	return secretName(name)
}

// secretName guesses from the name of a variable that the catalog does not know. Paths and switches that only speak of
// secrets are none.
func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, end := range []string{"password", "passwd", "passphrase", "secret", "secret_key", "_token", "cipher_pass", "private_key", "api_key", "become_pass", "ssh_pass"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

func protect(p *Param, name string, v value.Value) (out value.Value, changed bool) {
	switch {
	case p == nil && secretName(name), p != nil && p.Secret:
		return seal(v)
	case p == nil:
		return v, false
	case p.Type.Object != nil:
		return protectObjects(p.Type, v)
	case p.Type.Kind == "password":
		return seal(v)
	case p.Type.Kind == "dict":
		return protectDict(v)
	}
	return v, false
}

// seal makes secrets of all texts and numbers in v.
func seal(v value.Value) (value.Value, bool) {
	switch v := v.(type) {
	case string:
		if v == "" || IsTemplate(v) {
			return v, false
		}
		return secret.New(v), true
	case int64:
		return secret.New(value.Str(v)), true
	case *value.List:
		return eachItem(v, seal)
	case *value.Dict:
		return eachEntry(v, func(_ string, v value.Value) (value.Value, bool) { return seal(v) })
	}
	return v, false
}

func protectObjects(t Type, v value.Value) (value.Value, bool) {
	switch v := v.(type) {
	case *value.List:
		return eachItem(v, func(v value.Value) (value.Value, bool) { return protectObject(t.Object, v) })
	case *value.Dict:
		if t.Map {
			return eachEntry(v, func(_ string, v value.Value) (value.Value, bool) { return protectObject(t.Object, v) })
		}
		return protectObject(t.Object, v)
	}
	return v, false
}

func protectObject(o *Object, v value.Value) (value.Value, bool) {
	d, ok := v.(*value.Dict)
	if !ok {
		return v, false
	}
	return eachEntry(d, func(name string, v value.Value) (value.Value, bool) { return protect(o.Field(name), name, v) })
}

// protectDict seals entries of a free mapping whose names tell that they are secrets.
func protectDict(v value.Value) (value.Value, bool) {
	d, ok := v.(*value.Dict)
	if !ok {
		return v, false
	}
	return eachEntry(d, func(name string, v value.Value) (value.Value, bool) { return protect(nil, name, v) })
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
