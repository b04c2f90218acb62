package python

import (
	"fmt"
	"strings"
	"time"

	"pig/internal/value"
)

// Delta is Python's timedelta: what the difference of two times gives.
type Delta time.Duration

func (d Delta) TypeName() string { return "timedelta" }

// Split gives the parts that Python keeps: only days can be negative.
func (d Delta) Split() (days, seconds, micros int64) {
	us := int64(d) / 1000
	const day = 86400 * 1_000_000
	days = us / day
	if us%day < 0 {
		days--
	}
	us -= days * day
	return days, us / 1_000_000, us % 1_000_000
}

func (d Delta) String() string {
	days, seconds, micros := d.Split()
	text := ""
	switch {
	case days == 1 || days == -1:
		text = fmt.Sprintf("%d day, ", days)
	case days != 0:
		text = fmt.Sprintf("%d days, ", days)
	}
	text += fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	if micros != 0 {
		text += fmt.Sprintf(".%06d", micros)
	}
	return text
}

// addTimes is + and - where one operand is a time or a difference of times.
func addTimes(op string, a, b value.Value) (value.Value, error) {
	sign := time.Duration(1)
	if op == "-" {
		sign = -1
	}
	switch x := a.(type) {
	case time.Time:
		switch y := b.(type) {
		case Delta:
			return x.Add(sign * time.Duration(y)), nil
		case time.Time:
			if op == "-" {
				return Delta(x.Sub(y)), nil
			}
		}
	case Delta:
		switch y := b.(type) {
		case Delta:
			return x + Delta(sign)*y, nil
		case time.Time:
			if op == "+" {
				return y.Add(time.Duration(x)), nil
			}
		}
	case value.Date:
		if y, ok := b.(value.Date); ok && op == "-" {
			return Delta(DayTime(x).Sub(DayTime(y))), nil
		}
	}
	return nil, unsupported(op, a, b)
}

// DayTime is the start of a day.
func DayTime(d value.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Strftime is time.strftime of the C locale.
func Strftime(t time.Time, layout string) string {
	var b strings.Builder
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' || i+1 == len(layout) {
			b.WriteByte(layout[i])
			continue
		}
		i++
		pad := layout[i] != '-'
		if !pad && i+1 < len(layout) {
			i++
		}
		text := timeField(t, layout[i])
		if !pad {
			if text = strings.TrimLeft(text, "0 "); text == "" {
				text = "0"
			}
		}
		b.WriteString(text)
	}
	return b.String()
}

func timeField(t time.Time, c byte) string {
	if layout, ok := map[byte]string{
		'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'y': "06", 'B': "January", 'b': "Jan", 'h': "Jan",
		'A': "Monday", 'a': "Mon", 'p': "PM", 'I': "03", 'e': "_2", 'F': "2006-01-02", 'T': "15:04:05", 'R': "15:04",
		'D': "01/02/06", 'x': "01/02/06", 'X': "15:04:05", 'c': "Mon Jan _2 15:04:05 2006", 'r': "03:04:05 PM",
		'z': "-0700", 'Z': "MST", 'P': "pm",
	}[c]; ok {
		return t.Format(layout)
	}
	year, week := t.ISOWeek()
	switch c {
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay())
	case 'f':
		return fmt.Sprintf("%06d", t.Nanosecond()/1000)
	case 's':
		return fmt.Sprint(t.Unix())
	case 'u':
		return fmt.Sprint(int(t.Weekday()+6)%7 + 1)
	case 'w':
		return fmt.Sprint(int(t.Weekday()))
	case 'C':
		return fmt.Sprintf("%02d", t.Year()/100)
	case 'G':
		return fmt.Sprintf("%04d", year)
	case 'g':
		return fmt.Sprintf("%02d", year%100)
	case 'V':
		return fmt.Sprintf("%02d", week)
	case 'U':
		return fmt.Sprintf("%02d", (t.YearDay()+6-int(t.Weekday()))/7)
	case 'W':
		return fmt.Sprintf("%02d", (t.YearDay()+6-int(t.Weekday()+6)%7)/7)
	case 'k':
		return fmt.Sprintf("%2d", t.Hour())
	case 'l':
		return fmt.Sprintf("%2d", (t.Hour()+11)%12+1)
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case '%':
		return "%"
	}
	return "%" + string(c)
}
