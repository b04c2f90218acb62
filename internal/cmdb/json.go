package cmdb

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"time"

	"pig/internal/secret"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Names of the mappings that stand in jsonb for what JSON does not have. The first two are Ansible's own, so that Ansible opens a vault that it reads
// from the tables.
const (
	vaultName  = "__ansible_vault"
	unsafeName = "__ansible_unsafe"
	ageName    = "__age"
)

// encode is a value as jsonb holds it. Dates, bytes and numbers that JSON does not have are texts; secrets are what seal makes of them.
func encode(v value.Value, seal func(string) (string, error)) ([]byte, error) {
	e := encoder{seal: seal}
	b := e.value(nil, v)
	return b, e.err
}

type encoder struct {
	seal func(string) (string, error)
	err  error
}

func (e *encoder) value(b []byte, v value.Value) []byte {
	switch v := v.(type) {
	case secret.Text:
		return e.secret(b, v.Plain())
	case value.Unsafe:
		return e.pair(b, unsafeName, string(v))
	case value.Bytes:
		return e.text(b, string(value.JSON(value.Str(v))))
	case value.Date:
		return e.text(b, v.String())
	case time.Time:
		return e.text(b, value.Str(v))
	case string:
		return e.text(b, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return e.text(b, strings.TrimSuffix(yaml.Dump(v, yaml.DumpOptions{Flow: yaml.FlowNever}), "\n...\n"))
		}
		return append(b, value.JSON(v)...)
	case *value.List:
		return e.items(b, v.Items)
	case value.Tuple:
		return e.items(b, v)
	case *value.Dict:
		b = append(b, '{')
		for k, item := range v.All() {
			if b[len(b)-1] != '{' {
				b = append(b, ',')
			}
			b = append(e.text(b, value.KeyText(k)), ':')
			b = e.value(b, item)
		}
		return append(b, '}')
	}
	return append(b, value.JSON(v)...)
}

func (e *encoder) items(b []byte, items []value.Value) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = e.value(b, item)
	}
	return append(b, ']')
}

func (e *encoder) secret(b []byte, plain string) []byte {
	if !IsSealed(plain) {
		var err error
		if plain, err = e.seal(plain); err != nil {
			e.err = err
			return append(b, "null"...)
		}
	}
	name := vaultName
	if strings.HasPrefix(plain, agePrefix) {
		name = ageName
	}
	return e.pair(b, name, strings.TrimSpace(plain))
}

func (e *encoder) pair(b []byte, name, text string) []byte {
	b = append(e.text(append(b, '{'), name), ':')
	return append(e.text(b, text), '}')
}

// text is a JSON string. jsonb has no NUL.
func (e *encoder) text(b []byte, s string) []byte {
	quoted, err := json.Marshal(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\u2400"))
	if err != nil {
		e.err = err
	}
	return append(b, quoted...)
}

// decode reads what encode wrote.
func decode(text []byte) (value.Value, error) {
	v, err := yaml.ParseJSON(text, "")
	if err != nil {
		return nil, err
	}
	return unwrap(v), nil
}

func unwrap(v value.Value) value.Value {
	switch v := v.(type) {
	case *value.List:
		for i, item := range v.Items {
			v.Items[i] = unwrap(item)
		}
	case *value.Dict:
		if v.Len() == 1 {
			for key, item := range v.All() {
				text, ok := item.(string)
				switch {
				case ok && (key == vaultName || key == ageName):
					return secret.New(text)
				case ok && key == unsafeName:
					return value.Unsafe(text)
				}
			}
		}
		for key, item := range v.All() {
			v.Set(key, unwrap(item))
		}
	}
	return v
}

// same tells whether two values are the same to jsonb, and secrets the same when opened.
func (k *Keys) same(a, b value.Value) bool { return k.equal(a, b, false) }

// equal tells whether two values are the same. What of a secret that no key opens is for unopened to say.
func (k *Keys) equal(a, b value.Value, unopened bool) bool {
	switch a := a.(type) {
	case secret.Text:
		b, ok := b.(secret.Text)
		if !ok {
			return false
		}
		if strings.TrimSpace(a.Plain()) == strings.TrimSpace(b.Plain()) {
			return true
		}
		x, okX := k.clear(a)
		y, okY := k.clear(b)
		if !okX || !okY {
			return unopened
		}
		return x == y
	case *value.Dict:
		b, ok := b.(*value.Dict)
		if !ok {
			return false
		}
		x, y := byText(a), byText(b)
		if len(x) != len(y) {
			return false
		}
		for key, item := range x {
			other, ok := y[key]
			if !ok || !k.equal(item, other, unopened) {
				return false
			}
		}
		return true
	}
	if x, ok := items(a); ok {
		y, ok := items(b)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !k.equal(x[i], y[i], unopened) {
				return false
			}
		}
		return true
	}
	return sameScalar(a, b)
}

func byText(d *value.Dict) map[string]value.Value {
	m := make(map[string]value.Value, d.Len())
	for key, v := range d.All() {
		m[value.KeyText(key)] = v
	}
	return m
}

func items(v value.Value) ([]value.Value, bool) {
	switch v := v.(type) {
	case *value.List:
		return v.Items, true
	case value.Tuple:
		return v, true
	}
	return nil, false
}

func sameScalar(a, b value.Value) bool {
	if _, ok := b.(secret.Text); ok {
		return false
	}
	x, errX := encode(a, refuseSecret)
	y, errY := encode(b, refuseSecret)
	if errX != nil || errY != nil {
		return false
	}
	if string(x) == string(y) {
		return true
	}
	m, okM := number(x)
	n, okN := number(y)
	return okM && okN && m.Cmp(n) == 0
}

func refuseSecret(string) (string, error) { return "", ErrNoKey }

// number reads a JSON number exactly: jsonb spells them otherwise.
func number(text []byte) (*big.Rat, bool) {
	if len(text) == 0 || text[0] == '"' || len(text) > 400 {
		return nil, false
	}
	return new(big.Rat).SetString(string(text))
}
