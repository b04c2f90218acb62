package value

import (
	"fmt"
	"iter"
	"math/big"
	"strconv"

	"pig/internal/diag"
	"pig/internal/secret"
)

// Dict is Python's dict: ordered by insertion, keys equal as Python has it (1, 1.0 and True are one key). It is a
// reference, shared by all who hold it. A nil one can be read, and is empty: so is a parameter that is no mapping, or a template yet.
type Dict struct {
	entries []entry
	places  []place        // of the entries, in their order; nil where none was read from a file
	texts   map[string]int // an index of the keys that are texts, and one of the others: built only for more than a few entries
	others  map[any]int
	gone    int // entries that were deleted and not yet swept
}

type entry struct {
	key  Value
	hash any // deleted{} once the entry is gone
	val  Value
}

type deleted struct{}

func (e *entry) occupied() bool { return e.hash != deleted{} }

// place is where a key and its value were read.
type place struct{ key, val diag.Pos }

// indexFrom is the size from which a hash index pays.
const indexFrom = 9

// NewDict makes an empty mapping.
func NewDict() *Dict { return &Dict{} }

// NewDictFor makes an empty mapping with room for n keys.
func NewDictFor(n int) *Dict {
	d := &Dict{entries: make([]entry, 0, n)}
	if n >= indexFrom {
		d.texts = make(map[string]int, n)
	}
	return d
}

// DictOf makes a mapping of string keys from key, value, key, value ...
func DictOf(pairs ...Value) *Dict {
	d := NewDictFor(len(pairs) / 2)
	for i := 0; i+1 < len(pairs); i += 2 {
		d.Set(pairs[i], pairs[i+1])
	}
	return d
}

// Hash is the identity of a key: two keys are equal in Python if and only if their hashes are equal here. ok is false for
// what Python cannot hash.
func Hash(key Value) (hash any, ok bool) {
	switch k := key.(type) {
	case string, int64:
		return key, true // as it is: making an interface of k again would allocate
	case secret.Text:
		return k.Plain(), true
	case Unsafe:
		return string(k), true
	case bool:
		if k {
			return int64(1), true
		}
		return int64(0), true
	case *big.Int:
		return bigKey(k.String()), true
	case float64:
		if i := int64(k); float64(i) == k {
			return i, true
		}
		return k, true
	case nil, Date:
		return k, true
	case Bytes:
		return bigKey("b" + string(k)), true
	case Tuple:
		text := "t"
		for _, item := range k {
			h, ok := Hash(item)
			if !ok {
				return nil, false
			}
			text += fmt.Sprintf("%T:%v;", h, h)
		}
		return bigKey(text), true
	case *List, *Dict, Undefined, Unknown, Lazy:
		return nil, false
	}
	return key, true
}

type bigKey string

// Len is the number of entries.
func (d *Dict) Len() int {
	if d == nil {
		return 0
	}
	return len(d.entries) - d.gone
}

func (d *Dict) find(key Value) int {
	h, ok := Hash(key)
	if !ok {
		return -1
	}
	return d.findHash(h)
}

func (d *Dict) findHash(h any) int {
	if d == nil {
		return -1
	}
	if text, ok := h.(string); ok {
		return d.findText(text)
	}
	if d.texts != nil {
		if i, ok := d.others[h]; ok {
			return i
		}
		return -1
	}
	for i := range d.entries {
		if d.entries[i].hash == h {
			return i
		}
	}
	return -1
}

func (d *Dict) findText(key string) int {
	if d == nil {
		return -1
	}
	if d.texts != nil {
		if i, ok := d.texts[key]; ok {
			return i
		}
		return -1
	}
	for i := range d.entries {
		if other, ok := d.entries[i].hash.(string); ok && other == key {
			return i
		}
	}
	return -1
}

// note puts entry i into the index.
func (d *Dict) note(i int) {
	switch h := d.entries[i].hash.(type) {
	case deleted:
	case string:
		d.texts[h] = i
	default:
		if d.others == nil {
			d.others = map[any]int{}
		}
		d.others[h] = i
	}
}

// Get gives the value of key.
func (d *Dict) Get(key Value) (Value, bool) {
	if i := d.find(key); i >= 0 {
		return d.entries[i].val, true
	}
	return nil, false
}

// Named is Get for a key that is a text, which costs less.
func (d *Dict) Named(key string) (Value, bool) {
	if i := d.findText(key); i >= 0 {
		return d.entries[i].val, true
	}
	return nil, false
}

// At gives the value of a string key, or nil.
func (d *Dict) At(key string) Value {
	v, _ := d.Named(key)
	return v
}

