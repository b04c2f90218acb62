package methods

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/secret"
	"pig/internal/value"
)

// stringMethod is a method whose receiver is a string.
func stringMethod(t plugin.Table, name, params string, run func(s string, c *plugin.Call) (value.Value, error)) {
	t.Add(name, params, plugin.IsMethod, func(c *plugin.Call) (value.Value, error) {
		s, _ := value.Plain(c.In)
		return run(s, c)
	})
}

func strMethods() plugin.Table {
	t := plugin.Table{}
	for name, fn := range map[string]func(string) string{
		"upper": python.Upper, "lower": strings.ToLower, "casefold": strings.ToLower,
		"capitalize": python.Capitalize, "title": python.Title, "swapcase": python.SwapCase,
	} {
		stringMethod(t, name, "", func(s string, _ *plugin.Call) (value.Value, error) { return fn(s), nil })
	}
	for name, fn := range map[string]func(string) bool{
		"isdigit": python.AllRunes(unicode.IsDigit), "isdecimal": python.AllRunes(unicode.IsDigit), "isnumeric": python.AllRunes(unicode.IsNumber),
		"isalpha": python.AllRunes(unicode.IsLetter), "isspace": python.AllRunes(python.IsSpace),
		"isalnum": python.AllRunes(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }),
		"isupper": func(s string) bool { return strings.ToUpper(s) == s && strings.ToLower(s) != s },
		"islower": func(s string) bool { return strings.ToLower(s) == s && strings.ToUpper(s) != s },
		"isascii": python.IsASCII, "istitle": func(s string) bool { return python.Title(s) == s && strings.ToLower(s) != strings.ToUpper(s) },
		"isprintable": func(s string) bool { return s == "" || python.AllRunes(unicode.IsPrint)(s) }, "isidentifier": python.IsIdentifier,
	} {
		stringMethod(t, name, "", func(s string, _ *plugin.Call) (value.Value, error) { return fn(s), nil })
	}
	stripMethods(t)
	splitMethods(t)
	searchMethods(t)
	padMethods(t)
	stringMethod(t, "join", "iterable", strJoin)
	stringMethod(t, "encode", "encoding errors", func(s string, _ *plugin.Call) (value.Value, error) { return value.Bytes(s), nil })
	stringMethod(t, "decode", "encoding errors", func(s string, c *plugin.Call) (value.Value, error) {
		if _, encoded := c.In.(secret.Text); !encoded { // the bytes of a secret stay a secret text
			return nil, fmt.Errorf("'str' object has no attribute 'decode'")
		}
		return s, nil
	})
	stringMethod(t, "format", "*args **kwargs", func(s string, c *plugin.Call) (value.Value, error) {
		b := &python.Braces{Env: c.Env, Args: c.Rest, KW: c.KW}
		return b.Format(s, 0)
	})
	stringMethod(t, "format_map", "mapping", func(s string, c *plugin.Call) (value.Value, error) {
		d, _ := c.Val(0, nil).(*value.Dict)
		b := &python.Braces{Env: c.Env, KW: d}
		return b.Format(s, 0)
	})
	stringMethod(t, "replace", "old new count", func(s string, c *plugin.Call) (value.Value, error) {
		from, err := c.NeedStr(0)
		if err != nil {
			return nil, err
		}
		to, err := c.NeedStr(1)
		if err != nil {
			return nil, err
		}
		n, err := c.Int(2, -1)
		return python.ReplaceText(s, from, to, n, err)
	})
	return t
}

