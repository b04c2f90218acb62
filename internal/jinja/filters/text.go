package filters

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"pig/internal/jinja/methods"
	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/secret"
	"pig/internal/value"
)

// textFilter is a filter whose input is taken as text.
func textFilter(t plugin.Table, spec, params string, run func(s string, c *plugin.Call) (value.Value, error)) {
	t.Add(spec, params, 0, func(c *plugin.Call) (value.Value, error) { return run(c.Text(), c) })
}

func textFilters() plugin.Table {
	t := plugin.Table{}
	for name, fn := range map[string]func(string) string{
		"upper": python.Upper, "lower": strings.ToLower, "capitalize": python.Capitalize, "title": jinjaTitle,
	} {
		textFilter(t, name, "", func(s string, _ *plugin.Call) (value.Value, error) { return fn(s), nil })
	}
	t.Add("string", "", 0, func(c *plugin.Call) (value.Value, error) {
		if t, ok := c.In.(secret.Text); ok {
			return t, nil
		}
		return c.Text(), nil
	})
	textFilter(t, "trim", "chars", func(s string, c *plugin.Call) (value.Value, error) {
		if c.Val(0, nil) == nil {
			return python.StripSpace(s, true, true), nil
		}
		cut, err := c.Str(0, "")
		return strings.Trim(s, cut), err
	})
	textFilter(t, "replace", "old new count", func(s string, c *plugin.Call) (value.Value, error) {
		from, err := c.Need(0)
		if err != nil {
			return nil, err
		}
		to, err := c.Need(1)
		if err != nil {
			return nil, err
		}
		n, err := c.Int(2, -1)
		return python.ReplaceText(s, python.Str(from), python.Str(to), n, err)
	})
	textFilter(t, "center", "width", func(s string, c *plugin.Call) (value.Value, error) {
		n, err := c.Size(0, 80)
		return python.Centered(s, n, " "), err
	})
	t.Add("format", "*args **kwargs", 0, formatFilter)
	textFilter(t, "indent", "width first blank", indentFilter)
	textFilter(t, "truncate", "length killwords end leeway", truncateFilter)
	textFilter(t, "wordcount", "", func(s string, _ *plugin.Call) (value.Value, error) {
		return int64(len(strings.FieldsFunc(s, func(r rune) bool { return !isWord(r) }))), nil
	})
	textFilter(t, "wordwrap", "width break_long_words wrapstring break_on_hyphens", wordwrapFilter)
	textFilter(t, "comment", "style **kwargs", commentFilter)
	textFilter(t, "split", "sep maxsplit", methods.Split)
	t.Add("pprint", "verbose", 0, func(c *plugin.Call) (value.Value, error) { return value.Repr(c.In), nil })
	return t
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// jinjaTitle is Jinja2's title filter: words start after white space, brackets and dashes.
func jinjaTitle(s string) string {
	var b strings.Builder
	start := true
	for _, r := range s {
		switch {
		case strings.ContainsRune("-({[<", r) || python.IsSpace(r):
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

func formatFilter(c *plugin.Call) (value.Value, error) {
	if c.KW != nil && len(c.Rest) > 0 {
		return nil, fmt.Errorf("can't handle positional and keyword arguments at the same time")
	}
	if c.KW != nil {
		return python.PercentText(c.Text(), c.KW)
	}
	return python.PercentText(c.Text(), value.Tuple(c.Rest))
}

func indentFilter(s string, c *plugin.Call) (value.Value, error) {
	var indent string
	if text, ok := value.Plain(c.Val(0, nil)); ok {
		indent = text
	} else {
		n, err := c.Size(0, 4)
		if err != nil {
			return nil, err
		}
		indent = strings.Repeat(" ", max(n, 0))
	}
	first, err := c.Bool(1, false)
	if err != nil {
		return nil, err
	}
	blank, err := c.Bool(2, false)
	if err != nil {
		return nil, err
	}
	lines := python.SplitLines(s+"\n", false)
	if len(indent)*len(lines) > python.MaxText {
		return nil, fmt.Errorf("the text is longer than %d bytes", python.MaxText)
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

func truncateFilter(s string, c *plugin.Call) (value.Value, error) {
	length, err := c.Size(0, 255)
	if err != nil {
		return nil, err
	}
	kill, err := c.Bool(1, false)
	if err != nil {
		return nil, err
	}
	end, err := c.Str(2, "...")
	if err != nil {
		return nil, err
	}
	leeway, err := c.Size(3, 5)
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

func commentFilter(s string, c *plugin.Call) (value.Value, error) {
	style, err := c.Str(0, "plain")
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
		if c.KW != nil {
			if v, ok := value.Plain(c.KW.At(name)); ok {
				return v
			}
		}
		return dflt
	}
	count := func(name string) int {
		if c.KW != nil {
			if n, ok := c.KW.At(name).(int64); ok {
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
	if (len(prefix)+len(postfix))*1000+len(decoration)*len(s) > python.MaxBytes {
		return nil, fmt.Errorf("the text is longer than %d bytes", python.MaxText)
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

func wordwrapFilter(s string, c *plugin.Call) (value.Value, error) {
	width, err := c.Size(0, 79)
	if err != nil {
		return nil, err
	}
	if width <= 0 {
		return nil, fmt.Errorf("invalid width %d (must be > 0)", width)
	}
	long, err := c.Bool(1, true)
	if err != nil {
		return nil, err
	}
	newline := "\n"
	if text, ok := value.Plain(c.Val(2, nil)); ok {
		newline = text
	}
	hyphens, err := c.Bool(3, true)
	if err != nil {
		return nil, err
	}
	if len(newline)*len(s) > python.MaxBytes {
		return nil, fmt.Errorf("the text is longer than %d bytes", python.MaxText)
	}
	var out []string
	for _, line := range python.SplitLines(s, false) {
		out = append(out, strings.Join(python.Wrap(line, width, long, hyphens), newline))
	}
	return strings.Join(out, newline), nil
}
