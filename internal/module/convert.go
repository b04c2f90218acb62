package module

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"pig/internal/value"
)

// convert makes v what an argument of type t wants, as leniently as Ansible: "yes" is true, "5432" is a number, a text
// with commas is a list.
func convert(v value.Value, t Type) (value.Value, error) {
	switch t {
	case Raw, Mode:
		return v, nil
	case Bool:
		return toBool(v)
	case Int:
		return toInt(v)
	case Float:
		return toFloat(v)
	case List:
		return toList(v)
	case Dict:
		return toDict(v)
	}
	switch v.(type) {
	case *value.Dict, *value.List:
		// Ansible turns containers into their JSON-like text; a file's content is the usual case.
		return value.Str(v), nil
	}
	if _, ok := value.Plain(v); ok {
		return v, nil
	}
	return value.Str(v), nil
}

func toBool(v value.Value) (value.Value, error) {
	switch b := v.(type) {
	case bool:
		return b, nil
	case int64:
		if b == 0 || b == 1 {
			return b == 1, nil
		}
	case float64:
		if b == 0 || b == 1 {
			return b == 1, nil
		}
	}
	if s, ok := value.Plain(v); ok {
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "y", "yes", "on", "1", "true", "t", "1.0":
			return true, nil
		case "n", "no", "off", "0", "false", "f", "0.0":
			return false, nil
		}
	}
	return nil, fmt.Errorf("invalid value %q: want a boolean", value.Display(v))
}

func toInt(v value.Value) (value.Value, error) {
	switch n := v.(type) {
	case int64:
		return n, nil
	case *big.Int:
		return nil, fmt.Errorf("invalid value %s: too large for a whole number", n)
	case float64:
		if n == math.Trunc(n) {
			return int64(n), nil
		}
	case bool:
		if n {
			return int64(1), nil
		}
		return int64(0), nil
	}
	if s, ok := value.Plain(v); ok {
		if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
			return n, nil
		}
	}
	return nil, fmt.Errorf("invalid value %q: want a whole number", value.Display(v))
}

func toFloat(v value.Value) (value.Value, error) {
	switch n := v.(type) {
	case float64:
		return n, nil
	case int64:
		return float64(n), nil
	}
	if s, ok := value.Plain(v); ok {
		if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
			return f, nil
		}
	}
	return nil, fmt.Errorf("invalid value %q: want a number", value.Display(v))
}

func toList(v value.Value) (value.Value, error) {
	switch l := v.(type) {
	case *value.List:
		return l, nil
	case value.Tuple:
		return value.NewList(l...), nil
	case *value.Dict:
		return nil, fmt.Errorf("invalid value: want a list, not a mapping")
	}
	s := value.Str(v)
	l := value.NewList()
	if s == "" {
		return l, nil
	}
	for item := range strings.SplitSeq(s, ",") {
		l.Append(strings.TrimSpace(item))
	}
	return l, nil
}

func toDict(v value.Value) (value.Value, error) {
	if d, ok := v.(*value.Dict); ok {
		return d, nil
	}
	s, ok := value.Plain(v)
	if !ok {
		return nil, fmt.Errorf("invalid value %q: want a mapping", value.Display(v))
	}
	if strings.HasPrefix(strings.TrimSpace(s), "{") {
		parsed, err := value.ParseJSON([]byte(s))
		if d, ok := parsed.(*value.Dict); ok && err == nil {
			return d, nil
		}
		return nil, fmt.Errorf("invalid value: want a JSON object in the braces")
	}
	d := value.NewDict()
	for _, pair := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		k, val, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("invalid value %q: want a mapping", value.Display(v))
		}
		d.Set(k, val)
	}
	return d, nil
}
