package python

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"pig/internal/value"
)

// formatSpec is how one value is laid out: what stands behind the colon of '{:>8.2f}' or between % and s.
type formatSpec struct {
	fill    rune // 0: not given
	align   byte // < > ^ = or 0
	sign    byte // + - space or 0
	alt     bool
	zero    bool
	width   int
	comma   byte // , _ or 0
	prec    int  // -1: not given
	typ     byte // 0: not given
	percent bool // of the % operator, whose rules for signs and zeros differ a little
}

// maxWidth bounds the width and precision of formats.
const maxWidth = 1 << 20

func parseSpec(s string) (formatSpec, error) {
	spec := formatSpec{prec: -1}
	orig := s
	if r, n := utf8.DecodeRuneInString(s); n > 0 && len(s) > n && strings.IndexByte("<>^=", s[n]) >= 0 {
		spec.fill, spec.align = r, s[n]
		s = s[n+1:]
	} else if s != "" && strings.IndexByte("<>^=", s[0]) >= 0 {
		spec.align = s[0]
		s = s[1:]
	}
	next := func(set string) byte {
		if s != "" && strings.IndexByte(set, s[0]) >= 0 {
			c := s[0]
			s = s[1:]
			return c
		}
		return 0
	}
	digits := func() (int, bool) {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		i, err := strconv.Atoi(s[:n])
		s = s[n:]
		if err != nil && n > 0 {
			i = math.MaxInt32
		}
		return i, n > 0
	}
	spec.sign = next("+- ")
	spec.alt = next("#") != 0
	spec.zero = next("0") != 0
	spec.width, _ = digits()
	spec.comma = next(",_")
	if next(".") != 0 {
		var ok bool
		if spec.prec, ok = digits(); !ok {
			return spec, fmt.Errorf("Format specifier missing precision")
		}
	}
	spec.typ = next("bcdeEfFgGnosxX%")
	if s != "" {
		return spec, fmt.Errorf("Invalid format specifier '%s'", orig)
	}
	if spec.width > maxWidth || spec.prec > maxWidth {
		return spec, fmt.Errorf("the width of the format is too large")
	}
	return spec, nil
}

// apply lays v out.
func (spec formatSpec) apply(v value.Value) (string, error) {
	if b, ok := v.(bool); ok {
		if spec.typ == 0 {
			return spec.pad(value.Str(v), "", '<'), nil
		}
		v = int64(0)
		if b {
			v = int64(1)
		}
	}
	i, f, isNum := Numeric(v)
	if isNum && i != nil {
		switch spec.typ {
		case 0, 'd', 'b', 'o', 'x', 'X', 'n', 'c':
			return spec.integer(i)
		case 's':
			return "", fmt.Errorf("Unknown format code 's' for object of type 'int'")
		}
		return spec.float(ToFloat(i, 0))
	}
	if isNum {
		if spec.typ != 0 && strings.IndexByte("eEfFgGn%", spec.typ) < 0 {
			return "", fmt.Errorf("Unknown format code '%c' for object of type 'float'", spec.typ)
		}
		return spec.float(f)
	}
	if spec.typ != 0 && spec.typ != 's' {
		return "", fmt.Errorf("Unknown format code '%c' for object of type '%s'", spec.typ, TypeName(v))
	}
	if _, text := value.Plain(v); !text && (spec != formatSpec{prec: -1}) {
		return "", fmt.Errorf("unsupported format string passed to %s.__format__", TypeName(v))
	}
	return spec.text(Str(v)), nil
}

func (spec formatSpec) text(s string) string {
	if spec.prec >= 0 {
		n := 0
		for i := range s {
			if n == spec.prec {
				s = s[:i]
				break
			}
			n++
		}
	}
	return spec.pad(s, "", '<')
}

