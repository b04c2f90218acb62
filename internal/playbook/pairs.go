package playbook

import (
	"errors"
	"strings"
)

// ParsePairs reads arguments written on one line: key=value key="value with {{ template }}". In free-form text only the
// keys that Ansible knows there are taken out; the rest stays as it is, quotes and all.
func ParsePairs(s string, free bool) (pairs [][2]string, rest string, err error) {
	words, err := splitArgs(s)
	if err != nil {
		return nil, "", err
	}
	var left []string
	for _, w := range words {
		key, val, ok := pair(w)
		if !ok || free && !freeKeys[key] {
			left = append(left, w)
			continue
		}
		pairs = append(pairs, [2]string{key, unquote(val)})
	}
	if len(pairs) == 0 && free {
		return nil, s, nil // exactly as it was written, line breaks too
	}
	return pairs, strings.Join(left, " "), nil
}

// freeKeys are the arguments that may stand inside free-form text.
var freeKeys = map[string]bool{
	"creates": true, "removes": true, "chdir": true, "executable": true, "warn": true, "stdin": true, "stdin_add_newline": true, "strip_empty_ends": true,
}

func pair(w string) (key, val string, ok bool) {
	i := strings.IndexByte(w, '=')
	if i <= 0 || !identifier(strings.ReplaceAll(w[:i], "-", "_")) {
		return "", "", false
	}
	return w[:i], w[i+1:], true
}

// hasPair tells whether s begins with key=.
func hasPair(s string) bool {
	words, err := splitArgs(s)
	if err != nil {
		return false
	}
	for _, w := range words {
		if _, _, ok := pair(w); ok {
			return true
		}
	}
	return false
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return strings.ReplaceAll(s[1:len(s)-1], `\`+s[:1], s[:1])
	}
	return s
}

// splitArgs splits at white space that is outside of quotes and of templates.
func splitArgs(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	quote := byte(0)
	depth := 0
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		two := s[i:min(i+2, len(s))]
		switch {
		case c == '\\' && quote != 0 && i+1 < len(s):
			word.WriteString(two)
			i++
			continue
		case quote != 0 && depth == 0:
			if c == quote {
				quote = 0
			}
		case two == "{{" || two == "{%" || two == "{#":
			depth++
			word.WriteString(two)
			i++
			continue
		case depth > 0 && (two == "}}" || two == "%}" || two == "#}"):
			depth--
			word.WriteString(two)
			i++
			continue
		case depth > 0:
		case c == '"' || c == '\'':
			if word.Len() == 0 || strings.HasSuffix(word.String(), "=") {
				quote = c
			}
		case c == ' ' || c == '\t' || c == '\n':
			flush()
			continue
		}
		word.WriteByte(c)
	}
	if quote != 0 {
		return nil, errors.New("a quote is not closed")
	}
	if depth > 0 {
		return nil, errors.New("a template is not closed")
	}
	flush()
	return words, nil
}
