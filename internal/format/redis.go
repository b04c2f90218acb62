package format

import (
	"strconv"
	"strings"
)

// RedisWord writes one argument of redis.conf.
func RedisWord(s string) (string, error) {
	if err := text("argument of redis.conf", s); err != nil {
		return "", err
	}
	return RedisArgument(s), nil
}

// RedisArgument writes an argument, whatever its bytes, as sdssplitargs reads it: in double quotes, what is no plain text as \xNN.
func RedisArgument(s string) string {
	if s != "" && !strings.ContainsAny(s, " \"'\\#") && !strings.ContainsFunc(s, beyond) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			b.WriteString(`\x` + strconv.FormatUint(uint64(c)+0x100, 16)[1:])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// beyond tells characters that are no printable ASCII.
func beyond(r rune) bool { return r < ' ' || r >= 0x7f }