// Has tells whether key is there.
func (d *Dict) Has(key Value) bool { return d.find(key) >= 0 }

// Set puts a value at key; a new key goes to the end. It panics on a key that cannot be one: callers check Hash first
// where keys come from users.
func (d *Dict) Set(key, val Value) { d.SetAt(key, val, diag.Pos{}, diag.Pos{}) }

// SetAt is Set with the places that key and value were read from.
func (d *Dict) SetAt(key, val Value, keyPos, valPos diag.Pos) {
	h, ok := Hash(key)
	if !ok {
		panic("value: unhashable key of type " + TypeName(key))
	}
	i := d.findHash(h)
	if i >= 0 {
		d.entries[i].val = val
	} else {
		i = len(d.entries)
		d.entries = append(d.entries, entry{key: key, hash: h, val: val})
		if d.texts != nil {
			d.note(i)
		} else if len(d.entries) >= indexFrom {
			d.reindex()
		}
	}
	d.setPlace(i, place{keyPos, valPos})
}

func (d *Dict) setPlace(i int, p place) {
	if d.places == nil {
		if p == (place{}) {
			return
		}
		d.places = make([]place, len(d.entries), cap(d.entries))
	}
	for len(d.places) < len(d.entries) {
		d.places = append(d.places, place{})
	}
	d.places[i] = p
}

// place is where the key and the value of entry i were read, as far as that is known.
func (d *Dict) place(i int) place {
	if i < 0 || i >= len(d.places) {
		return place{}
	}
	return d.places[i]
}

// Delete removes key and tells whether it was there.
func (d *Dict) Delete(key Value) bool {
	i := d.find(key)
	if i < 0 {
		return false
	}
	if text, ok := d.entries[i].hash.(string); ok {
		delete(d.texts, text)
	} else {
		delete(d.others, d.entries[i].hash)
	}
	d.entries[i] = entry{hash: deleted{}}
	d.gone++
	if d.gone > len(d.entries)/2 {
		*d = *d.Clone()
	}
	return true
}

func (d *Dict) reindex() {
	d.texts, d.others = make(map[string]int, 2*len(d.entries)), nil
	for i := range d.entries {
		d.note(i)
	}
}

// All goes through the entries in order.
func (d *Dict) All() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		for i := 0; d != nil && i < len(d.entries); i++ {
			if d.entries[i].occupied() && !yield(d.entries[i].key, d.entries[i].val) {
				return
			}
		}
	}
}

// Keys are the keys in order.
func (d *Dict) Keys() []Value {
	keys := make([]Value, 0, d.Len())
	for k := range d.All() {
		keys = append(keys, k)
	}
	return keys
}

// StringKeys are the keys in order, as text.
func (d *Dict) StringKeys() []string {
	keys := make([]string, 0, d.Len())
	for k := range d.All() {
		keys = append(keys, KeyText(k))
	}
	return keys
}

// KeyText is a key as text: what a JSON object or an error message shows.
func KeyText(key Value) string {
	switch k := key.(type) {
	case string:
		return k
	case int64:
		return strconv.FormatInt(k, 10)
	}
	return Str(key)
}

// KeyPos is the place that key was read from.
func (d *Dict) KeyPos(key Value) diag.Pos { return d.place(d.find(key)).key }

// NamedPos is ValuePos for a key that is a text; ok is false if there is no such key.
func (d *Dict) NamedPos(key string) (pos diag.Pos, ok bool) {
	i := d.findText(key)
	return d.place(i).val, i >= 0
}

// ValuePos is the place that key's value was read from.
func (d *Dict) ValuePos(key Value) diag.Pos { return d.place(d.find(key)).val }

// Clone copies the mapping, not its values.
func (d *Dict) Clone() *Dict {
	c := &Dict{entries: make([]entry, 0, d.Len())}
	if d == nil {
		return c
	}
	if d.places != nil {
		c.places = make([]place, 0, d.Len())
	}
	for i := range d.entries {
		if !d.entries[i].occupied() {
			continue
		}
		c.entries = append(c.entries, d.entries[i])
		if d.places != nil {
			c.places = append(c.places, d.place(i))
		}
	}
	if len(c.entries) >= indexFrom {
		c.reindex()
	}
	return c
}

// Update sets all of other's entries in d, with their positions.
func (d *Dict) Update(other *Dict) {
	for i := range other.entries {
		if e := &other.entries[i]; e.occupied() {
			p := other.place(i)
			d.SetAt(e.key, e.val, p.key, p.val)
		}
	}
}
