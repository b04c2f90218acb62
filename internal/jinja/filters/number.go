package filters

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func numberFilters() plugin.Table {
	t := plugin.Table{}
	t.Add("int", "default base", 0, intFilter)
	t.Add("float", "default", 0, func(c *plugin.Call) (value.Value, error) {
		if f, ok := toNumber(c.In); ok {
			return f, nil
		}
		return c.Val(0, 0.0), nil
	})
	t.Add("abs", "", 0, func(c *plugin.Call) (value.Value, error) {
		i, f, ok := python.Numeric(c.In)
		if !ok {
			return nil, fmt.Errorf("bad operand type for abs(): '%s'", python.TypeName(c.In))
		}
		if i != nil {
			return value.Int(new(big.Int).Abs(i)), nil
		}
		return math.Abs(f), nil
	})
	t.Add("round", "precision method", 0, roundFilter)
	t.Add("log", "base", 0, func(c *plugin.Call) (value.Value, error) {
		x, base, err := twoNumbers(c, math.E, "log")
		if err != nil {
			return nil, err
		}
		if x <= 0 || base <= 0 {
			return nil, fmt.Errorf("log() can only be used on numbers: math domain error")
		}
		switch base {
		case math.E:
			return math.Log(x), nil
		case 10:
			return math.Log10(x), nil
		}
		return math.Log(x) / math.Log(base), nil
	})
	t.Add("pow", "y", 0, func(c *plugin.Call) (value.Value, error) {
		x, y, err := twoNumbers(c, 0, "pow")
		if err != nil {
			return nil, err
		}
		return math.Pow(x, y), nil
	})
	t.Add("root", "base", 0, func(c *plugin.Call) (value.Value, error) {
		x, base, err := twoNumbers(c, 2, "root")
		if err != nil {
			return nil, err
		}
		if base == 2 {
			if x < 0 {
				return nil, fmt.Errorf("root() can only be used on numbers: math domain error")
			}
			return math.Sqrt(x), nil
		}
		return math.Pow(x, 1/base), nil
	})
	t.Add("human_readable", "isbits unit", 0, humanReadable)
	t.Add("human_to_bytes", "default_unit isbits", 0, humanToBytes)
	t.Add("filesizeformat", "binary", 0, fileSize)
	return t
}

// twoNumbers are the input and the first argument as floats.
func twoNumbers(c *plugin.Call, dflt float64, name string) (x, y float64, err error) {
	x, ok := python.Number(c.In)
	if !ok {
		return 0, 0, fmt.Errorf("%s() can only be used on numbers: must be real number, not %s", name, python.TypeName(c.In))
	}
	y, ok = python.Number(c.Val(0, dflt))
	if !ok {
		return 0, 0, fmt.Errorf("%s() can only be used on numbers: must be real number, not %s", name, python.TypeName(c.Arg[0]))
	}
	return x, y, nil
}

// toNumber is Python's float(v).
func toNumber(v value.Value) (float64, bool) {
	if f, ok := python.Number(v); ok {
		return f, true
	}
	text, ok := value.Plain(v)
	if !ok {
		return 0, false
	}
	text = strings.TrimFunc(text, python.IsSpace)
	if strings.ContainsAny(text, "xXpP") || strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_") {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// parseInt is Python's int(text, base).
func parseInt(text string, base int) (*big.Int, bool) {
	text = strings.TrimFunc(text, python.IsSpace)
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 || digits == "" || len(digits) > python.MaxBits/4 {
		return nil, false
	}
	prefixes := map[int]string{2: "0b", 8: "0o", 16: "0x"}
	if p := prefixes[base]; p != "" && len(digits) > 2 && strings.EqualFold(digits[:2], p) {
		digits = digits[2:]
	}
	if base != 0 {
		if strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
			return nil, false
		}
		digits = strings.ReplaceAll(digits, "_", "")
	}
	if base < 0 || base == 1 || base > 36 || strings.ContainsAny(digits, "+-") {
		return nil, false
	}
	i, ok := new(big.Int).SetString(digits, base)
	if ok && text[0] == '-' {
		i.Neg(i)
	}
	return i, ok
}

func intFilter(c *plugin.Call) (value.Value, error) {
	dflt := c.Val(0, int64(0))
	base, err := c.Int(1, 10)
	if err != nil {
		return nil, err
	}
	if text, ok := value.Plain(c.In); ok {
		if i, ok := parseInt(text, int(base)); ok {
			return value.Int(i), nil
		}
	}
	if i, ok := python.Integer(c.In); ok {
		return value.Int(i), nil
	}
	f, ok := toNumber(c.In)
	if !ok || math.IsInf(f, 0) || math.IsNaN(f) {
		return dflt, nil
	}
	i, _ := new(big.Float).SetFloat64(f).Int(nil)
	return value.Int(i), nil
}

