package value

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"pig/internal/secret"
)

// Equal is Python's ==.
func Equal(a, b Value) bool {
	if c, ok := compareNumbers(a, b); ok {
		return c == 0
	}
	if s, ok := Plain(a); ok {
		t, ok := Plain(b)
		return ok && s == t
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case *List:
		o, ok := b.(*List)
		return ok && equalItems(a.Items, o.Items)
	case Tuple:
		o, ok := b.(Tuple)
		return ok && equalItems(a, o)
	case *Dict:
		o, ok := b.(*Dict)
		return ok && equalDicts(a, o)
	case Bytes:
		o, ok := b.(Bytes)
		return ok && string(a) == string(o)
	case time.Time:
		o, ok := b.(time.Time)
		return ok && a.Equal(o)
	case Undefined:
		return IsUndefined(b)
	case Unknown:
		return false
	}
	defer func() { _ = recover() }() // an object of the template engine may not be comparable: then it equals nothing
	return a == b
}

func equalItems(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalDicts(a, b *Dict) bool {
	if a.Len() != b.Len() {
		return false
	}
	for k, v := range a.All() {
		o, ok := b.Get(k)
		if !ok || !Equal(v, o) {
			return false
		}
	}
	return true
}

// Compare is Python's ordering: negative, zero or positive; an error for types that have none.
func Compare(a, b Value) (int, error) {
	if c, ok := compareNumbers(a, b); ok {
		return c, nil
	}
	if s, ok := Plain(a); ok {
		if t, ok := Plain(b); ok {
			return strings.Compare(s, t), nil
		}
	}
	switch a := a.(type) {
	case *List:
		if o, ok := b.(*List); ok {
			return compareItems(a.Items, o.Items)
		}
	case Tuple:
		if o, ok := b.(Tuple); ok {
			return compareItems(a, o)
		}
	case Date:
		if o, ok := b.(Date); ok {
			return strings.Compare(a.String(), o.String()), nil
		}
	case time.Time:
		if o, ok := b.(time.Time); ok {
			return a.Compare(o), nil
		}
	}
	return 0, fmt.Errorf("'<' not supported between instances of '%s' and '%s'", TypeName(a), TypeName(b))
}

func compareItems(a, b []Value) (int, error) {
	for i := 0; i < len(a) && i < len(b); i++ {
		if Equal(a[i], b[i]) {
			continue
		}
		return Compare(a[i], b[i])
	}
	return len(a) - len(b), nil
}

func compareNumbers(a, b Value) (int, bool) {
	if i, ok := a.(int64); ok { // by far the most common case, and without an allocation
		if j, ok := b.(int64); ok {
			return cmp.Compare(i, j), true
		}
	}
	x, xf, ok := number(a)
	if !ok {
		return 0, false
	}
	y, yf, ok := number(b)
	if !ok {
		return 0, false
	}
	if x != nil && y != nil {
		return x.Cmp(y), true
	}
	switch { // a float need not hold an integer exactly, so neither becomes the other's kind
	case x != nil && !math.IsNaN(yf):
		return new(big.Float).SetInt(x).Cmp(big.NewFloat(yf)), true
	case y != nil && !math.IsNaN(xf):
		return big.NewFloat(xf).Cmp(new(big.Float).SetInt(y)), true
	case x != nil || y != nil:
		return 2, true
	}
	switch {
	case xf < yf:
		return -1, true
	case xf > yf:
		return 1, true
	case xf == yf:
		return 0, true
	}
	return 2, true // NaN: unequal to everything
}

func number(v Value) (*big.Int, float64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return big.NewInt(1), 0, true
		}
		return new(big.Int), 0, true
	case int64:
		return big.NewInt(v), 0, true
	case *big.Int:
		return v, 0, true
	case float64:
		return nil, v, true
	}
	return nil, 0, false
}

// Clone copies v with all its lists and mappings, so that changing the copy leaves v alone.
func Clone(v Value) Value {
	switch v := v.(type) {
	case *List:
		c := &List{Items: make([]Value, len(v.Items)), At: v.At}
		for i, item := range v.Items {
			c.Items[i] = Clone(item)
		}
		return c
	case Tuple:
		c := make(Tuple, len(v))
		for i, item := range v {
			c[i] = Clone(item)
		}
		return c
	case *Dict:
		c := v.Clone()
		for i := range c.entries {
			c.entries[i].val = Clone(c.entries[i].val)
		}
		return c
	}
	return v
}

// Walk calls visit for v and everything inside it, parents first.
func Walk(v Value, visit func(Value)) {
	visit(v)
	switch v := v.(type) {
	case *List:
		for _, item := range v.Items {
			Walk(item, visit)
		}
	case Tuple:
		for _, item := range v {
			Walk(item, visit)
		}
	case *Dict:
		for k, item := range v.All() {
			Walk(k, visit)
			Walk(item, visit)
		}
	}
}

// Secrets are the atomic secrets anywhere inside v.
func Secrets(v Value) []string {
	var parts []string
	Walk(v, func(v Value) {
		if s, ok := v.(secret.Text); ok {
			parts = append(parts, s.Parts()...)
		}
	})
	return secret.Union(parts)
}

// HasUnknown tells whether v is or contains an unknown value.
func HasUnknown(v Value) bool {
	found := false
	Walk(v, func(v Value) { found = found || IsUnknown(v) })
	return found
}
