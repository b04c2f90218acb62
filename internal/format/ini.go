package format

import (
	"regexp"
	"strings"
)

// INIValue checks a value of the INI files whose values stand as they are up to the end of the line: pgbackrest.conf,
// pg_service.conf, odbc. They have no quotes and no comments behind values.
func INIValue(s string) (string, error) {
	const what = "value of an INI file"
	if err := line(what, s); err != nil {
		return "", err
	}
	if strings.TrimSpace(s) != s {
		return "", invalid(what, "must not begin or end with a blank")
	}
	return s, nil
}

var iniName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// ININame checks the name of a section or an option of an INI file: there are no quotes for them.
func ININame(s string) (string, error) {
	if !iniName.MatchString(s) {
		return "", invalid("name of an INI file", "want letters, digits, _, . and -")
	}
	return s, nil
}

// expands is what Grafana replaces in a value, in quotes too: ${NAME}, $__file{path}, %(key)s.
var expands = regexp.MustCompile(`\$\{|\$__\w+\{|%\([^)]*\)s`)

// GrafanaValue writes a value of grafana.ini, where # and ; begin a comment in the middle of a line: in triple quotes, as
// Grafana's manual says. What it would replace cannot be escaped.
func GrafanaValue(s string) (string, error) {
	const what = "value of grafana.ini"
	if err := line(what, s); err != nil {
		return "", err
	}
	switch {
	case strings.Contains(s, `"""`), strings.HasSuffix(s, `"`):
		return "", invalid(what, `must not end with a double quote or contain three of them`)
	case expands.MatchString(s):
		return "", invalid(what, `must not contain "${", "$__NAME{" or "%(NAME)s"`)
	}
	return `"""` + s + `"""`, nil
}
