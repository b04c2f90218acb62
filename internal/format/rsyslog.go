package format

import "strings"

// RsyslogString writes a string of rsyslog.conf (RainerScript), in double quotes. Within statements "$" begins a variable,
// within objects it cannot be escaped, so a value that has one has no form that is right in both.
func RsyslogString(s string) (string, error) {
	const what = "string of rsyslog.conf"
	if err := line(what, s); err != nil {
		return "", err
	}
	if strings.ContainsRune(s, '$') {
		return "", invalid(what, `must not contain "$"`)
	}
	return `"` + rsyslogEscapes.Replace(s) + `"`, nil
}

var rsyslogEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
