package jinja

import (
	"fmt"
	"strings"

	"pig/internal/secret"
	"pig/internal/value"
)

func valueFilters() table {
	t := table{}
	t.add("default d", "default_value boolean", structural|takesUndefined|takesUnknown|keepsSecrets, defaultFilter)
	t.add("bool", "", 0, boolFilter)
	t.add("ternary", "true_val false_val none_val", structural|takesUnknown|keepsSecrets, ternaryFilter)
	t.add("mandatory", "msg", structural|takesUndefined|takesUnknown|keepsSecrets, mandatoryFilter)
	t.add("type_debug", "", structural|keepsSecrets, func(c *call) (value.Value, error) { return typeName(c.in), nil })
	t.add("attr", "name", structural, func(c *call) (value.Value, error) {
		name, err := c.needStr(0)
		if err != nil {
			return nil, err
		}
		if _, hidden := c.arg[0].(secret.Text); hidden {
			return undefinedAttr(c.in, c.arg[0], c.env.Pos()), nil
		}
		if d, ok := c.in.(*value.Dict); ok {
			if m, ok := c.env.Method(d, name); ok {
				return m, nil
			}
			return undefinedAttr(d, name, c.env.Pos()), nil
		}
		return c.env.Attr(c.in, name)
	})
	textFilter(t, "quote", "", func(s string, c *call) (value.Value, error) {
		if c.in == nil {
			s = ""
		}
		return shellQuote(s), nil
	})
	t.add("unvault vault", "secret **kwargs", 0, func(*call) (value.Value, error) {
		return nil, fmt.Errorf("vaults are opened when the inventory is read, not in templates")
	})
	return t
}

func defaultFilter(c *call) (value.Value, error) {
	dflt := c.val(0, "")
	switch c.in.(type) {
	case value.Undefined, implicitElse:
		return dflt, nil
	case value.Unknown:
		return c.in, nil
	}
	byTruth := c.val(1, false)
	t, err := truth(byTruth)
	if err != nil || t != true {
		return c.in, err
	}
	if t, err = truth(c.in); err != nil {
		return nil, err
	}
	if t == true {
		return c.in, nil
	}
	return dflt, nil
}

// boolFilter is Ansible's: text that does not look like a bool is false, with a warning there.
func boolFilter(c *call) (value.Value, error) {
	switch x := c.in.(type) {
	case nil, bool:
		return x == true, nil
	case int64:
		return x == 1, nil
	case float64:
		return x == 1, nil
	}
	text, ok := value.Plain(c.in)
	if !ok {
		return false, nil
	}
	switch strings.ToLower(text) {
	case "yes", "on", "1", "true", "t", "y":
		return true, nil
	}
	return false, nil
}

func ternaryFilter(c *call) (value.Value, error) {
	if c.in == nil && c.has(2) && c.arg[2] != nil {
		return c.arg[2], nil
	}
	t, err := truth(c.in)
	switch {
	case err != nil || value.IsUnknown(t):
		return t, err
	case t == true:
		return c.need(0)
	}
	return c.need(1)
}

func mandatoryFilter(c *call) (value.Value, error) {
	u, ok := c.in.(value.Undefined)
	if !ok {
		return c.in, nil
	}
	if msg, ok := value.Plain(c.val(0, nil)); ok && msg != "" {
		return nil, fmt.Errorf("%s", msg)
	}
	name := ""
	if u.Name != "" {
		name = "'" + u.Name + "' "
	}
	return nil, fmt.Errorf("Mandatory variable %snot defined.", name)
}

// shellQuote is Python's shlex.quote.
func shellQuote(s string) string {
	if s == "" {
		return "''"
	}
	safe := true
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("@%+=:,./-_", c) >= 0) {
			safe = false
			break
		}
	}
	if safe {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
}
