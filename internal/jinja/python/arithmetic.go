package python

import (
	"fmt"
	"math"
	"math/big"

	"pig/internal/value"
)

// MaxBits bounds the size of integers, MaxItems that of lists that operators make.
const (
	MaxBits  = 1 << 20
	MaxItems = 1 << 22
)

// Arithmetic is a binary operator on known, defined values.
func Arithmetic(op string, a, b value.Value) (value.Value, error) {
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			if v, ok := smallInts(op, x, y); ok {
				return v, nil
			}
		}
	}
	x, xf, xok := Numeric(a)
	y, yf, yok := Numeric(b)
	switch {
	case xok && yok && x != nil && y != nil:
		return bigInts(op, x, y)
	case xok && yok:
		return floats(op, ToFloat(x, xf), ToFloat(y, yf))
	}
	return sequences(op, a, b)
}

// smallInts does what fits 64 bits for certain.
func smallInts(op string, x, y int64) (value.Value, bool) {
	switch op {
	case "+":
		if s := x + y; (s > x) == (y > 0) {
			return s, true
		}
	case "-":
		if s := x - y; (s < x) == (y > 0) {
			return s, true
		}
	case "*":
		if x > math.MinInt32 && x < math.MaxInt32 && y > math.MinInt32 && y < math.MaxInt32 {
			return x * y, true
		}
	case "//":
		if y != 0 && x != math.MinInt64 {
			q := x / y
			if x%y != 0 && (x < 0) != (y < 0) {
				q--
			}
			return q, true
		}
	case "%":
		if y != 0 && x != math.MinInt64 {
			m := x % y
			if m != 0 && (m < 0) != (y < 0) {
				m += y
			}
			return m, true
		}
	}
	return nil, false
}

// Numeric is a number as a big integer or, if that is nil, a float.
func Numeric(v value.Value) (*big.Int, float64, bool) {
	switch v := v.(type) {
	case int64:
		return big.NewInt(v), 0, true
	case bool:
		if v {
			return big.NewInt(1), 0, true
		}
		return new(big.Int), 0, true
	case *big.Int:
		return v, 0, true
	case float64:
		return nil, v, true
	}
	return nil, 0, false
}

// ToFloat is a number that Numeric took apart as a float.
func ToFloat(i *big.Int, f float64) float64 {
	if i == nil {
		return f
	}
	f, _ = new(big.Float).SetInt(i).Float64()
	return f
}

func bigInts(op string, x, y *big.Int) (value.Value, error) {
	z := new(big.Int)
	switch op {
	case "+":
		z.Add(x, y)
	case "-":
		z.Sub(x, y)
	case "*":
		z.Mul(x, y)
	case "/":
		if y.Sign() == 0 {
			return nil, fmt.Errorf("division by zero")
		}
		f, _ := new(big.Rat).SetFrac(x, y).Float64()
		if math.IsInf(f, 0) {
			return nil, fmt.Errorf("integer division result too large for a float")
		}
		return f, nil
	case "//", "%":
		if y.Sign() == 0 {
			if op == "%" {
				return nil, fmt.Errorf("integer modulo by zero")
			}
			return nil, fmt.Errorf("integer division or modulo by zero")
		}
		m := new(big.Int)
		z.DivMod(x, y, m) // Euclidean: the remainder is never negative
		if m.Sign() != 0 && y.Sign() < 0 {
			z.Sub(z, big.NewInt(1))
			m.Add(m, y)
		}
		if op == "%" {
			z = m
		}
	case "**":
		return intPower(x, y)
	default:
		return nil, unsupported(op, value.Int(x), value.Int(y))
	}
	if z.BitLen() > MaxBits {
		return nil, fmt.Errorf("integer is too large")
	}
	return value.Int(z), nil
}

func intPower(x, y *big.Int) (value.Value, error) {
	if y.Sign() < 0 {
		if x.Sign() == 0 {
			return nil, fmt.Errorf("0.0 cannot be raised to a negative power")
		}
		return math.Pow(ToFloat(x, 0), ToFloat(y, 0)), nil
	}
	if x.BitLen() > 1 && (!y.IsInt64() || int64(x.BitLen())*y.Int64() > MaxBits || y.Int64() > MaxBits) {
		return nil, fmt.Errorf("integer is too large")
	}
	if x.BitLen() <= 1 { // -1, 0, 1
		if y.Sign() == 0 || x.Sign() > 0 || x.Sign() < 0 && y.Bit(0) == 0 {
			return int64(1), nil
		}
		return x.Int64(), nil
	}
	return value.Int(new(big.Int).Exp(x, y, nil)), nil
}

