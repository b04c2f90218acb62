package python

import (
	"fmt"
	"math/big"
	"strings"

	"pig/internal/value"
)

// percent is Python's format % args.
func percent(format string, origin, args value.Value) (value.Value, error) {
	var seen Survey
	for _, v := range []value.Value{origin, args} {
		if err := seen.Visit(v, 0); err != nil {
			return nil, err
		}
	}
	switch {
	case seen.Undefined != nil:
		return nil, UsedUndefined(*seen.Undefined)
	case seen.Unknown != nil:
		return *seen.Unknown, nil
	}
	text, err := PercentText(format, args)
	if err != nil && len(seen.Secrets) > 0 {
		err = fmt.Errorf("a secret cannot be formatted like this")
	}
	return seen.Taint(text), err
}

// percentArgs hands out the values for the conversions.
type percentArgs struct {
	list    []value.Value
	mapping *value.Dict
	i       int
	tuple   bool
}

func (a *percentArgs) next() (value.Value, error) {
	if a.i >= len(a.list) {
		return nil, fmt.Errorf("not enough arguments for format string")
	}
	a.i++
	return a.list[a.i-1], nil
}

// PercentText is format % arg.
func PercentText(format string, args value.Value) (string, error) {
	a := &percentArgs{list: []value.Value{args}}
	switch x := args.(type) {
	case value.Tuple:
		a.list, a.tuple = x, true
	case *value.Dict:
		a.mapping = x
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			b.WriteString(format)
			break
		}
		b.WriteString(format[:i])
		rest, err := a.conversion(&b, format[i+1:])
		if err != nil {
			return "", err
		}
		format = rest
		if b.Len() > MaxText {
			return "", fmt.Errorf("the text is longer than %d bytes", MaxText)
		}
	}
	if a.i < len(a.list) && a.mapping == nil {
		return "", fmt.Errorf("not all arguments converted during string formatting")
	}
	return b.String(), nil
}

// conversion writes one %-conversion; s is what follows the percent sign.
func (a *percentArgs) conversion(b *strings.Builder, s string) (rest string, err error) {
	spec := formatSpec{prec: -1, percent: true}
	var v value.Value
	hasKey := false
	if strings.HasPrefix(s, "(") {
		end := strings.IndexByte(s, ')')
		if end < 0 {
			return "", fmt.Errorf("incomplete format key")
		}
		if a.mapping == nil {
			return "", fmt.Errorf("format requires a mapping")
		}
		key := s[1:end]
		item, ok := a.mapping.Get(key)
		if !ok {
			return "", fmt.Errorf("KeyError: %s", value.Repr(key))
		}
		v, hasKey, s = item, true, s[end+1:]
	}
	left := false
	for s != "" && strings.IndexByte("#0- +", s[0]) >= 0 {
		switch s[0] {
		case '#':
			spec.alt = true
		case '0':
			spec.zero = true
		case '-':
			left = true
		default:
			if spec.sign != '+' {
				spec.sign = s[0]
			}
		}
		s = s[1:]
	}
	if left {
		spec.align, spec.zero = '<', false
	}
	if s, err = a.numbers(&spec, s); err != nil {
		return "", err
	}
	s = strings.TrimLeft(s, "hlL")
	if s == "" {
		return "", fmt.Errorf("incomplete format")
	}
	c, s := s[0], s[1:]
	if c == '%' {
		b.WriteByte('%')
		return s, nil
	}
	if !hasKey {
		if v, err = a.next(); err != nil {
			return "", err
		}
	}
	text, err := spec.convert(c, v)
	b.WriteString(text)
	return s, err
}

// numbers reads width and precision, either of which may be a *.
func (a *percentArgs) numbers(spec *formatSpec, s string) (string, error) {
	read := func() (int, error) {
		if strings.HasPrefix(s, "*") {
			s = s[1:]
			v, err := a.next()
			if err != nil {
				return 0, err
			}
			n, ok := v.(int64)
			if !ok {
				return 0, fmt.Errorf("* wants int")
			}
			return int(max(min(n, maxWidth+1), -maxWidth-1)), nil
		}
		n := 0
		for s != "" && s[0] >= '0' && s[0] <= '9' {
			n = min(n*10+int(s[0]-'0'), maxWidth+1)
			s = s[1:]
		}
		return n, nil
	}
	n, err := read()
	if err != nil {
		return "", err
	}
	if n < 0 {
		n = -n
		spec.align = '<'
	}
	spec.width = n
	if strings.HasPrefix(s, ".") {
		s = s[1:]
		if spec.prec, err = read(); err != nil {
			return "", err
		}
		spec.prec = max(spec.prec, 0)
	}
	if spec.width > maxWidth || spec.prec > maxWidth {
		return "", fmt.Errorf("the width of the format is too large")
	}
	return s, nil
}

func (spec formatSpec) convert(c byte, v value.Value) (string, error) {
	align := func(s string) string {
		spec.zero = false
		if spec.align == 0 {
			spec.align = '>'
		}
		return spec.text(s)
	}
	switch c {
	case 's':
		return align(Str(v)), nil
	case 'r', 'a':
		return align(value.Repr(v)), nil
	case 'c':
		if text, ok := value.Plain(v); ok && len([]rune(text)) == 1 {
			spec.prec = -1
			return align(text), nil
		}
		spec.typ = 'c'
		if i, ok := Integer(v); ok {
			return spec.integer(i)
		}
		return "", fmt.Errorf("%%c requires int or char")
	case 'd', 'i', 'u', 'x', 'X', 'o':
		i, f, ok := Numeric(v)
		if ok && i == nil && (c == 'd' || c == 'i' || c == 'u') {
			i, _ = new(big.Float).SetFloat64(finite(f)).Int(nil)
		}
		if !ok || i == nil {
			if c == 'd' || c == 'i' || c == 'u' {
				return "", fmt.Errorf("%%%c format: a real number is required, not %s", c, TypeName(v))
			}
			return "", fmt.Errorf("%%%c format: an integer is required, not %s", c, TypeName(v))
		}
		spec.typ = c
		if c == 'i' || c == 'u' {
			spec.typ = 'd'
		}
		return spec.integer(i)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		f, ok := Number(v)
		if !ok {
			return "", fmt.Errorf("must be real number, not %s", TypeName(v))
		}
		spec.typ = c
		return spec.float(f)
	}
	return "", fmt.Errorf("unsupported format character '%c' (0x%x)", c, c)
}

func finite(f float64) float64 {
	if f-f != 0 {
		return 0
	}
	return f
}
