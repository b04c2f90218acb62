package python

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"pig/internal/value"
)

// IsSpace is what str.isspace and str.strip take for white space.
func IsSpace(r rune) bool {
	return r <= ' ' && (r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1c) || r > 0x7f && unicode.IsSpace(r)
}

// ReplaceText is str.replace of n places at most, all if n is negative. It passes on the error of reading n.
func ReplaceText(s, from, to string, n int64, err error) (value.Value, error) {
	if err != nil {
		return nil, err
	}
	if len(to) > 0 && strings.Count(s, from)*len(to) > MaxText {
		return nil, fmt.Errorf("the text is longer than %d bytes", MaxText)
	}
	return strings.Replace(s, from, to, int(n)), nil
}

// AllRunes makes a test of all characters of a text, which must have one at least.
func AllRunes(is func(rune) bool) func(string) bool {
	return func(s string) bool {
		for _, r := range s {
			if !is(r) {
				return false
			}
		}
		return s != ""
	}
}

// Upper is str.upper, which makes two letters of a sharp s.
func Upper(s string) string { return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS") }

// IsIdentifier is str.isidentifier.
func IsIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

// Capitalize is str.capitalize.
func Capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToTitle(r)) + strings.ToLower(s[n:])
}

// Title is str.title: every run of letters starts with a capital.
func Title(s string) string {
	var b strings.Builder
	inWord := false
	for _, r := range s {
		if inWord {
			b.WriteRune(unicode.ToLower(r))
		} else {
			b.WriteRune(unicode.ToTitle(r))
		}
		inWord = unicode.IsLetter(r)
	}
	return b.String()
}

// SwapCase is str.swapcase.
func SwapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

// StripSpace strips white space from the sides of s.
func StripSpace(s string, left, right bool) string {
	if left {
		s = strings.TrimLeftFunc(s, IsSpace)
	}
	if right {
		s = strings.TrimRightFunc(s, IsSpace)
	}
	return s
}

// Centered is str.center: an odd blank goes to the left if the width is odd, else to the right.
func Centered(s string, width int, fill string) string {
	pad := width - utf8.RuneCountInString(s)
	if pad <= 0 {
		return s
	}
	left := pad/2 + (pad & width & 1)
	return strings.Repeat(fill, left) + s + strings.Repeat(fill, pad-left)
}

// ExpandTabs is str.expandtabs.
func ExpandTabs(s string, size int) string {
	var b strings.Builder
	col := 0
	for _, r := range s {
		switch {
		case r == '\t':
			if size > 0 {
				n := size - col%size
				b.WriteString(strings.Repeat(" ", n))
				col += n
			}
			continue
		case r == '\n' || r == '\r':
			col = -1
		}
		b.WriteRune(r)
		col++
	}
	return b.String()
}
