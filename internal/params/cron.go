package params

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// cronField is one of the five times of a line of a crontab. Names stand for numbers from the lowest on.
type cronField struct {
	low, high int
	names     []string
}

var cronFields = []cronField{
	{0, 59, nil}, {0, 23, nil}, {1, 31, nil},
	{1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{0, 7, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

var (
	cronNicknames  = []string{"@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
	cronAssignment = regexp.MustCompile(`^\w+\s*=`)
	cronDigits     = regexp.MustCompile(`^\d{1,4}$`)
	cronUser       = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$`)
)

// isCronLine takes a line of a crontab with at least so many words after its times: a command, and before it the user in the crontab of the
// system. An empty line, a comment and NAME=value are lines, too. One line that cron cannot read makes it ignore the file.
func isCronLine(s string, after int) bool {
	s = strings.TrimSpace(s)
	words := strings.Fields(s)
	if !oneLine(s) {
		return false
	}
	if len(words) == 0 || strings.HasPrefix(s, "#") || cronAssignment.MatchString(s) {
		return true
	}
	times := len(cronFields)
	if strings.HasPrefix(words[0], "@") {
		times = 1
	}
	if len(words) < times+after {
		return false
	}
	rest := words[times:]
	if after == 1 && strings.HasPrefix(rest[0], "*") || after == 2 && !cronUser.MatchString(rest[0]) {
		return false // a sixth time, or a command where the user is meant
	}
	if times == 1 {
		return slices.Contains(cronNicknames, words[0])
	}
	for i, field := range cronFields {
		if !field.takes(words[i]) {
			return false
		}
	}
	return true
}

// takes tells whether Debian's cron reads a list of times, and reads it as it is meant: what follows a range that has ended goes unread, and
// a range that ends before it begins never comes (get_range in entry.c of cron 3.0).
func (f cronField) takes(list string) bool {
	for part := range strings.SplitSeq(list, ",") {
		times, step, stepped := strings.Cut(part, "/")
		first, last, isRange := strings.Cut(times, "-")
		low, ok := f.number(first)
		switch {
		case stepped && (!isRange && times != "*" || !cronDigits.MatchString(step) || strings.Trim(step, "0") == ""):
			return false
		case times == "*":
			continue
		case !ok:
			return false
		}
		if high, ok := f.number(last); isRange && (!ok || high < low) {
			return false
		}
	}
	return true
}

// number is the number that a word of a field stands for.
func (f cronField) number(word string) (n int, ok bool) {
	if at := slices.Index(f.names, strings.ToLower(word)); at >= 0 {
		return f.low + at, true
	}
	n, err := strconv.Atoi(word)
	return n, err == nil && cronDigits.MatchString(word) && n >= f.low && n <= f.high
}
