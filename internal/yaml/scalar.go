package yaml

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pig/internal/value"
)

// The forms of plain scalars, from the implicit resolvers of PyYAML (resolver.py), which are those of the YAML 1.1 type
// repository but for y and n.
var (
	intForm = regexp.MustCompile(`^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+` +
		`|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$`)
	floatForm = regexp.MustCompile(`^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?` +
		`|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
	dateForm = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)$`)
	timeForm = regexp.MustCompile(`^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?` +
		`(?:[ \t]*(?:(Z)|([-+])(\d\d?)(?::(\d\d))?))?$`)
)

// Plain is what an unquoted scalar means: nil, bool, int64, *big.Int, float64, value.Date, time.Time or the text itself.
// The error is for a text that has the form of a date and is none.
func Plain(text string) (value.Value, error) {
	if text == "" {
		return nil, nil
	}
	switch text[0] {
	case '~', 'n', 'N', 'y', 'Y', 't', 'T', 'f', 'F', 'o', 'O':
		return plainWord(text), nil
	case '-', '+', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return plainNumber(text)
	}
	return text, nil
}

func plainWord(text string) value.Value {
	switch text {
	case "~", "null", "Null", "NULL":
		return nil
	case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true
	case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false
	}
	return text
}

func plainNumber(text string) (value.Value, error) {
	if small, ok := smallInt(text); ok {
		return small, nil
	}
	switch {
	case floatForm.MatchString(text):
		return floatOf(text), nil
	case intForm.MatchString(text):
		if i, ok := intOf(text); ok {
			return i, nil
		}
	case dateForm.MatchString(text):
		return dateOf(dateForm.FindStringSubmatch(text))
	case timeForm.MatchString(text):
		return timeOf(timeForm.FindStringSubmatch(text))
	}
	return text, nil
}

// smallInt spares the regular expressions for what most numbers are.
func smallInt(text string) (int64, bool) {
	if len(text) > 15 || text[0] < '1' || text[0] > '9' {
		return 0, text == "0"
	}
	var n int64
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(text[i]-'0')
	}
	return n, true
}

// intOf is PyYAML's construct_yaml_int.
func intOf(text string) (value.Value, bool) {
	text = strings.ReplaceAll(text, "_", "")
	negative := strings.HasPrefix(text, "-")
	text = strings.TrimLeft(text, "-+")
	n, ok := new(big.Int), true
	switch {
	case strings.HasPrefix(text, "0b"):
		n, ok = n.SetString(text[2:], 2)
	case strings.HasPrefix(text, "0x"):
		n, ok = n.SetString(text[2:], 16)
	case text != "0" && text[0] == '0':
		n, ok = n.SetString(text, 8)
	case strings.Contains(text, ":"):
		for part := range strings.SplitSeq(text, ":") {
			digit, _ := new(big.Int).SetString(part, 10)
			n.Add(n.Mul(n, big.NewInt(60)), digit)
		}
	default:
		n, ok = n.SetString(text, 10)
	}
	if !ok {
		return nil, false
	}
	if negative {
		n.Neg(n)
	}
	return value.Int(n), true
}

// floatOf is PyYAML's construct_yaml_float.
func floatOf(text string) float64 {
	text = strings.ToLower(strings.ReplaceAll(text, "_", ""))
	sign := 1.0
	if strings.HasPrefix(text, "-") {
		sign = -1
	}
	text = strings.TrimLeft(text, "-+")
	switch {
	case text == ".inf":
		return math.Inf(int(sign))
	case text == ".nan":
		return math.NaN()
	case strings.Contains(text, ":"):
		sum := 0.0
		for part := range strings.SplitSeq(text, ":") {
			digit, _ := strconv.ParseFloat(part, 64)
			sum = sum*60 + digit
		}
		return sign * sum
	}
	f, _ := strconv.ParseFloat(text, 64) // out of range is infinity, in Python too
	return sign * f
}

// base60 tells whether a text that reads as a number does so only because YAML 1.1 counts in sixties.
func base60(text string) bool {
	return strings.Contains(text, ":") && (intForm.MatchString(text) || floatForm.MatchString(text))
}

func dateOf(m []string) (value.Value, error) {
	d := value.Date{Year: number(m[1]), Month: time.Month(number(m[2])), Day: number(m[3])}
	if !validDay(d.Year, int(d.Month), d.Day) {
		return nil, fmt.Errorf("invalid date %s: not a day of the calendar", m[0])
	}
	return d, nil
}

func timeOf(m []string) (value.Value, error) {
	hour, minute, second := number(m[4]), number(m[5]), number(m[6])
	if !validDay(number(m[1]), number(m[2]), number(m[3])) || hour > 23 || minute > 59 || second > 59 {
		return nil, fmt.Errorf("invalid time %s: out of range", m[0])
	}
	micros := number((m[7] + "000000")[:6])
	// A time without a zone is kept in time.UTC itself. One that names UTC has a location of its own, as Python prints
	// +00:00 only for it.
	loc := time.UTC
	switch {
	case m[8] == "Z":
		loc = time.FixedZone("Z", 0)
	case m[9] != "":
		offset := number(m[10])*3600 + number(m[11])*60
		if m[9] == "-" {
			offset = -offset
		}
		loc = time.FixedZone(m[9]+m[10], offset)
	}
	return time.Date(number(m[1]), time.Month(number(m[2])), number(m[3]), hour, minute, second, micros*1000, loc), nil
}

func validDay(year, month, day int) bool {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return year >= 1 && t.Year() == year && int(t.Month()) == month && t.Day() == day
}

// number reads digits; none are zero.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
