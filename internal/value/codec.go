package value

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"time"

	"pig/internal/secret"
)

// The wire form of a value: one tag byte, then lengths and numbers as varints. Both ends are one build of pig, so there is
// no version inside; the agent's handshake sees to that.
const (
	tagNil byte = iota
	tagFalse
	tagTrue
	tagInt
	tagBig
	tagFloat
	tagString
	tagSecret
	tagBytes
	tagDate
	tagTime
	tagList
	tagTuple
	tagDict
	tagUnknown
	tagUnsafe
)

// What is received is bounded, as it may come from a node that lies: how deeply containers nest, how many values there are in
// all, and how long numbers are, which take long to read.
const (
	maxDepth  = 512
	maxValues = 1 << 20
	maxDigits = 4096
)

// Append adds the wire form of v to b. It fails on what cannot travel: an undefined value or an object of the engine.
func Append(b []byte, v Value) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, tagNil), nil
	case bool:
		if v {
			return append(b, tagTrue), nil
		}
		return append(b, tagFalse), nil
	case int:
		return binary.AppendVarint(append(b, tagInt), int64(v)), nil
	case int64:
		return binary.AppendVarint(append(b, tagInt), v), nil
	case *big.Int:
		return appendString(b, tagBig, v.String()), nil
	case float64:
		return binary.BigEndian.AppendUint64(append(b, tagFloat), math.Float64bits(v)), nil
	case string:
		return appendString(b, tagString, v), nil
	case Unsafe:
		return appendString(b, tagUnsafe, string(v)), nil
	case secret.Text:
		return appendSecret(b, v), nil
	case Bytes:
		return appendString(b, tagBytes, string(v)), nil
	case Date:
		return appendString(b, tagDate, v.String()), nil
	case time.Time:
		return appendString(b, tagTime, v.Format(time.RFC3339Nano)), nil
	case *List:
		return appendItems(b, tagList, v.Items)
	case Tuple:
		return appendItems(b, tagTuple, v)
	case *Dict:
		return appendDict(b, v)
	case Unknown:
		return appendString(b, tagUnknown, v.Why), nil
	}
	return nil, fmt.Errorf("a value of type %s cannot be sent", TypeName(v))
}

func appendString(b []byte, tag byte, s string) []byte {
	b = binary.AppendUvarint(append(b, tag), uint64(len(s)))
	return append(b, s...)
}

func appendSecret(b []byte, t secret.Text) []byte {
	b = appendString(b, tagSecret, t.Plain())
	b = binary.AppendUvarint(b, uint64(len(t.Parts())))
	for _, p := range t.Parts() {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}

func appendItems(b []byte, tag byte, items []Value) ([]byte, error) {
	b = binary.AppendUvarint(append(b, tag), uint64(len(items)))
	var err error
	for _, item := range items {
		if b, err = Append(b, item); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func appendDict(b []byte, d *Dict) ([]byte, error) {
	b = binary.AppendUvarint(append(b, tagDict), uint64(d.Len()))
	var err error
	for k, v := range d.All() {
		if b, err = Append(b, k); err != nil {
			return nil, err
		}
		if b, err = Append(b, v); err != nil {
			return nil, fmt.Errorf("%s: %w", KeyText(k), err)
		}
	}
	return b, nil
}

// Decode reads one value that Append wrote; bytes left over are an error.
func Decode(b []byte) (Value, error) {
	d := decoder{b: b}
	v, err := d.value(0)
	if err == nil && len(d.b) > 0 {
		err = fmt.Errorf("%d bytes too many after a value", len(d.b))
	}
	return v, err
}

type decoder struct {
	b      []byte
	values int
}

// roomFor is how many items a container has room for before they are there, and how many a key may have.
const roomFor = 64

var errShort = errors.New("a value is cut short")

func (d *decoder) value(depth int) (Value, error) {
	if depth > maxDepth {
		return nil, errors.New("a value nests too deeply")
	}
	if len(d.b) == 0 {
		return nil, errShort
	}
	if d.values++; d.values > maxValues {
		return nil, fmt.Errorf("more than %d values", maxValues)
	}
	tag := d.b[0]
	d.b = d.b[1:]
	switch tag {
	case tagNil:
		return nil, nil
	case tagFalse:
		return false, nil
	case tagTrue:
		return true, nil
	case tagInt:
		i, n := binary.Varint(d.b)
		if n <= 0 {
			return nil, errShort
		}
		d.b = d.b[n:]
		return i, nil
	case tagFloat:
		if len(d.b) < 8 {
			return nil, errShort
		}
		f := math.Float64frombits(binary.BigEndian.Uint64(d.b))
		d.b = d.b[8:]
		return f, nil
	case tagList, tagTuple:
		items, err := d.items(depth)
		if tag == tagTuple {
			return Tuple(items), err
		}
		return NewList(items...), err
	case tagDict:
		return d.dict(depth)
	}
	s, err := d.text()
	if err != nil {
		return nil, err
	}
	return d.scalar(tag, s)
}

func (d *decoder) scalar(tag byte, s string) (Value, error) {
	switch tag {
	case tagString:
		return s, nil
	case tagUnsafe:
		return Unsafe(s), nil
	case tagBytes:
		return Bytes(s), nil
	case tagUnknown:
		return Unknown{Why: s}, nil
	case tagSecret:
		return d.secret(s)
	case tagBig:
		if len(s) > maxDigits {
			return nil, fmt.Errorf("an integer of more than %d digits", maxDigits)
		}
		i, ok := new(big.Int).SetString(s, 10)
		if !ok {
			return nil, fmt.Errorf("not an integer: %q", s)
		}
		return i, nil
	case tagDate:
		t, err := time.Parse(time.DateOnly, s)
		return Date{t.Year(), t.Month(), t.Day()}, err
	case tagTime:
		t, err := time.Parse(time.RFC3339Nano, s)
		return t, err
	}
	return nil, fmt.Errorf("a value has the unknown tag %d", tag)
}

func (d *decoder) secret(plain string) (Value, error) {
	n, err := d.count()
	if err != nil {
		return nil, err
	}
	if d.values += n; d.values > maxValues {
		return nil, fmt.Errorf("more than %d values", maxValues)
	}
	var parts []string
	for range n {
		part, err := d.text()
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return secret.Carrying(plain, parts...), nil
}

func (d *decoder) items(depth int) ([]Value, error) {
	n, err := d.count()
	if err != nil {
		return nil, err
	}
	items := make([]Value, 0, min(n, roomFor)) // what is claimed costs nothing before it is there
	for range n {
		item, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (d *decoder) dict(depth int) (Value, error) {
	n, err := d.count()
	if err != nil {
		return nil, err
	}
	m := &Dict{entries: make([]entry, 0, min(n, roomFor))}
	for range n {
		k, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if t, ok := k.(Tuple); ok && len(t) > roomFor {
			return nil, fmt.Errorf("a key of %d items", len(t))
		}
		if _, ok := Hash(k); !ok {
			return nil, fmt.Errorf("a key of type %s", TypeName(k))
		}
		m.Set(k, v)
	}
	return m, nil
}

// count reads a number of things that follow, each at least one byte long: more than there are bytes is a lie.
func (d *decoder) count() (int, error) {
	n, w := binary.Uvarint(d.b)
	if w <= 0 || n > uint64(len(d.b)-w) {
		return 0, errShort
	}
	d.b = d.b[w:]
	return int(n), nil
}

func (d *decoder) text() (string, error) {
	n, err := d.count()
	if err != nil {
		return "", err
	}
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s, nil
}
