// Package value holds the values that inventories, playbooks and templates are made of.
//
// They are Python's, because Ansible's language shows them to its users: mappings keep their order, 1 == True,
// and {'a': True} is what a list or mapping looks like as text. Lists and mappings are references that templates may
// change, so no two hosts may share one.
package value

import (
	"math/big"
	"time"

	"pig/internal/diag"
	"pig/internal/secret"
)

// Value is one of: nil, bool, int64, *big.Int (only when it does not fit int64), float64, string, secret.Text, Bytes,
// Unsafe, Date, time.Time, *List, Tuple, *Dict, Undefined, Unknown, Lazy, or an object of the template engine.
type Value = any

// Bytes is Python's bytes, from !!binary or an encoding filter.
type Bytes []byte

// Unsafe is text that must never be taken for a template, from !unsafe. Looking a variable up turns it into a string.
type Unsafe string

// Date is a day without a time, as YAML 1.1 reads 2024-01-31.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

func (d Date) String() string {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// Tuple is Python's tuple: a list that cannot change.
type Tuple []Value

// Undefined is the value of a name or attribute that does not exist. It may be asked whether it is defined and given a
// default; any other use is an error that tells Hint.
type Undefined struct {
	Hint string // the whole message, e.g. "'pg_cluster' is undefined"
	Name string // what is missing
	Pos  diag.Pos
}

// Unknown is a value that only a real run could tell: the result of a command that a plan did not run. It spreads
// through every expression that uses it, and prints as (known after apply).
type Unknown struct {
	Why string // where it came from, e.g. "the output of: pg_controldata"
}

// UnknownText is what people see in place of an unknown value.
const UnknownText = "(known after apply)"

func (Unknown) String() string { return UnknownText }

// Lazy is an element of a container that has not been templated yet. The template engine makes and forces them; no value
// that leaves it holds one.
type Lazy interface {
	Force() (Value, error)
}

// Int makes an integer value, of the small kind if it fits.
func Int(i *big.Int) Value {
	if i.IsInt64() {
		return i.Int64()
	}
	return i
}

// Plain is the text of v if it is a string of any kind: plain, secret or unsafe.
func Plain(v Value) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case secret.Text:
		return v.Plain(), true
	case Unsafe:
		return string(v), true
	}
	return "", false
}

// IsUnknown tells whether v itself is unknown.
func IsUnknown(v Value) bool {
	_, ok := v.(Unknown)
	return ok
}

// IsUndefined tells whether v is undefined.
func IsUndefined(v Value) bool {
	_, ok := v.(Undefined)
	return ok
}

// Truthy is Python's truth of a value. Undefined and Unknown have none: callers deal with them first.
func Truthy(v Value) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case *big.Int:
		return v.Sign() != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case secret.Text:
		return v.Plain() != ""
	case Unsafe:
		return v != ""
	case Bytes:
		return len(v) > 0
	case *List:
		return len(v.Items) > 0
	case Tuple:
		return len(v) > 0
	case *Dict:
		return v.Len() > 0
	case Undefined, Unknown:
		return false
	}
	return true
}

// TypeName is Python's name of v's type, as type_debug and error messages tell it.
func TypeName(v Value) string {
	switch v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case string, secret.Text, Unsafe:
		return "str"
	case Bytes:
		return "bytes"
	case Date:
		return "date"
	case time.Time:
		return "datetime"
	case *List:
		return "list"
	case Tuple:
		return "tuple"
	case *Dict:
		return "dict"
	case Undefined:
		return "Undefined"
	case Unknown:
		return "Unknown"
	}
	if n, ok := v.(interface{ TypeName() string }); ok {
		return n.TypeName()
	}
	return "object"
}
