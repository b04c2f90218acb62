package python

import (
	"pig/internal/diag"
	"pig/internal/value"
)

// Mapping is a read-only mapping whose values are made when they are asked for, like hostvars. Templates use it as a
// mapping; what needs all of it (to_json, a loop over its items) makes a copy.
type Mapping interface {
	// Item gives the finished value of key; ok is false if there is none.
	Item(key value.Value) (v value.Value, ok bool, err error)
	// Keys are all keys in order.
	Keys() []value.Value
}

// MappingDict makes an ordinary mapping of m, whose values are made when they are asked for.
func MappingDict(m Mapping) (*value.Dict, error) {
	d := value.NewDict()
	for _, k := range m.Keys() {
		d.Set(k, &mappingItem{m: m, key: k})
	}
	return d, nil
}

type mappingItem struct {
	m   Mapping
	key value.Value
}

// Force implements value.Lazy.
func (i *mappingItem) Force() (value.Value, error) {
	v, ok, err := i.m.Item(i.key)
	if err == nil && !ok {
		v = UndefinedAttr(i.m, i.key, diag.Pos{})
	}
	return v, err
}
