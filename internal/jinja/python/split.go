package python

import (
	"strings"
	"unicode/utf8"
)

// SplitLeft splits at sep, n times at most from the left; all if n is negative.
func SplitLeft(s, sep string, n int) []string {
	if n < 0 {
		return strings.Split(s, sep)
	}
	return strings.SplitN(s, sep, n+1)
}

// SplitRight splits at sep, n times at most from the right; all if n is negative.
func SplitRight(s, sep string, n int) []string {
	parts := strings.Split(s, sep)
	if n < 0 || len(parts) <= n+1 {
		return parts
	}
	head := strings.Join(parts[:len(parts)-n], sep)
	return append([]string{head}, parts[len(parts)-n:]...)
}

// FieldsLeft splits at white space, n times at most.
func FieldsLeft(s string, n int) []string {
	out := []string{}
	s = strings.TrimLeftFunc(s, IsSpace)
	for s != "" {
		end := strings.IndexFunc(s, IsSpace)
		if end < 0 {
			return append(out, s)
		}
		if n >= 0 && len(out) >= n {
			return append(out, strings.TrimRightFunc(s, IsSpace))
		}
		out = append(out, s[:end])
		s = strings.TrimLeftFunc(s[end:], IsSpace)
	}
	return out
}

// FieldsRight splits at white space, n times at most from the right.
func FieldsRight(s string, n int) []string {
	if n < 0 {
		return FieldsLeft(s, n)
	}
	var out []string
	s = strings.TrimRightFunc(s, IsSpace)
	for s != "" {
		start := strings.LastIndexFunc(s, IsSpace)
		if start < 0 || len(out) >= n {
			out = append(out, s)
			break
		}
		_, width := utf8.DecodeRuneInString(s[start:])
		out = append(out, s[start+width:])
		s = strings.TrimRightFunc(s[:start], IsSpace)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

func isLineEnd(r rune) bool {
	return r >= '\n' && r <= '\r' || r >= 0x1c && r <= 0x1e || r == 0x85 || r == 0x2028 || r == 0x2029
}

// SplitLines is str.splitlines; keep leaves the line ends on.
func SplitLines(s string, keep bool) []string {
	out := []string{}
	for s != "" {
		i := strings.IndexFunc(s, isLineEnd)
		if i < 0 {
			return append(out, s)
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		if strings.HasPrefix(s[i:], "\r\n") {
			n = 2
		}
		if keep {
			out = append(out, s[:i+n])
		} else {
			out = append(out, s[:i])
		}
		s = s[i+n:]
	}
	return out
}
