package guc

import (
	"math"
	"regexp"
	"strings"
)

// Same tells whether two texts are the same value of a setting: 16MB is 16384kB, yes is on, and blanks around the commas of a list
// mean nothing.
func (s Setting) Same(a, b string) bool {
	if a == b {
		return true
	}
	switch s.Type {
	case Bool, EnumBool:
		if boolean(a) && boolean(b) {
			return truth(a) == truth(b)
		}
		return strings.EqualFold(a, b)
	case Enum:
		return strings.EqualFold(a, b)
	case Integer, Real:
		x, okX := s.amount(a)
		y, okY := s.amount(b)
		return okX && okY && math.Abs(x-y) <= 1e-9*math.Max(math.Abs(x), math.Abs(y))
	}
	return SameText(a, b)
}

func truth(text string) bool {
	switch strings.ToLower(text) {
	case "on", "true", "yes", "1":
		return true
	}
	return false
}

// amount is a number in the setting's own units.
func (s Setting) amount(text string) (float64, bool) {
	n, unit, err := figureOf(text, s.Type == Integer)
	if err != nil {
		return 0, false
	}
	if unit != "" {
		factor, ok := s.factor(unit)
		if !ok {
			return 0, false
		}
		n *= factor
	}
	if s.Type == Integer {
		n = math.RoundToEven(n)
	}
	return n, true
}

var separators = regexp.MustCompile(`\s*,\s*`)

// SameText compares texts, and lists of names: pg_stat_statements, auto_explain.
func SameText(a, b string) bool {
	return separators.ReplaceAllString(strings.TrimSpace(a), ",") == separators.ReplaceAllString(strings.TrimSpace(b), ",")
}
