package format

import "strings"

// CronCommand writes the command of a crontab line (crontab(5)): % ends the command unless a backslash precedes it.
//
// What cron makes of two backslashes in a row, or of one before an escaped %, differs between implementations.
func CronCommand(s string) (string, error) {
	const what = "command of a crontab"
	if err := line(what, s); err != nil {
		return "", err
	}
	switch {
	case strings.TrimLeft(s, " \t") == "":
		return "", invalid(what, "must not be empty")
	case strings.TrimLeft(s, " \t") != s:
		return "", invalid(what, "must not begin with a blank")
	case strings.Contains(s, `\\`), strings.Contains(s, `\%`):
		return "", invalid(what, `must not contain "\\" or "\%"`)
	}
	return strings.ReplaceAll(s, "%", `\%`), nil
}

// CronLine checks a line that is a crontab's already, with its own escapes: it stays one line.
func CronLine(s string) (string, error) {
	s = strings.TrimRight(s, "\n")
	return s, line("crontab line", s)
}
