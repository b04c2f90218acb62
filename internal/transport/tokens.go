package transport

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// tokens are what % and ${} stand for in the values of ssh_config. The first mistake is kept.
type tokens struct {
	host, asked, port, user, home string
	err                           error
}

var environment = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

func (x *tokens) expand(text string) string {
	text = environment.ReplaceAllStringFunc(text, func(m string) string {
		name := m[2 : len(m)-1]
		v, ok := os.LookupEnv(name)
		if !ok {
			x.fail("environment variable %s in %q is not set", name, text)
		}
		return v
	})
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			b.WriteByte(text[i])
			continue
		}
		if i++; i >= len(text) {
			x.fail("%q ends with %%", text)
			break
		}
		b.WriteString(x.of(text[i], text))
	}
	return Expand(b.String(), x.home)
}

// of is what one token stands for.
func (x *tokens) of(token byte, text string) string {
	switch token {
	case '%':
		return "%"
	case 'h':
		return x.host
	case 'n', 'k':
		return x.asked
	case 'p':
		return x.port
	case 'r':
		return x.user
	case 'd':
		return x.home
	case 'u':
		return localUser()
	case 'i':
		return fmt.Sprint(os.Getuid())
	case 'L', 'l':
		name, _ := os.Hostname()
		if token == 'L' {
			name, _, _ = strings.Cut(name, ".")
		}
		return name
	}
	x.fail("token %%%c in %q is not supported", token, text)
	return ""
}

func (x *tokens) fail(format string, args ...any) {
	if x.err == nil {
		x.err = fmt.Errorf(format, args...)
	}
}
