package jinja

import (
	"fmt"
	"math"
	"strings"
	"time"

	"pig/internal/value"
)

func timeMethods() table {
	t := table{}
	add := func(name, params string, run func(t time.Time, c *call) (value.Value, error)) {
		t.add(name, params, isMethod, func(c *call) (value.Value, error) {
			at, ok := c.in.(time.Time)
			if !ok {
				at = dayTime(c.in.(value.Date))
			}
			return run(at, c)
		})
	}
	add("strftime", "format", func(t time.Time, c *call) (value.Value, error) {
		layout, err := c.needStr(0)
		return strftime(t, layout), err
	})
	add("isoformat", "sep", func(t time.Time, c *call) (value.Value, error) {
		sep, err := c.str(0, "T")
		if d, ok := c.in.(value.Date); ok {
			return d.String(), err
		}
		return strings.Replace(value.Str(t), " ", sep, 1), err
	})
	add("date", "", func(t time.Time, _ *call) (value.Value, error) {
		return value.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, nil
	})
	add("timestamp", "", func(t time.Time, _ *call) (value.Value, error) {
		return float64(t.UnixMicro()) / 1e6, nil
	})
	add("weekday", "", func(t time.Time, _ *call) (value.Value, error) { return int64(t.Weekday()+6) % 7, nil })
	add("isoweekday", "", func(t time.Time, _ *call) (value.Value, error) { return int64(t.Weekday()+6)%7 + 1, nil })
	return t
}

func numberMethods() table {
	t := table{}
	t.add("bit_length", "", isMethod, func(c *call) (value.Value, error) {
		i, ok := integer(c.in)
		if !ok {
			return nil, fmt.Errorf("'float' object has no attribute 'bit_length'")
		}
		return int64(i.BitLen()), nil
	})
	t.add("is_integer", "", isMethod, func(c *call) (value.Value, error) {
		f, _ := number(c.in)
		return f == math.Trunc(f), nil
	})
	return t
}

func bytesMethods() table {
	t := table{}
	t.add("decode", "encoding errors", isMethod, func(c *call) (value.Value, error) {
		return string(c.in.(value.Bytes)), nil
	})
	t.add("hex", "", isMethod, func(c *call) (value.Value, error) {
		return fmt.Sprintf("%x", []byte(c.in.(value.Bytes))), nil
	})
	return t
}
