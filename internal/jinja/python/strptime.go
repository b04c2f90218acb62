package python

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parsedTime collects the fields of a time that is read.
type parsedTime struct {
	year, month, day, hour, minute, second, micro int
	pm                                            int // -1 not given, 0 AM, 1 PM
	zone                                          *time.Location
}

// Strptime is Python's datetime.strptime.
func Strptime(s, layout string) (time.Time, error) {
	p := parsedTime{year: 1900, month: 1, day: 1, pm: -1, zone: time.UTC}
	rest := s
	mismatch := func() error {
		return fmt.Errorf("time data '%s' does not match format '%s'", s, layout)
	}
	for i := 0; i < len(layout); i++ {
		c := layout[i]
		switch {
		case c == '%' && i+1 < len(layout):
			i++
			var ok bool
			if rest, ok = p.field(layout[i], rest); !ok {
				return time.Time{}, mismatch()
			}
		case IsSpace(rune(c)):
			rest = strings.TrimLeftFunc(rest, IsSpace)
		case rest == "" || rest[0] != c:
			return time.Time{}, mismatch()
		default:
			rest = rest[1:]
		}
	}
	if rest != "" {
		return time.Time{}, fmt.Errorf("unconverted data remains: %s", rest)
	}
	if p.pm >= 0 {
		p.hour = p.hour%12 + 12*p.pm
	}
	t := time.Date(p.year, time.Month(p.month), p.day, p.hour, p.minute, p.second, p.micro*1000, p.zone)
	if t.Day() != p.day {
		return time.Time{}, fmt.Errorf("day is out of range for month")
	}
	return t, nil
}

// field reads one conversion from s.
func (p *parsedTime) field(c byte, s string) (rest string, ok bool) {
	number := func(to *int, width, low, high int) (string, bool) {
		n := 0
		for n < len(s) && n < width && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		v, err := strconv.Atoi(s[:n])
		*to = v
		return s[n:], err == nil && v >= low && v <= high
	}
	switch c {
	case 'Y':
		return number(&p.year, 4, 1, 9999)
	case 'm':
		return number(&p.month, 2, 1, 12)
	case 'd':
		return number(&p.day, 2, 1, 31)
	case 'H':
		return number(&p.hour, 2, 0, 23)
	case 'I':
		return number(&p.hour, 2, 1, 12)
	case 'M':
		return number(&p.minute, 2, 0, 59)
	case 'S':
		return number(&p.second, 2, 0, 61)
	case 'y':
		rest, ok = number(&p.year, 2, 0, 99)
		if p.year += 1900; p.year < 1969 {
			p.year += 100
		}
		return rest, ok
	case 'j':
		p.month = 1
		return number(&p.day, 3, 1, 366)
	case 'f':
		start := s
		rest, ok = number(&p.micro, 6, 0, 999999)
		for n := len(start) - len(rest); n < 6; n++ {
			p.micro *= 10
		}
		return rest, ok
	case 'F':
		return p.many("Y-m-d", s)
	case 'T':
		return p.many("H:M:S", s)
	case 'p':
		return p.half(s)
	case 'b', 'B', 'h':
		return p.monthName(s)
	case 'a', 'A':
		return dayName(s)
	case 'z', 'Z':
		return p.offset(s)
	case '%':
		return strings.TrimPrefix(s, "%"), strings.HasPrefix(s, "%")
	}
	return s, false
}

func (p *parsedTime) many(fields, s string) (string, bool) {
	for i := range len(fields) {
		var ok bool
		if i%2 == 0 {
			s, ok = p.field(fields[i], s)
		} else {
			s, ok = strings.CutPrefix(s, fields[i:i+1])
		}
		if !ok {
			return s, false
		}
	}
	return s, true
}

func (p *parsedTime) half(s string) (string, bool) {
	if len(s) < 2 {
		return s, false
	}
	switch strings.ToUpper(s[:2]) {
	case "AM":
		p.pm = 0
	case "PM":
		p.pm = 1
	default:
		return s, false
	}
	return s[2:], true
}

// named cuts the name of one of n things from s: the whole name or its first three letters.
func named(s string, n int, name func(i int) string) (i int, rest string, ok bool) {
	for i := range n {
		full := name(i)
		for _, text := range []string{full, full[:3]} {
			if len(s) >= len(text) && strings.EqualFold(s[:len(text)], text) {
				return i, s[len(text):], true
			}
		}
	}
	return 0, s, false
}

func (p *parsedTime) monthName(s string) (string, bool) {
	i, rest, ok := named(s, 12, func(i int) string { return time.Month(i + 1).String() })
	p.month = i + 1
	return rest, ok
}

func dayName(s string) (string, bool) {
	_, rest, ok := named(s, 7, func(i int) string { return time.Weekday(i).String() })
	return rest, ok
}

func (p *parsedTime) offset(s string) (string, bool) {
	for _, name := range []string{"UTC", "GMT", "Z"} {
		if rest, ok := strings.CutPrefix(s, name); ok {
			return rest, true
		}
	}
	for _, layout := range []string{"-07:00", "-0700"} {
		if len(s) < len(layout) {
			continue
		}
		if t, err := time.Parse(layout, s[:len(layout)]); err == nil {
			p.zone = t.Location()
			return s[len(layout):], true
		}
	}
	return s, false
}
