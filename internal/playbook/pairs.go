package playbook

import "strings"

// ParsePairs reads arguments written on one line: key=value key="value with {{ template }}". In free-form text only the
// keys that Ansible knows there are taken out; the rest stays as it is, quotes and all.
func ParsePairs(s string, free bool) (pairs [][2]string, rest string, err error) {
	words, err := splitArgs(s)
	if err != nil {
		return nil, "", err
	}
	var left []string
	for _, w := range words {
		key, val, ok := pair(unescape(w))
		if !ok || free && !freeKeys[key] {
			left = append(left, w)
			continue
		}
		pairs = append(pairs, [2]string{key, unquote(strings.TrimSpace(val))})
	}
	if len(pairs) == 0 && free {
		return nil, joinWords(left), nil
	}
	return pairs, strings.TrimSpace(joinWords(left)), nil
}

// joinWords puts words together as they were: a word has the white space that followed it, but for one blank.
func joinWords(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && !strings.HasSuffix(words[i-1], "\n") {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// freeKeys are the arguments that may stand inside free-form text.
var freeKeys = map[string]bool{
	"creates": true, "removes": true, "chdir": true, "executable": true, "warn": true, "stdin": true, "stdin_add_newline": true, "strip_empty_ends": true,
}

func pair(w string) (key, val string, ok bool) {
	i := strings.IndexByte(w, '=')
	for i > 0 && w[i-1] == '\\' {
		next := strings.IndexByte(w[i+1:], '=')
		if next < 0 {
			return "", "", false
		}
		i += 1 + next
	}
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
		return s[1 : len(s)-1]
	}
	return s
}
