package format

import (
	"fmt"
	"strings"
)

// ShellWord writes one word for a POSIX shell. Templates have Ansible's filter quote for it.
func ShellWord(s string) (string, error) {
	if strings.ContainsRune(s, 0) {
		return "", invalid("shell word", "must not contain a NUL byte")
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'", nil
}

// ShlexWord writes one word for a POSIX shell, quoted only where it has to be, to the letter as Python's shlex.quote does.
func ShlexWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./-_", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
}

// AliasName checks the name of a shell alias: POSIX allows these characters, and shells do not quote such a name.
func AliasName(s string) (string, error) {
	if s == "" || s[0] == '-' || strings.Trim(s, plainAlias) != "" {
		return "", fmt.Errorf("invalid alias name %q: letters, digits, \"_\", \"-\", \".\", \"!\", \"%%\", \",\" and \"@\" are allowed", s)
	}
	return s, nil
}

const plainAlias = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.!%,@"
