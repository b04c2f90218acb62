package format

import (
	"strconv"
	"strings"
	"testing"
)

// redisWord reads one argument as sdssplitargs does.
func redisWord(t *testing.T, s string) string {
	t.Helper()
	if !strings.HasPrefix(s, `"`) {
		if s == "" || strings.ContainsAny(s, " \t\r\n\"'") {
			t.Fatalf("%q is not one argument", s)
		}
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[i+1] == 'x':
			n, err := strconv.ParseUint(s[i+2:i+4], 16, 8)
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			b.WriteByte(byte(n))
			i += 3
		case s[i] == '\\':
			i++
			b.WriteByte(s[i])
		case s[i] == '"' && i == len(s)-1:
			return b.String()
		case s[i] == '"':
			t.Fatalf("%q ends early", s)
		default:
			b.WriteByte(s[i])
		}
	}
	t.Fatalf("%q has no end", s)
	return ""
}

func TestRedisReadsArgumentsBack(t *testing.T) {
	t.Parallel()
	roundTrip(t, RedisWord, func(written string) string { return redisWord(t, written) }, isText)
}