func floats(op string, x, y float64) (value.Value, error) {
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "/":
		if y == 0 {
			return nil, fmt.Errorf("float division by zero")
		}
		return x / y, nil
	case "//", "%":
		if y == 0 {
			if op == "%" {
				return nil, fmt.Errorf("float modulo")
			}
			return nil, fmt.Errorf("float floor division by zero")
		}
		m := math.Mod(x, y)
		if m != 0 && (m < 0) != (y < 0) {
			m += y
		}
		if op == "%" {
			return m, nil
		}
		return math.Round((x - m) / y), nil
	case "**":
		if x == 0 && y < 0 {
			return nil, fmt.Errorf("0.0 cannot be raised to a negative power")
		}
		r := math.Pow(x, y)
		if math.IsInf(r, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
			return nil, fmt.Errorf("(34, 'Numerical result out of range')")
		}
		return r, nil
	}
	return nil, unsupported(op, x, y)
}

func unsupported(op string, a, b value.Value) error {
	if op == "**" {
		op = "** or pow()"
	}
	return fmt.Errorf("unsupported operand type(s) for %s: '%s' and '%s'", op, TypeName(a), TypeName(b))
}

// sequences are the operators on texts, lists and tuples.
func sequences(op string, a, b value.Value) (value.Value, error) {
	text, isText := value.Plain(a)
	switch op {
	case "+":
		return add(a, b)
	case "-":
		return addTimes(op, a, b)
	case "*":
		if n, ok := b.(int64); ok {
			return repeat(a, n, b)
		}
		if n, ok := a.(int64); ok {
			return repeat(b, n, a)
		}
		if isText {
			return nil, fmt.Errorf("can't multiply sequence by non-int of type '%s'", TypeName(b))
		}
		if _, ok := value.Plain(b); ok {
			return nil, fmt.Errorf("can't multiply sequence by non-int of type '%s'", TypeName(a))
		}
	case "%":
		if isText {
			return percent(text, a, b)
		}
	}
	return nil, unsupported(op, a, b)
}

func add(a, b value.Value) (value.Value, error) {
	if x, ok := value.Plain(a); ok {
		y, ok := value.Plain(b)
		if !ok {
			return nil, fmt.Errorf("can only concatenate str (not \"%s\") to str", TypeName(b))
		}
		if len(x)+len(y) > MaxText {
			return nil, fmt.Errorf("the text is longer than %d bytes", MaxText)
		}
		return Tainted(x+y, a, b), nil
	}
	switch x := a.(type) {
	case *value.List:
		y, ok := b.(*value.List)
		if !ok {
			return nil, fmt.Errorf("can only concatenate list (not \"%s\") to list", TypeName(b))
		}
		if len(x.Items)+len(y.Items) > MaxItems {
			return nil, fmt.Errorf("the list is longer than %d", MaxItems)
		}
		out := make([]value.Value, 0, len(x.Items)+len(y.Items))
		return value.NewList(append(append(out, x.Items...), y.Items...)...), nil
	case value.Tuple:
		y, ok := b.(value.Tuple)
		if !ok {
			return nil, fmt.Errorf("can only concatenate tuple (not \"%s\") to tuple", TypeName(b))
		}
		if len(x)+len(y) > MaxItems {
			return nil, fmt.Errorf("the tuple is longer than %d", MaxItems)
		}
		return append(append(value.Tuple{}, x...), y...), nil
	case value.Bytes:
		if y, ok := b.(value.Bytes); ok {
			return append(append(value.Bytes{}, x...), y...), nil
		}
	}
	return addTimes("+", a, b)
}

func repeat(v value.Value, n int64, by value.Value) (value.Value, error) {
	n = max(n, 0)
	if text, ok := value.Plain(v); ok {
		if int64(len(text)) > 0 && n > MaxText/int64(len(text)) {
			return nil, fmt.Errorf("the text is longer than %d bytes", MaxText)
		}
		out := make([]byte, 0, int(n)*len(text))
		for range n {
			if len(text) == 0 {
				break
			}
			out = append(out, text...)
		}
		return Tainted(string(out), v), nil
	}
	var list []value.Value
	switch x := v.(type) {
	case *value.List:
		list = x.Items
	case value.Tuple:
		list = x
	default:
		return nil, unsupported("*", v, by)
	}
	if len(list) > 0 && n > MaxItems/int64(len(list)) {
		return nil, fmt.Errorf("the list is longer than %d", MaxItems)
	}
	var out []value.Value
	for i := int64(0); i < n && len(list) > 0; i++ {
		out = append(out, list...)
	}
	if _, ok := v.(value.Tuple); ok {
		return value.Tuple(out), nil
	}
	return value.NewList(out...), nil
}

// Negate is -x, or +x.
func Negate(v value.Value, plus bool) (value.Value, error) {
	i, f, ok := Numeric(v)
	switch {
	case !ok && plus:
		return nil, fmt.Errorf("bad operand type for unary +: '%s'", TypeName(v))
	case !ok:
		return nil, fmt.Errorf("bad operand type for unary -: '%s'", TypeName(v))
	case i == nil && plus:
		return f, nil
	case i == nil:
		return -f, nil
	case plus:
		return value.Int(i), nil
	}
	return value.Int(new(big.Int).Neg(i)), nil
}
