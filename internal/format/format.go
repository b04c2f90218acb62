// Package format writes values into the files of other programs, one file of code for each format.
//
// Each function gives the text that the program reads back as exactly the value that went in. A value that the format
// cannot hold, such as a newline where there is no escape for one, is an error: nothing is cut, dropped or pasted as it is.
package format

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Serializer writes one value in a format.
type Serializer func(value string) (string, error)

// Serializers are those that templates use, by the names of their filters.
func Serializers() map[string]Serializer {
	return map[string]Serializer{
		"word":              Word,
		"line":              Line,
		"chrony_source":     ChronySource,
		"account":           Account,
		"systemd_quote":     SystemdWord,
		"systemd_env_quote": SystemdAssignment,
		"systemd_text":      SystemdText,
		"env_quote":         Environment,
		"env_word":          EnvironmentWord,
		"cron_quote":        CronCommand,
		"cron_line":         CronLine,
		"hosts_line":        HostsLine,
		"ini_quote":         GrafanaValue,
		"ini_value":         INIValue,
		"ini_name":          ININame,
		"alias_name":        AliasName,
		"haproxy_quote":     HAProxyWord,
		"haproxy_line":      HAProxyLine,
		"htpasswd_user":     HtpasswdUser,
		"keepalived_quote":  KeepalivedWord,
		"nginx_quote":       NginxWord,
		"redis_quote":       RedisWord,
		"pgbouncer_quote":   PgbouncerUser,
		"pgbouncer_key":     PgbouncerKey,
		"pgbouncer_value":   PgbouncerValue,
		"pgbouncer_setting": PgbouncerSetting,
		"pgpass_quote":      PgpassField,
		"rsyslog_quote":     RsyslogString,
	}
}

// invalid says which rule of the format the value breaks. The value itself may be a secret, and is not shown.
func invalid(what, rule string) error { return fmt.Errorf("invalid %s: %s", what, rule) }

// text refuses what no format of lines can hold: bytes that are no UTF-8, and the byte 0.
func text(what, s string) error {
	switch {
	case !utf8.ValidString(s):
		return invalid(what, "must be UTF-8")
	case strings.ContainsRune(s, 0):
		return invalid(what, "must not contain a NUL byte")
	}
	return nil
}

// line refuses what a single line cannot hold besides.
func line(what, s string) error {
	if err := text(what, s); err != nil {
		return err
	}
	if i := strings.IndexFunc(s, control); i >= 0 {
		return invalid(what, fmt.Sprintf("must not contain the control character %q", s[i:i+1]))
	}
	return nil
}

// control tells the characters that end a line or that terminals act on. A tab is text.
func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
