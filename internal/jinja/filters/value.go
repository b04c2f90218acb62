package filters

import (
	"fmt"
	"strings"

	"pig/internal/format"
	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/secret"
	"pig/internal/value"
)

func valueFilters() plugin.Table {
	t := plugin.Table{}
	t.Add("default d", "default_value boolean", plugin.Structural|plugin.TakesUndefined|plugin.TakesUnknown|plugin.KeepsSecrets, defaultFilter)
	t.Add("bool", "", 0, boolFilter)
	t.Add("ternary", "true_val false_val none_val", plugin.Structural|plugin.TakesUnknown|plugin.KeepsSecrets, ternaryFilter)
	t.Add("mandatory", "msg", plugin.Structural|plugin.TakesUndefined|plugin.TakesUnknown|plugin.KeepsSecrets, mandatoryFilter)
	t.Add("type_debug", "", plugin.Structural|plugin.KeepsSecrets, func(c *plugin.Call) (value.Value, error) { return python.TypeName(c.In), nil })
	t.Add("attr", "name", plugin.Structural, func(c *plugin.Call) (value.Value, error) {
		name, err := c.NeedStr(0)
		if err != nil {
			return nil, err
		}
		if _, hidden := c.Arg[0].(secret.Text); hidden {
			return python.UndefinedAttr(c.In, c.Arg[0], c.Env.Pos()), nil
		}
		if d, ok := c.In.(*value.Dict); ok {
			if m, ok := c.Env.Method(d, name); ok {
				return m, nil
			}
			return python.UndefinedAttr(d, name, c.Env.Pos()), nil
		}
		return c.Env.Attr(c.In, name)
	})
	textFilter(t, "quote", "", func(s string, c *plugin.Call) (value.Value, error) {
		if c.In == nil {
			s = ""
		}
		return format.ShlexWord(s), nil
	})
	t.Add("unvault vault", "secret **kwargs", 0, func(*plugin.Call) (value.Value, error) {
		return nil, fmt.Errorf("vaults are opened when the inventory is read, not in templates")
	})
	return t
}

func defaultFilter(c *plugin.Call) (value.Value, error) {
	dflt := c.Val(0, "")
	switch c.In.(type) {
	case value.Undefined, python.ImplicitElse:
		return dflt, nil
	case value.Unknown:
		return c.In, nil
	}
	byTruth := c.Val(1, false)
	t, err := python.Truth(byTruth)
	if err != nil || t != true {
		return c.In, err
	}
	if t, err = python.Truth(c.In); err != nil {
		return nil, err
	}
	if t == true {
		return c.In, nil
	}
	return dflt, nil
}

// boolFilter is Ansible's: text that does not look like a bool is false, with a warning there.
func boolFilter(c *plugin.Call) (value.Value, error) {
	switch x := c.In.(type) {
	case nil, bool:
		return x == true, nil
	case int64:
		return x == 1, nil
	case float64:
		return x == 1, nil
	}
	text, ok := value.Plain(c.In)
	if !ok {
		return false, nil
	}
	switch strings.ToLower(text) {
	case "yes", "on", "1", "true", "t", "y":
		return true, nil
	}
	return false, nil
}

func ternaryFilter(c *plugin.Call) (value.Value, error) {
	if c.In == nil && c.Has(2) && c.Arg[2] != nil {
		return c.Arg[2], nil
	}
	t, err := python.Truth(c.In)
	switch {
	case err != nil || value.IsUnknown(t):
		return t, err
	case t == true:
		return c.Need(0)
	}
	return c.Need(1)
}

func mandatoryFilter(c *plugin.Call) (value.Value, error) {
	u, ok := c.In.(value.Undefined)
	if !ok {
		return c.In, nil
	}
	if msg, ok := value.Plain(c.Val(0, nil)); ok && msg != "" {
		return nil, fmt.Errorf("%s", msg)
	}
	name := ""
	if u.Name != "" {
		name = "'" + u.Name + "' "
	}
	return nil, fmt.Errorf("Mandatory variable %snot defined.", name)
}
