package filters

import (
	"fmt"
	"strconv"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/pyre"
	"pig/internal/value"
)

func regexFilters(src Sources) plugin.Table {
	t := plugin.Table{}
	textFilter(t, "regex_replace", "pattern replacement ignorecase multiline count mandatory_count", src.regexReplace)
	textFilter(t, "regex_search", "regex *args **kwargs", src.regexSearch)
	textFilter(t, "regex_findall", "regex multiline ignorecase", func(s string, c *plugin.Call) (value.Value, error) {
		re, err := src.regex(c, 0, 2, 1)
		if err != nil {
			return nil, err
		}
		found, err := re.Find(s, -1)
		out := value.NewList()
		for _, m := range found {
			out.Append(findallItem(m))
		}
		return out, err
	})
	textFilter(t, "regex_escape", "re_type", func(s string, c *plugin.Call) (value.Value, error) {
		kind, err := c.Str(0, "python")
		if err != nil {
			return nil, err
		}
		switch kind {
		case "python":
			return pyre.Escape(s), nil
		case "posix_basic":
			var b strings.Builder
			for _, r := range s {
				if strings.ContainsRune(`].[^$*\`, r) {
					b.WriteByte('\\')
				}
				b.WriteRune(r)
			}
			return b.String(), nil
		}
		return nil, fmt.Errorf("Invalid regex type (%s)", kind)
	})
	return t
}

// regex compiles argument i with the flags that two others ask for; -1 for a flag that is not there.
func (src Sources) regex(c *plugin.Call, i, ignoreCase, multiline int) (*pyre.Regexp, error) {
	pattern, err := c.NeedStr(i)
	if err != nil {
		return nil, err
	}
	var flags pyre.Flags
	for n, flag := range map[int]pyre.Flags{ignoreCase: pyre.IgnoreCase, multiline: pyre.Multiline} {
		if n < 0 {
			continue
		}
		on, err := c.Bool(n, false)
		if err != nil {
			return nil, err
		}
		if on {
			flags |= flag
		}
	}
	return src.Regexps.Compile(pattern, flags)
}

func (src Sources) regexReplace(s string, c *plugin.Call) (value.Value, error) {
	re, err := src.regex(c, 0, 2, 3)
	if err != nil {
		return nil, err
	}
	to, err := c.Need(1)
	if err != nil {
		return nil, err
	}
	count, err := c.Size(4, 0)
	if err != nil {
		return nil, err
	}
	must, err := c.Size(5, 0)
	if err != nil {
		return nil, err
	}
	out, n, err := re.Replace(s, python.Str(to), count)
	if err == nil && must > 0 && n != must {
		err = fmt.Errorf("'%s' should match %d times, but matches %d times", value.Display(c.Arg[0]), must, n)
	}
	return out, err
}

func findallItem(m *pyre.Match) value.Value {
	switch m.Groups() {
	case 0:
		text, _ := m.Group(0)
		return text
	case 1:
		text, _ := m.Group(1)
		return text
	}
	t := make(value.Tuple, m.Groups())
	for i := range t {
		text, _ := m.Group(i + 1)
		t[i] = text
	}
	return t
}

func (src Sources) regexSearch(s string, c *plugin.Call) (value.Value, error) {
	var flags pyre.Flags
	if c.KW != nil {
		for k, v := range c.KW.All() {
			switch {
			case k == "ignorecase" && value.Truthy(v):
				flags |= pyre.IgnoreCase
			case k == "multiline" && value.Truthy(v):
				flags |= pyre.Multiline
			}
		}
	}
	pattern, err := c.NeedStr(0)
	if err != nil {
		return nil, err
	}
	re, err := src.Regexps.Compile(pattern, flags)
	if err != nil {
		return nil, err
	}
	m, err := re.Search(s)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, a := range c.Rest {
		name, err := groupReference(python.Str(a))
		if err != nil {
			return nil, err
		}
		groups = append(groups, name)
	}
	if m == nil {
		return nil, nil
	}
	if len(groups) == 0 {
		text, _ := m.Group(0)
		return text, nil
	}
	out := value.NewList()
	for _, name := range groups {
		n, err := strconv.Atoi(name)
		if err != nil {
			n = m.Named(name)
		}
		if n < 0 || n > m.Groups() {
			return nil, fmt.Errorf("no such group")
		}
		if text, ok := m.Group(n); ok {
			out.Append(text)
		} else {
			out.Append(nil)
		}
	}
	return out, nil
}

// groupReference reads \1 or \g<name>.
func groupReference(s string) (string, error) {
	if !strings.HasPrefix(s, `\`) {
		return "", fmt.Errorf("Unknown argument")
	}
	if name, ok := strings.CutPrefix(s, `\g<`); ok {
		if name, _, ok = strings.Cut(name, ">"); ok && name != "" {
			return name, nil
		}
	}
	end := 1
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end == 1 {
		// Python runs into the missing match, and Ansible tells it as something undefined.
		return "", &python.UndefinedError{Name: "group", Hint: "'NoneType' object has no attribute 'group'"}
	}
	return s[1:end], nil
}
