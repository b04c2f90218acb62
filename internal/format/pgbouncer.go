package format

import (
	"regexp"
	"strings"
)

// PgbouncerUser writes a name or a password of userlist.txt: in double quotes, two of which stand for one.
func PgbouncerUser(s string) (string, error) {
	if err := line("field of userlist.txt", s); err != nil {
		return "", err
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`, nil
}

// plainPgbouncer are the keys that pgbouncer.ini takes.
var plainPgbouncer = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// PgbouncerKey checks the name of a database or a user that is the key of a line of pgbouncer.ini, which takes no quotes there.
func PgbouncerKey(s string) (string, error) {
	if !plainPgbouncer.MatchString(s) {
		return "", invalid("name in pgbouncer.ini", "only letters, digits, _, . and -")
	}
	return s, nil
}

// PgbouncerValue writes a value inside the connection string of a database: in single quotes, two of which stand for one.
func PgbouncerValue(s string) (string, error) {
	if plainPgbouncer.MatchString(s) || regexp.MustCompile(`^/[A-Za-z0-9_./-]*$`).MatchString(s) {
		return s, nil
	}
	if err := line("value of a database in pgbouncer.ini", s); err != nil {
		return "", err
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'", nil
}

// PgbouncerSetting checks the value of a setting of pgbouncer.ini, which goes up to the end of the line.
func PgbouncerSetting(s string) (string, error) {
	const what = "setting of pgbouncer.ini"
	if err := line(what, s); err != nil {
		return "", err
	}
	if strings.TrimSpace(s) != s {
		return "", invalid(what, "must not begin or end with a blank")
	}
	return s, nil
}

// PgpassField writes a field of a password file of libpq: backslashes and colons behind a backslash.
func PgpassField(s string) (string, error) {
	if err := line("field of a password file", s); err != nil {
		return "", err
	}
	return passwordFileEscapes.Replace(s), nil
}

var passwordFileEscapes = strings.NewReplacer(`\`, `\\`, ":", `\:`)
