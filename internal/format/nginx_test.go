package format

import (
	"strings"
	"testing"
)

// nginxWord reads one argument as ngx_conf_read_token does.
func nginxWord(t *testing.T, s string) string {
	t.Helper()
	quoted := strings.HasPrefix(s, `"`)
	if !quoted {
		if s == "" || strings.ContainsAny(s, " \t\n;{}#\"'\\") {
			t.Fatalf("%q is not one word", s)
		}
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			if i != len(s)-1 {
				t.Fatalf("%q ends early", s)
			}
			return b.String()
		case '\\':
			i++
			switch s[i] {
			case '"', '\'', '\\':
				b.WriteByte(s[i])
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteString(`\` + s[i:i+1])
			}
		default:
			b.WriteByte(c)
		}
	}
	t.Fatalf("%q has no end", s)
	return ""
}

func TestNginxReadsArgumentsBack(t *testing.T) {
	t.Parallel()
	roundTrip(t, NginxWord, func(written string) string { return nginxWord(t, written) }, func(s string) bool {
		return isLine(s) && !strings.Contains(s, "$")
	})
}

func TestHtpasswdReadsUsersBack(t *testing.T) {
	t.Parallel()
	roundTrip(t, HtpasswdUser, func(written string) string {
		name, _, _ := strings.Cut(written+":$6$hash", ":")
		return name
	}, func(s string) bool { return isLine(s) && s != "" && !strings.Contains(s, ":") && s[0] != '#' })
}

func TestKeepalivedReadsWordsBack(t *testing.T) {
	t.Parallel()
	roundTrip(t, KeepalivedWord, func(written string) string {
		if strings.HasPrefix(written, `"`) {
			inner, _, _ := strings.Cut(written[1:], `"`)
			return inner
		}
		word, _, _ := strings.Cut(strings.FieldsFunc(written+" x", func(r rune) bool { return r == '!' || r == '#' })[0], " ")
		return word
	}, func(s string) bool { return isLine(s) && s != "" && !strings.ContainsAny(s, "\t\"\\$~@") })
}