func stripMethods(t plugin.Table) {
	strip := func(name string, left, right bool) {
		stringMethod(t, name, "chars", func(s string, c *plugin.Call) (value.Value, error) {
			if c.Val(0, nil) == nil {
				return python.StripSpace(s, left, right), nil
			}
			cut, err := c.Str(0, "")
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
	stringMethod(t, "removeprefix", "prefix", func(s string, c *plugin.Call) (value.Value, error) {
		p, err := c.NeedStr(0)
		return strings.TrimPrefix(s, p), err
	})
	stringMethod(t, "removesuffix", "suffix", func(s string, c *plugin.Call) (value.Value, error) {
		p, err := c.NeedStr(0)
		return strings.TrimSuffix(s, p), err
	})
}

func searchMethods(t plugin.Table) {
	for name, fn := range map[string]func(s, part string) bool{"startswith": strings.HasPrefix, "endswith": strings.HasSuffix} {
		stringMethod(t, name, "prefix start end", func(s string, c *plugin.Call) (value.Value, error) {
			s, _, err := window(c, s)
			if err != nil {
				return nil, err
			}
			if tuple, ok := c.Val(0, nil).(value.Tuple); ok {
				for _, p := range tuple {
					if part, ok := value.Plain(p); ok && fn(s, part) {
						return true, nil
					}
				}
				return false, nil
			}
			p, err := c.NeedStr(0)
			return fn(s, p), err
		})
	}
	find := func(name string, search func(s, part string) int, must bool) {
		stringMethod(t, name, "sub start end", func(s string, c *plugin.Call) (value.Value, error) {
			part, err := c.NeedStr(0)
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
	stringMethod(t, "count", "sub start end", func(s string, c *plugin.Call) (value.Value, error) {
		part, err := c.NeedStr(0)
		if err != nil {
			return nil, err
		}
		s, _, err = window(c, s)
		return int64(strings.Count(s, part)), err
	})
}

// window is s between the arguments start and end, and how many characters are before it.
func window(c *plugin.Call, s string) (part string, skipped int, err error) {
	start, stop := c.Val(1, nil), c.Val(2, nil)
	if start == nil && stop == nil {
		return s, 0, nil
	}
	runes := []rune(s)
	picked, err := python.Pick(runes, start, stop, nil)
	from, _ := python.SliceIndex(start, 0)
	return string(picked), int(python.Clip(from, int64(len(runes)), 1)), err
}

func padMethods(t plugin.Table) {
	for name, align := range map[string]byte{"ljust": '<', "rjust": '>', "center": '^'} {
		stringMethod(t, name, "width fillchar", func(s string, c *plugin.Call) (value.Value, error) {
			n, err := c.Size(0, 0)
			if err != nil {
				return nil, err
			}
			fill, err := c.Str(1, " ")
			if err != nil {
				return nil, err
			}
			r := []rune(fill)
			if len(r) != 1 {
				return nil, fmt.Errorf("The fill character must be exactly one character long")
			}
			if align == '^' {
				return python.Centered(s, n, fill), nil
			}
			return python.Pad(s, n, r[0], align), nil
		})
	}
	stringMethod(t, "zfill", "width", func(s string, c *plugin.Call) (value.Value, error) {
		n, err := c.Size(0, 0)
		sign := ""
		if s != "" && (s[0] == '-' || s[0] == '+') {
			sign, s = s[:1], s[1:]
		}
		if pad := n - utf8.RuneCountInString(s) - len(sign); pad > 0 {
			s = strings.Repeat("0", pad) + s
		}
		return sign + s, err
	})
	stringMethod(t, "expandtabs", "tabsize", func(s string, c *plugin.Call) (value.Value, error) {
		n, err := c.Size(0, 8)
		if err == nil && strings.Count(s, "\t")*n > python.MaxText {
			err = fmt.Errorf("the text is longer than %d bytes", python.MaxText)
		}
		if err != nil {
			return nil, err
		}
		return python.ExpandTabs(s, n), nil
	})
}

func strJoin(s string, c *plugin.Call) (value.Value, error) {
	v, err := c.Need(0)
	if err != nil {
		return nil, err
	}
	list, err := python.Items(v)
	if err != nil {
		return nil, fmt.Errorf("can only join an iterable")
	}
	var b strings.Builder
	for i, item := range list {
		text, ok := value.Plain(item)
		if !ok {
			return nil, fmt.Errorf("sequence item %d: expected str instance, %s found", i, python.TypeName(item))
		}
		if i > 0 {
			b.WriteString(s)
		}
		if b.WriteString(text); b.Len() > python.MaxText {
			return nil, fmt.Errorf("the text is longer than %d bytes", python.MaxText)
		}
	}
	return b.String(), nil
}
