package format

import "strings"

// Environment writes the value of NAME=value in an EnvironmentFile= (systemd.exec(5)), which is what /etc/default holds.
// The form is one that a shell reads alike: in double quotes, with a backslash before " \ ` $.
func Environment(s string) (string, error) {
	const what = "value of an environment file"
	if err := text(what, s); err != nil {
		return "", err
	}
	for _, r := range s {
		if control(r) && r != '\n' { // systemd drops the variable then
			return "", invalid(what, "must not contain control characters")
		}
	}
	return `"` + shellEscapes.Replace(s) + `"`, nil
}

// EnvironmentWord writes one argument inside of a variable that a unit names as $ARGS: systemd splits that value into words
// at blanks, outside of quotes. The whole of the words still has to go through Environment.
func EnvironmentWord(s string) (string, error) {
	if err := text("argument in an environment file", s); err != nil {
		return "", err
	}
	if s != "" && strings.Trim(s, plain) == "" {
		return s, nil
	}
	return `"` + environmentEscapes.Replace(s) + `"`, nil
}

// plain are the characters that mean themselves everywhere.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=.,:/@+"

var shellEscapes = strings.NewReplacer(`"`, `\"`, `\`, `\\`, "`", "\\`", "$", `\$`)

var environmentEscapes = strings.NewReplacer(`"`, `\"`, `\`, `\\`)
