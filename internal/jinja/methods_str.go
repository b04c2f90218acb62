package jinja

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"pig/internal/secret"
	"pig/internal/value"
)

// stringMethod is a method whose receiver is a string.
func stringMethod(t table, name, params string, run func(s string, c *call) (value.Value, error)) {
	t.add(name, params, isMethod, func(c *call) (value.Value, error) {
		s, _ := value.Plain(c.in)
		return run(s, c)
	})
}

func strMethods() table {
	t := table{}
	for name, fn := range map[string]func(string) string{
		"upper": upper, "lower": strings.ToLower, "casefold": strings.ToLower,
		"capitalize": capitalize, "title": pyTitle, "swapcase": swapCase,
	} {
		stringMethod(t, name, "", func(s string, _ *call) (value.Value, error) { return fn(s), nil })
	}
	for name, fn := range map[string]func(string) bool{
		"isdigit": allRunes(unicode.IsDigit), "isdecimal": allRunes(unicode.IsDigit), "isnumeric": allRunes(unicode.IsNumber),
		"isalpha": allRunes(unicode.IsLetter), "isspace": allRunes(isSpace),
		"isalnum": allRunes(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }),
		"isupper": func(s string) bool { return strings.ToUpper(s) == s && strings.ToLower(s) != s },
		"islower": func(s string) bool { return strings.ToLower(s) == s && strings.ToUpper(s) != s },
		"isascii": isASCII, "istitle": func(s string) bool { return pyTitle(s) == s && strings.ToLower(s) != strings.ToUpper(s) },
		"isprintable": func(s string) bool { return s == "" || allRunes(unicode.IsPrint)(s) }, "isidentifier": isIdentifier,
	} {
		stringMethod(t, name, "", func(s string, _ *call) (value.Value, error) { return fn(s), nil })
	}
	stripMethods(t)
	splitMethods(t)
	searchMethods(t)
	padMethods(t)
	stringMethod(t, "join", "iterable", strJoin)
	stringMethod(t, "encode", "encoding errors", func(s string, _ *call) (value.Value, error) { return value.Bytes(s), nil })
	stringMethod(t, "decode", "encoding errors", func(s string, c *call) (value.Value, error) {
		if _, encoded := c.in.(secret.Text); !encoded { // the bytes of a secret stay a secret text
			return nil, fmt.Errorf("'str' object has no attribute 'decode'")
		}
		return s, nil
	})
	stringMethod(t, "format", "*args **kwargs", func(s string, c *call) (value.Value, error) {
		b := &braces{env: c.env, args: c.rest, kw: c.kw}
		return b.format(s, 0)
	})
	stringMethod(t, "format_map", "mapping", func(s string, c *call) (value.Value, error) {
		d, _ := c.val(0, nil).(*value.Dict)
		b := &braces{env: c.env, kw: d}
		return b.format(s, 0)
	})
	stringMethod(t, "replace", "old new count", func(s string, c *call) (value.Value, error) {
		from, err := c.needStr(0)
		if err != nil {
			return nil, err
		}
		to, err := c.needStr(1)
		if err != nil {
			return nil, err
		}
		n, err := c.int(2, -1)
		return replaceText(s, from, to, n, err)
	})
	return t
}

func replaceText(s, from, to string, n int64, err error) (value.Value, error) {
	if err != nil {
		return nil, err
	}
	if len(to) > 0 && strings.Count(s, from)*len(to) > maxText {
		return nil, fmt.Errorf("the text is longer than %d bytes", maxText)
	}
	return strings.Replace(s, from, to, int(n)), nil
}

func allRunes(is func(rune) bool) func(string) bool {
	return func(s string) bool {
		for _, r := range s {
			if !is(r) {
				return false
			}
		}
		return s != ""
	}
}

// upper is str.upper, which makes two letters of a sharp s.
func upper(s string) string { return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS") }

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToTitle(r)) + strings.ToLower(s[n:])
}

