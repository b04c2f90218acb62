package methods

import (
	"fmt"
	"math"
	"strings"
	"time"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func timeMethods() plugin.Table {
	t := plugin.Table{}
	add := func(name, params string, run func(t time.Time, c *plugin.Call) (value.Value, error)) {
		t.Add(name, params, plugin.IsMethod, func(c *plugin.Call) (value.Value, error) {
			at, ok := c.In.(time.Time)
			if !ok {
				at = python.DayTime(c.In.(value.Date))
			}
			return run(at, c)
		})
	}
	add("strftime", "format", func(t time.Time, c *plugin.Call) (value.Value, error) {
		layout, err := c.NeedStr(0)
		return python.Strftime(t, layout), err
	})
	add("isoformat", "sep", func(t time.Time, c *plugin.Call) (value.Value, error) {
		sep, err := c.Str(0, "T")
		if d, ok := c.In.(value.Date); ok {
			return d.String(), err
		}
		return strings.Replace(value.Str(t), " ", sep, 1), err
	})
	add("date", "", func(t time.Time, _ *plugin.Call) (value.Value, error) {
		return value.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, nil
	})
	add("timestamp", "", func(t time.Time, _ *plugin.Call) (value.Value, error) {
		return float64(t.UnixMicro()) / 1e6, nil
	})
	add("weekday", "", func(t time.Time, _ *plugin.Call) (value.Value, error) { return int64(t.Weekday()+6) % 7, nil })
	add("isoweekday", "", func(t time.Time, _ *plugin.Call) (value.Value, error) { return int64(t.Weekday()+6)%7 + 1, nil })
	return t
}

func numberMethods() plugin.Table {
	t := plugin.Table{}
	t.Add("bit_length", "", plugin.IsMethod, func(c *plugin.Call) (value.Value, error) {
		i, ok := python.Integer(c.In)
		if !ok {
			return nil, fmt.Errorf("'float' object has no attribute 'bit_length'")
		}
		return int64(i.BitLen()), nil
	})
	t.Add("is_integer", "", plugin.IsMethod, func(c *plugin.Call) (value.Value, error) {
		f, _ := python.Number(c.In)
		return f == math.Trunc(f), nil
	})
	return t
}

func bytesMethods() plugin.Table {
	t := plugin.Table{}
	t.Add("decode", "encoding errors", plugin.IsMethod, func(c *plugin.Call) (value.Value, error) {
		return string(c.In.(value.Bytes)), nil
	})
	t.Add("hex", "", plugin.IsMethod, func(c *plugin.Call) (value.Value, error) {
		return fmt.Sprintf("%x", []byte(c.In.(value.Bytes))), nil
	})
	return t
}
