package guc

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Check tells what is wrong with a value, as a rule that the value breaks: "must be on or off"; nil if nothing is.
func (s Setting) Check(text string) error {
	switch s.Type {
	case Bool:
		if !boolean(text) {
			return fmt.Errorf("must be on or off")
		}
	case Enum, EnumBool:
		if s.Type == EnumBool && boolean(text) || slices.Contains(s.Values, strings.ToLower(text)) {
			return nil
		}
		values := slices.Clone(s.Values)
		if s.Type == EnumBool {
			values = append([]string{"on", "off"}, values...)
		}
		return fmt.Errorf("must be one of %s", strings.Join(values, ", "))
	case Integer, Real:
		return s.number(text)
	}
	return words(s.Name, text)
}

// boolean tells whether a text is a boolean for the server and for Patroni, which takes no abbreviations.
func boolean(text string) bool {
	return slices.Contains([]string{"on", "off", "true", "false", "yes", "no", "1", "0"}, strings.ToLower(text))
}

// numeral is a number as strtol and strtod read it, then blanks, then a unit.
var numeral = regexp.MustCompile(`^\s*([+-]?(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))\s*([a-zA-Z]*)\s*$`)

var based = regexp.MustCompile(`^[+-]?0[0-9xX]`)

// figureOf reads a number and the unit after it. Whole ones may be octal or hexadecimal.
func figureOf(text string, whole bool) (n float64, unit string, err error) {
	m := numeral.FindStringSubmatch(text)
	if m == nil {
		return 0, "", strconv.ErrSyntax
	}
	if whole && based.MatchString(m[1]) && !strings.ContainsAny(m[1], ".eE") || strings.ContainsAny(m[1], "xX") {
		var i int64
		i, err = strconv.ParseInt(m[1], 0, 64)
		return float64(i), m[2], err
	}
	n, err = strconv.ParseFloat(m[1], 64)
	return n, m[2], err
}

func (s Setting) number(text string) error {
	n, unit, err := figureOf(text, s.Type == Integer)
	if err != nil {
		return fmt.Errorf("must be %s", s.want())
	}
	if unit != "" {
		factor, ok := s.factor(unit)
		if !ok {
			return fmt.Errorf("must be %s: unknown unit %q", s.want(), unit)
		}
		n *= factor
	}
	if s.Type == Integer {
		n = math.RoundToEven(n)
	}
	switch {
	case n < s.Min && s.Max >= huge:
		return fmt.Errorf("must be at least %s", s.figure(s.Min))
	case n < s.Min || n > s.Max:
		return fmt.Errorf("must be between %s and %s", s.figure(s.Min), s.figure(s.Max))
	}
	return nil
}

// want describes the numbers that a setting takes.
func (s Setting) want() string {
	kind := "a number"
	if s.Type == Integer {
		kind = "a whole number"
	}
	switch units := s.units(); {
	case units == nil:
		return kind
	default:
		return fmt.Sprintf("%s with a unit of %s, or of %s without one", kind, strings.Join(units, ", "), s.Unit)
	}
}

var (
	sizes = []string{"B", "kB", "MB", "GB", "TB"}
	spans = []string{"us", "ms", "s", "min", "h", "d"}
	// inBytes and inMicroseconds are what a unit is worth.
	inBytes        = map[string]float64{"B": 1, "kB": 1 << 10, "8kB": 8 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}
	inMicroseconds = map[string]float64{"us": 1, "ms": 1e3, "s": 1e6, "min": 60e6, "h": 3600e6, "d": 86400e6}
)

func (s Setting) units() []string {
	switch {
	case inBytes[s.Unit] > 0:
		return sizes
	case inMicroseconds[s.Unit] > 0:
		return spans
	}
	return nil
}

// factor is how many of the setting's own units one of unit is.
func (s Setting) factor(unit string) (float64, bool) {
	if !slices.Contains(s.units(), unit) {
		return 0, false
	}
	if own := inBytes[s.Unit]; own > 0 {
		return inBytes[unit] / own, true
	}
	return inMicroseconds[unit] / inMicroseconds[s.Unit], true
}

// huge stands for no maximum.
const huge = 1e300

// figure is a number of the setting's units.
func (s Setting) figure(n float64) string {
	unit := s.Unit
	if unit == "8kB" {
		n, unit = 8*n, "kB"
	}
	return strconv.FormatFloat(n, 'f', -1, 64) + unit
}
