package jinja

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"pig/internal/value"
)

func splitMethods(t table) {
	stringMethod(t, "split", "sep maxsplit", split)
	stringMethod(t, "rsplit", "sep maxsplit", func(s string, c *call) (value.Value, error) { return splitBy(s, c, splitRight, fieldsRight) })
	stringMethod(t, "splitlines", "keepends", func(s string, c *call) (value.Value, error) {
		keep, err := c.bool(0, false)
		return value.Strings(splitLines(s, keep)), err
	})
	stringMethod(t, "partition", "sep", func(s string, c *call) (value.Value, error) {
		sep, err := c.needStr(0)
		if sep == "" && err == nil {
			err = fmt.Errorf("empty separator")
		}
		before, after, found := strings.Cut(s, sep)
		if !found {
			return value.Tuple{s, "", ""}, err
		}
		return value.Tuple{before, sep, after}, err
	})
	stringMethod(t, "rpartition", "sep", func(s string, c *call) (value.Value, error) {
		sep, err := c.needStr(0)
		if sep == "" && err == nil {
			err = fmt.Errorf("empty separator")
		}
		i := strings.LastIndex(s, sep)
		if i < 0 || err != nil {
			return value.Tuple{"", "", s}, err
		}
		return value.Tuple{s[:i], sep, s[i+len(sep):]}, nil
	})
}

// split is str.split(sep, maxsplit).
func split(s string, c *call) (value.Value, error) { return splitBy(s, c, splitLeft, fieldsLeft) }

// splitBy splits at the separator that the call gives with fn, or without one at white space with fields.
func splitBy(s string, c *call, fn func(s, sep string, n int) []string, fields func(s string, n int) []string) (value.Value, error) {
	n, err := c.int(1, -1)
	if err != nil {
		return nil, err
	}
	if c.val(0, nil) == nil {
		return value.Strings(fields(s, int(n))), nil
	}
	sep, err := c.str(0, "")
	if err != nil {
		return nil, err
	}
	if sep == "" {
		return nil, fmt.Errorf("empty separator")
	}
	return value.Strings(fn(s, sep, int(n))), nil
}

func splitLeft(s, sep string, n int) []string {
	if n < 0 {
		return strings.Split(s, sep)
	}
	return strings.SplitN(s, sep, n+1)
}

func splitRight(s, sep string, n int) []string {
	parts := strings.Split(s, sep)
	if n < 0 || len(parts) <= n+1 {
		return parts
	}
	head := strings.Join(parts[:len(parts)-n], sep)
	return append([]string{head}, parts[len(parts)-n:]...)
}

// fieldsLeft splits at white space, n times at most.
func fieldsLeft(s string, n int) []string {
	out := []string{}
	s = strings.TrimLeftFunc(s, isSpace)
	for s != "" {
		end := strings.IndexFunc(s, isSpace)
		if end < 0 {
			return append(out, s)
		}
		if n >= 0 && len(out) >= n {
			return append(out, strings.TrimRightFunc(s, isSpace))
		}
		out = append(out, s[:end])
		s = strings.TrimLeftFunc(s[end:], isSpace)
	}
	return out
}

func fieldsRight(s string, n int) []string {
	if n < 0 {
		return fieldsLeft(s, n)
	}
	var out []string
	s = strings.TrimRightFunc(s, isSpace)
	for s != "" {
		start := strings.LastIndexFunc(s, isSpace)
		if start < 0 || len(out) >= n {
			out = append(out, strings.TrimLeftFunc(s, isSpace))
			break
		}
		_, width := utf8.DecodeRuneInString(s[start:])
		out = append(out, s[start+width:])
		s = strings.TrimRightFunc(s[:start], isSpace)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

func isLineEnd(r rune) bool {
	return r >= '\n' && r <= '\r' || r >= 0x1c && r <= 0x1e || r == 0x85 || r == 0x2028 || r == 0x2029
}

func splitLines(s string, keep bool) []string {
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