func roundFilter(c *plugin.Call) (value.Value, error) {
	prec, err := c.Int(0, 0)
	if err != nil {
		return nil, err
	}
	method, err := c.Str(1, "common")
	if err != nil {
		return nil, err
	}
	i, f, ok := python.Numeric(c.In)
	if !ok {
		return nil, fmt.Errorf("type %s doesn't define __round__ method", python.TypeName(c.In))
	}
	prec = max(-400, min(prec, 400))
	scale := math.Pow(10, float64(prec))
	switch method {
	case "common":
		if i != nil && prec >= 0 {
			return value.Int(i), nil
		}
		r := roundTo(python.ToFloat(i, f), int(prec))
		if i != nil {
			n, _ := new(big.Float).SetFloat64(r).Int(nil)
			return value.Int(n), nil
		}
		return r, nil
	case "ceil":
		return math.Ceil(python.ToFloat(i, f)*scale) / scale, nil
	case "floor":
		return math.Floor(python.ToFloat(i, f)*scale) / scale, nil
	}
	return nil, fmt.Errorf("method must be common, ceil or floor")
}

// roundTo is Python's round: to the nearest decimal, of the exact value, halves to even.
func roundTo(f float64, prec int) float64 {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return f
	}
	if prec < 0 {
		scale := math.Pow(10, float64(-prec))
		return math.RoundToEven(f/scale) * scale
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', prec, 64), 64)
	if err != nil {
		return f
	}
	return r
}

var sizeUnits = []struct {
	name string
	size float64
}{
	{"Y", 1 << 80}, {"Z", 1 << 70}, {"E", 1 << 60}, {"P", 1 << 50}, {"T", 1 << 40}, {"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"B", 1},
}

func humanReadable(c *plugin.Call) (value.Value, error) {
	size, ok := toNumber(c.In)
	if !ok {
		return nil, fmt.Errorf("human_readable() failed on bad input: %s", python.TypeName(c.In))
	}
	bits, err := c.Bool(0, false)
	if err != nil {
		return nil, err
	}
	unit := ""
	if text, ok := value.Plain(c.Val(1, nil)); ok {
		unit = strings.ToUpper(text)
	}
	base := "Bytes"
	if bits {
		base = "bits"
	}
	suffix, limit := "", 1.0
	for _, u := range sizeUnits {
		if unit == "" && size >= u.size || unit != "" && strings.HasPrefix(unit, u.name) {
			suffix, limit = u.name, u.size
			break
		}
	}
	if limit != 1 {
		suffix += base[:1]
	} else {
		suffix = base
	}
	return strconv.FormatFloat(size/limit, 'f', 2, 64) + " " + suffix, nil
}

var humanNumber = regexp.MustCompile(`^([0-9]*\.?[0-9]+)(?:\s*([A-Za-z]+))?\s*$`)

func humanToBytes(c *plugin.Call) (value.Value, error) {
	bits, err := c.Bool(1, false)
	if err != nil {
		return nil, err
	}
	m := humanNumber.FindStringSubmatch(strings.TrimSpace(c.Text()))
	if m == nil {
		return nil, fmt.Errorf("human_to_bytes() can't interpret following string: %s", c.Text())
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return nil, fmt.Errorf("human_to_bytes() can't interpret following number: %s", m[1])
	}
	unit := m[2]
	if text, ok := value.Plain(c.Val(0, nil)); ok && unit == "" {
		unit = text
	}
	if unit == "" {
		return int64(math.RoundToEven(n)), nil
	}
	for _, u := range sizeUnits {
		if !strings.EqualFold(unit[:1], u.name) {
			continue
		}
		rest := unit[1:]
		if u.name == "B" && rest != "" && !strings.EqualFold(unit, "bytes") && !strings.EqualFold(unit, "bits") && !strings.EqualFold(unit, "byte") && !strings.EqualFold(unit, "bit") {
			break
		}
		if u.name != "B" && rest != "" && rest != map[bool]string{false: "B", true: "b"}[bits] && !strings.EqualFold(rest, map[bool]string{false: "byte", true: "bit"}[bits]) && !strings.EqualFold(rest, map[bool]string{false: "bytes", true: "bits"}[bits]) {
			return nil, fmt.Errorf("human_to_bytes() failed to convert %s. Value is not a valid string (expect B or b in the end of the unit)", c.Text())
		}
		return int64(math.RoundToEven(n * u.size)), nil
	}
	return nil, fmt.Errorf("human_to_bytes() failed to convert %s (unit = %s). The suffix must be one of Y, Z, E, P, T, G, M, K, B", c.Text(), unit)
}

func fileSize(c *plugin.Call) (value.Value, error) {
	n, ok := toNumber(c.In)
	if !ok {
		return nil, fmt.Errorf("could not convert %s to float", python.TypeName(c.In))
	}
	binary, err := c.Bool(0, false)
	if err != nil {
		return nil, err
	}
	base, prefixes := 1000.0, []string{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}
	if binary {
		base, prefixes = 1024.0, []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}
	}
	switch {
	case n == 1:
		return "1 Byte", nil
	case n < base:
		return strconv.FormatInt(int64(n), 10) + " Bytes", nil
	}
	for i, p := range prefixes {
		unit := math.Pow(base, float64(i+2))
		if n < unit || i == len(prefixes)-1 {
			return strconv.FormatFloat(base*n/unit, 'f', 1, 64) + " " + p, nil
		}
	}
	return nil, nil
}