// pyTitle is str.title: every run of letters starts with a capital.
func pyTitle(s string) string {
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

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

func stripMethods(t table) {
	strip := func(name string, left, right bool) {
		stringMethod(t, name, "chars", func(s string, c *call) (value.Value, error) {
			if c.val(0, nil) == nil {
				return stripSpace(s, left, right), nil
			}
			cut, err := c.str(0, "")
			if left {
				s = strings.TrimLeft(s, cut)
			}
			if right {
				s = strings.TrimRight(s, cut)
			}
			return s, err
		})
	}
	strip("strip", true, true)
	strip("lstrip", true, false)
	strip("rstrip", false, true)
	stringMethod(t, "removeprefix", "prefix", func(s string, c *call) (value.Value, error) {
		p, err := c.needStr(0)
		return strings.TrimPrefix(s, p), err
	})
	stringMethod(t, "removesuffix", "suffix", func(s string, c *call) (value.Value, error) {
		p, err := c.needStr(0)
		return strings.TrimSuffix(s, p), err
	})
}

func stripSpace(s string, left, right bool) string {
	if left {
		s = strings.TrimLeftFunc(s, isSpace)
	}
	if right {
		s = strings.TrimRightFunc(s, isSpace)
	}
	return s
}

func searchMethods(t table) {
	for name, fn := range map[string]func(s, part string) bool{"startswith": strings.HasPrefix, "endswith": strings.HasSuffix} {
		stringMethod(t, name, "prefix start end", func(s string, c *call) (value.Value, error) {
			s, _, err := window(c, s)
			if err != nil {
				return nil, err
			}
			if tuple, ok := c.val(0, nil).(value.Tuple); ok {
				for _, p := range tuple {
					if part, ok := value.Plain(p); ok && fn(s, part) {
						return true, nil
					}
				}
				return false, nil
			}
			p, err := c.needStr(0)
			return fn(s, p), err
		})
	}
	find := func(name string, search func(s, part string) int, must bool) {
		stringMethod(t, name, "sub start end", func(s string, c *call) (value.Value, error) {
			part, err := c.needStr(0)
			if err != nil {
				return nil, err
			}
			s, skipped, err := window(c, s)
			if err != nil {
				return nil, err
			}
			i := search(s, part)
			if i < 0 {
				if must {
					return nil, fmt.Errorf("substring not found")
				}
				return int64(-1), nil
			}
			return int64(skipped + utf8.RuneCountInString(s[:i])), nil
		})
	}
	find("find", strings.Index, false)
	find("rfind", strings.LastIndex, false)
	find("index", strings.Index, true)
	find("rindex", strings.LastIndex, true)
	stringMethod(t, "count", "sub start end", func(s string, c *call) (value.Value, error) {
		part, err := c.needStr(0)
		if err != nil {
			return nil, err
		}
		s, _, err = window(c, s)
		return int64(strings.Count(s, part)), err
	})
}

// window is s between the arguments start and end, and how many characters are before it.
func window(c *call, s string) (part string, skipped int, err error) {
	start, stop := c.val(1, nil), c.val(2, nil)
	if start == nil && stop == nil {
		return s, 0, nil
	}
	runes := []rune(s)
	picked, err := pick(runes, start, stop, nil)
	from, _ := sliceIndex(start, 0)
	return string(picked), int(clip(from, int64(len(runes)), 1)), err
}

func padMethods(t table) {
	for name, align := range map[string]byte{"ljust": '<', "rjust": '>', "center": '^'} {
		stringMethod(t, name, "width fillchar", func(s string, c *call) (value.Value, error) {
			n, err := c.size(0, 0)
			if err != nil {
				return nil, err
			}
			fill, err := c.str(1, " ")
			if err != nil {
				return nil, err
			}
			r := []rune(fill)
			if len(r) != 1 {
				return nil, fmt.Errorf("The fill character must be exactly one character long")
			}
			if align == '^' {
				return centered(s, n, fill), nil
			}
			return formatSpec{width: n, fill: r[0], align: align, prec: -1}.text(s), nil
		})
	}
	stringMethod(t, "zfill", "width", func(s string, c *call) (value.Value, error) {
		n, err := c.size(0, 0)
		sign := ""
		if s != "" && (s[0] == '-' || s[0] == '+') {
			sign, s = s[:1], s[1:]
		}
		if pad := n - utf8.RuneCountInString(s) - len(sign); pad > 0 {
			s = strings.Repeat("0", pad) + s
		}
		return sign + s, err
	})
	stringMethod(t, "expandtabs", "tabsize", func(s string, c *call) (value.Value, error) {
		n, err := c.size(0, 8)
		if err == nil && strings.Count(s, "\t")*n > maxText {
			err = fmt.Errorf("the text is longer than %d bytes", maxText)
		}
		if err != nil {
			return nil, err
		}
		return expandTabs(s, n), nil
	})
}

// centered is str.center: an odd blank goes to the left if the width is odd, else to the right.
func centered(s string, width int, fill string) string {
	pad := width - utf8.RuneCountInString(s)
	if pad <= 0 {
		return s
	}
	left := pad/2 + (pad & width & 1)
	return strings.Repeat(fill, left) + s + strings.Repeat(fill, pad-left)
}

func expandTabs(s string, size int) string {
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

func strJoin(s string, c *call) (value.Value, error) {
	v, err := c.need(0)
	if err != nil {
		return nil, err
	}
	list, err := items(v)
	if err != nil {
		return nil, fmt.Errorf("can only join an iterable")
	}
	var b strings.Builder
	for i, item := range list {
		text, ok := value.Plain(item)
		if !ok {
			return nil, fmt.Errorf("sequence item %d: expected str instance, %s found", i, typeName(item))
		}
		if i > 0 {
			b.WriteString(s)
		}
		if b.WriteString(text); b.Len() > maxText {
			return nil, fmt.Errorf("the text is longer than %d bytes", maxText)
		}
	}
	return b.String(), nil
}