func (spec formatSpec) integer(i *big.Int) (string, error) {
	base, prefix := 10, ""
	switch spec.typ {
	case 'c':
		if !i.IsInt64() || i.Int64() < 0 || i.Int64() > utf8.MaxRune {
			return "", fmt.Errorf("%%c arg not in range(0x110000)")
		}
		return spec.pad(string(rune(i.Int64())), "", '<'), nil
	case 'b':
		base, prefix = 2, "0b"
	case 'o':
		base, prefix = 8, "0o"
	case 'x':
		base, prefix = 16, "0x"
	case 'X':
		base, prefix = 16, "0X"
	}
	if !spec.alt {
		prefix = ""
	}
	digits := new(big.Int).Abs(i).Text(base)
	if spec.typ == 'X' {
		digits = strings.ToUpper(digits)
	}
	if spec.percent && spec.prec > len(digits) {
		digits = strings.Repeat("0", spec.prec-len(digits)) + digits
	}
	group := 3
	if base != 10 {
		group = 4
	}
	return spec.pad(grouped(digits, spec.comma, group), spec.signOf(i.Sign() < 0)+prefix, '>'), nil
}

func (spec formatSpec) signOf(negative bool) string {
	switch {
	case negative:
		return "-"
	case spec.sign == '+' || spec.sign == ' ':
		return string(spec.sign)
	}
	return ""
}

// grouped puts a separator between groups of digits.
func grouped(digits string, sep byte, size int) string {
	if sep == 0 {
		return digits
	}
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%size == 0 {
			b.WriteByte(sep)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

func (spec formatSpec) float(f float64) (string, error) {
	sign := spec.signOf(math.Signbit(f) && !math.IsNaN(f))
	digits := spec.digits(math.Abs(f))
	if spec.comma != 0 {
		whole, rest := digits, ""
		if i := strings.IndexAny(digits, ".e%"); i >= 0 {
			whole, rest = digits[:i], digits[i:]
		}
		digits = grouped(whole, spec.comma, 3) + rest
	}
	return spec.pad(digits, sign, '>'), nil
}

// digits is a float that is not negative, without padding.
func (spec formatSpec) digits(f float64) string {
	upper := spec.typ == 'E' || spec.typ == 'F' || spec.typ == 'G'
	if math.IsInf(f, 0) || math.IsNaN(f) {
		s := value.FloatText(f)
		if upper {
			s = strings.ToUpper(s)
		}
		return s
	}
	prec := spec.prec
	if prec < 0 && spec.typ != 0 {
		prec = 6
	}
	var s string
	switch spec.typ {
	case 'e', 'E':
		s = strconv.FormatFloat(f, 'e', prec, 64)
	case 'f', 'F':
		s = strconv.FormatFloat(f, 'f', prec, 64)
		if spec.alt && prec == 0 {
			s += "."
		}
	case '%':
		s = strconv.FormatFloat(f*100, 'f', prec, 64) + "%"
	case 'g', 'G', 'n':
		s = strconv.FormatFloat(f, 'g', max(prec, 1), 64)
	default:
		s = value.FloatText(f)
		if prec >= 0 {
			s = strconv.FormatFloat(f, 'g', max(prec, 1), 64)
			if !strings.ContainsAny(s, ".e") {
				s += ".0"
			}
		}
	}
	if upper {
		s = strings.ToUpper(s)
	}
	return s
}

// pad brings body, with its sign and prefix in front, to the width.
func (spec formatSpec) pad(body, prefix string, align byte) string {
	if spec.align != 0 {
		align = spec.align
	}
	fill := spec.fill
	if fill == 0 {
		fill = ' '
		if spec.zero {
			fill = '0'
			if spec.align == 0 && align == '>' {
				align = '='
			}
		}
	}
	n := spec.width - utf8.RuneCountInString(body) - utf8.RuneCountInString(prefix)
	if n <= 0 {
		return prefix + body
	}
	switch align {
	case '<':
		return prefix + body + strings.Repeat(string(fill), n)
	case '^':
		return strings.Repeat(string(fill), n/2) + prefix + body + strings.Repeat(string(fill), n-n/2)
	case '=':
		return prefix + strings.Repeat(string(fill), n) + body
	}
	return strings.Repeat(string(fill), n) + prefix + body
}

// Pad fills a text up to a width; align is <, > or ^.
func Pad(s string, width int, fill rune, align byte) string {
	return formatSpec{width: width, fill: fill, align: align, prec: -1}.text(s)
}
