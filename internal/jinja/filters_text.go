package jinja

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"pig/internal/secret"
	"pig/internal/value"
)

// textFilter is a filter whose input is taken as text.
func textFilter(t table, spec, params string, run func(s string, c *call) (value.Value, error)) {
	t.add(spec, params, 0, func(c *call) (value.Value, error) { return run(c.text(), c) })
}

func textFilters() table {
	t := table{}
	for name, fn := range map[string]func(string) string{
		"upper": upper, "lower": strings.ToLower, "capitalize": capitalize, "title": jinjaTitle,
	} {
		textFilter(t, name, "", func(s string, _ *call) (value.Value, error) { return fn(s), nil })
	}
	t.add("string", "", 0, func(c *call) (value.Value, error) {
		if t, ok := c.in.(secret.Text); ok {
			return t, nil
		}
		return c.text(), nil
	})
	textFilter(t, "trim", "chars", func(s string, c *call) (value.Value, error) {
		if c.val(0, nil) == nil {
			return stripSpace(s, true, true), nil
		}
		cut, err := c.str(0, "")
		return strings.Trim(s, cut), err
	})
	textFilter(t, "replace", "old new count", func(s string, c *call) (value.Value, error) {
		from, err := c.need(0)
		if err != nil {
			return nil, err
		}
		to, err := c.need(1)
		if err != nil {
			return nil, err
		}
		n, err := c.int(2, -1)
		return replaceText(s, str(from), str(to), n, err)
	})
	textFilter(t, "center", "width", func(s string, c *call) (value.Value, error) {
		n, err := c.size(0, 80)
		return centered(s, n, " "), err
	})
	t.add("format", "*args **kwargs", 0, formatFilter)
	textFilter(t, "indent", "width first blank", indentFilter)
	textFilter(t, "truncate", "length killwords end leeway", truncateFilter)
	textFilter(t, "wordcount", "", func(s string, _ *call) (value.Value, error) {
		return int64(len(strings.FieldsFunc(s, func(r rune) bool { return !isWord(r) }))), nil
	})
	textFilter(t, "wordwrap", "width break_long_words wrapstring break_on_hyphens", wordwrapFilter)
	textFilter(t, "comment", "style **kwargs", commentFilter)
	textFilter(t, "split", "sep maxsplit", split)
	t.add("pprint", "verbose", 0, func(c *call) (value.Value, error) { return value.Repr(c.in), nil })
	return t
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// jinjaTitle is Jinja2's title filter: words start after white space, brackets and dashes.
func jinjaTitle(s string) string {
	var b strings.Builder
	start := true
	for _, r := range s {
		switch {
		case strings.ContainsRune("-({[<", r) || isSpace(r):
			start = true
			b.WriteRune(r)
			continue
		case start:
			b.WriteRune(unicode.ToUpper(r))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		start = false
	}
	return b.String()
}

func formatFilter(c *call) (value.Value, error) {
	if c.kw != nil && len(c.rest) > 0 {
		return nil, fmt.Errorf("can't handle positional and keyword arguments at the same time")
	}
	if c.kw != nil {
		return percentText(c.text(), c.kw)
	}
	return percentText(c.text(), value.Tuple(c.rest))
}

func indentFilter(s string, c *call) (value.Value, error) {
	var indent string
	if text, ok := value.Plain(c.val(0, nil)); ok {
		indent = text
	} else {
		n, err := c.size(0, 4)
		if err != nil {
			return nil, err
		}
		indent = strings.Repeat(" ", max(n, 0))
	}
	first, err := c.bool(1, false)
	if err != nil {
		return nil, err
	}
	blank, err := c.bool(2, false)
	if err != nil {
		return nil, err
	}
	lines := splitLines(s+"\n", false)
	if len(indent)*len(lines) > maxText {
		return nil, fmt.Errorf("the text is longer than %d bytes", maxText)
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == 0 && first || i > 0 && (line != "" || blank) {
			b.WriteString(indent)
		}
		b.WriteString(line)
	}
	return b.String(), nil
}

func truncateFilter(s string, c *call) (value.Value, error) {
	length, err := c.size(0, 255)
	if err != nil {
		return nil, err
	}
	kill, err := c.bool(1, false)
	if err != nil {
		return nil, err
	}
	end, err := c.str(2, "...")
	if err != nil {
		return nil, err
	}
	leeway, err := c.size(3, 5)
	if err != nil {
		return nil, err
	}
	runes := []rune(s)
	tail := utf8.RuneCountInString(end)
	if length < tail {
		return nil, fmt.Errorf("expected length >= %d, got %d", tail, length)
	}
	if len(runes) <= length+leeway {
		return s, nil
	}
	cut := string(runes[:length-tail])
	if i := strings.LastIndexByte(cut, ' '); !kill && i >= 0 {
		cut = cut[:i]
	}
	return cut + end, nil
}

// commentStyle is how the comment filter decorates lines.
type commentStyle struct{ beginning, decoration, end string }

func commentFilter(s string, c *call) (value.Value, error) {
	style, err := c.str(0, "plain")
	if err != nil {
		return nil, err
	}
	styles := map[string]commentStyle{
		"plain": {decoration: "# "}, "erlang": {decoration: "% "}, "c": {decoration: "// "},
		"cblock": {beginning: "/*", decoration: " * ", end: " */"}, "xml": {beginning: "<!--", decoration: " - ", end: "-->"},
	}
	st, ok := styles[style]
	if !ok {
		return nil, fmt.Errorf("Invalid style '%s'. Available styles: plain, erlang, c, cblock, xml", style)
	}
	opt := func(name, dflt string) string {
		if c.kw != nil {
			if v, ok := value.Plain(c.kw.At(name)); ok {
				return v
			}
		}
		return dflt
	}
	count := func(name string) int {
		if c.kw != nil {
			if n, ok := c.kw.At(name).(int64); ok {
				return int(max(0, min(n, 1000)))
			}
		}
		return 1
	}
	decoration := opt("decoration", st.decoration)
	prefix := opt("prefix", strings.TrimRight(decoration, " "))
	postfix := opt("postfix", strings.TrimRight(decoration, " "))
	newline := opt("newline", "\n")
	beginning, end := opt("beginning", st.beginning), opt("end", st.end)
	if (len(prefix)+len(postfix))*1000+len(decoration)*len(s) > maxBytes {
		return nil, fmt.Errorf("the text is longer than %d bytes", maxText)
	}
	return decorate(s, decoration, prefix, postfix, newline, beginning, end, count("prefix_count"), count("postfix_count")), nil
}

func decorate(s, decoration, prefix, postfix, newline, beginning, end string, before, after int) string {
	var lines []string
	if beginning != "" {
		lines = append(lines, beginning)
	}
	if prefix != "" {
		for range before {
			lines = append(lines, prefix)
		}
	}
	for line := range strings.SplitSeq(s, newline) {
		if line == "" {
			lines = append(lines, strings.TrimRight(decoration, " "))
		} else {
			lines = append(lines, decoration+line)
		}
	}
	if postfix != "" {
		for range after {
			lines = append(lines, postfix)
		}
	}
	if end != "" {
		lines = append(lines, end)
	}
	return strings.Join(lines, newline)
}
