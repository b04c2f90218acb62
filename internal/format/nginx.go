package format

import (
	"regexp"
	"strings"
)

// plainNginx are the words of nginx.conf that mean themselves without quotes.
var plainNginx = regexp.MustCompile(`^[A-Za-z0-9_./:,*@=+-]+$`)

// NginxWord writes one argument of a directive of nginx.conf: in double quotes, with a backslash before " and \. A "$" begins a
// variable in the arguments of most directives, and nginx has no escape for one.
func NginxWord(s string) (string, error) {
	const what = "argument in nginx.conf"
	if err := line(what, s); err != nil {
		return "", err
	}
	switch {
	case strings.ContainsRune(s, '$'):
		return "", invalid(what, `must not contain "$"`)
	case plainNginx.MatchString(s):
		return s, nil
	}
	return `"` + nginxEscapes.Replace(s) + `"`, nil
}

// HtpasswdUser checks a user name of a password file of nginx, and of a login by HTTP at all: a colon ends it.
func HtpasswdUser(s string) (string, error) {
	const what = "user name of an HTTP login"
	if err := line(what, s); err != nil {
		return "", err
	}
	switch {
	case s == "" || strings.ContainsRune(s, ':'):
		return "", invalid(what, `must not be empty or contain ":"`)
	case strings.HasPrefix(s, "#"):
		return "", invalid(what, `must not begin with "#"`)
	}
	return s, nil
}

var nginxEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
