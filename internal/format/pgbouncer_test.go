package format

import (
	"strings"
	"testing"
)

// doubled reads text in quotes of which two stand for one, as pgbouncer reads userlist.txt, keys and connection strings.
func doubled(quote string) func(string) string {
	return func(s string) string {
		if len(s) < 2 || !strings.HasPrefix(s, quote) || !strings.HasSuffix(s, quote) {
			return s
		}
		in := s[1 : len(s)-1]
		if strings.Contains(strings.ReplaceAll(in, quote+quote, ""), quote) {
			return "ended early"
		}
		return strings.ReplaceAll(in, quote+quote, quote)
	}
}

func TestPgbouncer(t *testing.T) {
	t.Parallel()
	roundTrip(t, PgbouncerUser, doubled(`"`), isLine)
	roundTrip(t, PgbouncerKey, func(s string) string { return s }, func(s string) bool { return plainPgbouncer.MatchString(s) })
	roundTrip(t, PgbouncerValue, doubled(`'`), isLine)
	roundTrip(t, PgbouncerSetting, strings.TrimSpace, func(s string) bool { return isLine(s) && strings.TrimSpace(s) == s })
}

func TestPgpass(t *testing.T) {
	t.Parallel()
	roundTrip(t, PgpassField, func(s string) string {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] == ':' {
				return "ended early"
			}
			if s[i] == '\\' && i+1 < len(s) {
				i++
			}
			b.WriteByte(s[i])
		}
		return b.String()
	}, isLine)
}
