package runtime

import (
	"time"

	"pig/internal/jinja/python"
	"pig/internal/value"
)

// deltaAttr is an attribute or method of a difference of times.
func deltaAttr(d python.Delta, name string) (value.Value, bool) {
	days, seconds, micros := d.Split()
	switch name {
	case "days":
		return days, true
	case "seconds":
		return seconds, true
	case "microseconds":
		return micros, true
	case "total_seconds":
		return simple(name, func() value.Value { return time.Duration(d).Seconds() }), true
	}
	return nil, false
}

// timeAttr is an attribute of a date or time.
func (f *frame) timeAttr(obj value.Value, name string) (value.Value, bool) {
	var t time.Time
	switch x := obj.(type) {
	case time.Time:
		t = x
	case value.Date:
		t = python.DayTime(x)
	default:
		return nil, false
	}
	switch name {
	case "year":
		return int64(t.Year()), true
	case "month":
		return int64(t.Month()), true
	case "day":
		return int64(t.Day()), true
	case "hour":
		return int64(t.Hour()), true
	case "minute":
		return int64(t.Minute()), true
	case "second":
		return int64(t.Second()), true
	case "microsecond":
		return int64(t.Nanosecond() / 1000), true
	}
	return f.method(f.r.s.e.methods.Time, obj, name)
}
