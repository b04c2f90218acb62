package filters

import (
	"fmt"
	"math/big"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func typeTests() plugin.Table {
	t := plugin.Table{}
	const any = plugin.Structural | plugin.KeepsSecrets
	const special = any | plugin.TakesUndefined | plugin.TakesUnknown
	t.Test("defined", "", special, func(c *plugin.Call) (bool, error) { return isDefined(c.In), nil })
	t.Test("undefined", "", special, func(c *plugin.Call) (bool, error) { return !isDefined(c.In), nil })
	is := func(spec string, fn func(v value.Value) bool) {
		t.Test(spec, "", any, func(c *plugin.Call) (bool, error) { return fn(c.In), nil })
	}
	is("none", func(v value.Value) bool { return v == nil })
	is("boolean", func(v value.Value) bool { _, ok := v.(bool); return ok })
	is("true", func(v value.Value) bool { return v == true })
	is("false", func(v value.Value) bool { return v == false })
	is("string", func(v value.Value) bool { _, ok := value.Plain(v); return ok })
	is("number", func(v value.Value) bool { _, _, ok := python.Numeric(v); return ok })
	is("integer", func(v value.Value) bool {
		switch v.(type) {
		case int64, *big.Int:
			return true
		}
		return false
	})
	is("float", func(v value.Value) bool { _, ok := v.(float64); return ok })
	is("mapping", func(v value.Value) bool {
		switch v.(type) {
		case *value.Dict, python.Mapping:
			return true
		}
		return false
	})
	is("sequence", func(v value.Value) bool { _, err := length(v); return err == nil && !isView(v) })
	is("iterable", func(v value.Value) bool { _, err := python.Items(v); return err == nil })
	is("callable", func(v value.Value) bool { x, ok := v.(python.Internal); return ok && x.Callable() })
	is("escaped", func(value.Value) bool { return false })
	t.Test("filter", "", any, func(c *plugin.Call) (bool, error) { return c.Env.Filter(c.Text()) != nil, nil })
	t.Test("test", "", any, func(c *plugin.Call) (bool, error) { return c.Env.Test(c.Text()) != nil, nil })
	t.Test("vault_encrypted", "", any, func(c *plugin.Call) (bool, error) {
		text, _ := value.Plain(c.In)
		return strings.HasPrefix(text, vaultHead), nil
	})
	t.Test("sameas", "other", any, func(c *plugin.Call) (bool, error) {
		other, err := c.Need(0)
		if err != nil {
			return false, err
		}
		switch c.In.(type) {
		case *value.List, *value.Dict:
			return c.In == other, nil
		}
		return python.TypeName(c.In) == python.TypeName(other) && value.Equal(c.In, other), nil
	})
	return t
}

func isView(v value.Value) bool {
	_, ok := v.(python.View)
	return ok
}

func isDefined(v value.Value) bool {
	switch v.(type) {
	case value.Undefined, python.ImplicitElse:
		return false
	}
	return true
}

func compareTests() plugin.Table {
	t := plugin.Table{}
	for spec, op := range map[string]string{
		"eq equalto ==": "==", "ne !=": "!=", "lt lessthan <": "<", "le <=": "<=", "gt greaterthan >": ">",
		"ge >=": ">=",
	} {
		t.Add(spec, "other", plugin.Structural|plugin.IsTest, func(c *plugin.Call) (value.Value, error) {
			other, err := c.Need(0)
			if err != nil {
				return nil, err
			}
			return python.CompareBy(op, c.In, other)
		})
	}
	t.Add("in", "seq", plugin.Structural|plugin.IsTest, func(c *plugin.Call) (value.Value, error) {
		seq, err := c.Need(0)
		if err != nil {
			return nil, err
		}
		return python.Contains(seq, c.In)
	})
	t.Add("contains", "value", plugin.Structural|plugin.IsTest, func(c *plugin.Call) (value.Value, error) {
		item, err := c.Need(0)
		if err != nil {
			return nil, err
		}
		return python.Contains(c.In, item)
	})
	t.Merge(numberTests())
	t.Merge(setTests())
	return t
}

func numberTests() plugin.Table {
	t := plugin.Table{}
	number := func(name string, fn func(i *big.Int) bool) {
		t.Test(name, "", 0, func(c *plugin.Call) (bool, error) {
			i, ok := python.Integer(c.In)
			if !ok {
				return false, fmt.Errorf("%s needs an integer, not %s", name, python.TypeName(c.In))
			}
			return fn(i), nil
		})
	}
	number("odd", func(i *big.Int) bool { return i.Bit(0) == 1 })
	number("even", func(i *big.Int) bool { return i.Bit(0) == 0 })
	t.Test("divisibleby", "num", 0, func(c *plugin.Call) (bool, error) {
		num, err := c.Need(0)
		if err != nil {
			return false, err
		}
		v, err := python.Arithmetic("%", c.In, num)
		return err == nil && value.Equal(v, int64(0)), err
	})
	t.Test("nan isnan", "", 0, func(c *plugin.Call) (bool, error) { return python.IsNaN(c.In), nil })
	return t
}

// setTests ask about the elements of a list.
func setTests() plugin.Table {
	t := plugin.Table{}
	t.Add("all", "", plugin.Structural|plugin.IsTest, func(c *plugin.Call) (value.Value, error) { return quantify(c.In, false) })
	t.Add("any", "", plugin.Structural|plugin.IsTest, func(c *plugin.Call) (value.Value, error) { return quantify(c.In, true) })
	subset := func(spec string, swap bool) {
		t.Test(spec, "b", 0, func(c *plugin.Call) (bool, error) {
			other, err := c.Need(0)
			if err != nil {
				return false, err
			}
			part, whole := c.In, other
			if swap {
				part, whole = whole, part
			}
			return isSubset(part, whole)
		})
	}
	subset("subset issubset", false)
	subset("superset issuperset", true)
	for spec, want := range map[string]bool{"truthy": true, "falsy": false} {
		t.Test(spec, "convert_bool", 0, func(c *plugin.Call) (bool, error) {
			convert, err := c.Bool(0, false)
			if err != nil {
				return false, err
			}
			v := c.In
			if convert {
				if text, ok := value.Plain(v); ok {
					switch strings.ToLower(text) {
					case "yes", "on", "1", "true", "t", "y":
						v = true
					case "no", "off", "0", "false", "f", "n":
						v = false
					}
				}
			}
			t, err := python.Truth(v)
			return t == want, err
		})
	}
	return t
}

// quantify is any (decisive true) or all (decisive false) of the truths of v's items.
func quantify(v value.Value, decisive bool) (value.Value, error) {
	list, err := python.ForcedItems(v)
	if err != nil {
		return nil, err
	}
	var unknown value.Value
	for _, item := range list {
		t, err := python.Truth(item)
		switch {
		case err != nil:
			return nil, err
		case t == decisive:
			return decisive, nil
		case value.IsUnknown(t):
			unknown = t
		}
	}
	if unknown != nil {
		return unknown, nil
	}
	return !decisive, nil
}

func isSubset(part, whole value.Value) (bool, error) {
	list, err := python.ForcedItems(part)
	if err != nil {
		return false, err
	}
	all, err := python.ForcedItems(whole)
	if err != nil {
		return false, err
	}
	in, err := setOf(all)
	if err != nil {
		return false, err
	}
	for _, v := range list {
		if there, err := in.has(v); err != nil || !there {
			return false, err
		}
	}
	return true, nil
}

func textTests(src Sources) plugin.Table {
	t := plugin.Table{}
	t.Test("lower", "", 0, func(c *plugin.Call) (bool, error) {
		s := c.Text()
		return strings.ToLower(s) == s && strings.ToUpper(s) != s, nil
	})
	t.Test("upper", "", 0, func(c *plugin.Call) (bool, error) {
		s := c.Text()
		return strings.ToUpper(s) == s && strings.ToLower(s) != s, nil
	})
	regex := func(name, params, how string) {
		t.Test(name, params, 0, func(c *plugin.Call) (bool, error) { return src.matches(c, how) })
	}
	regex("match", "pattern ignorecase multiline", "match")
	regex("search", "pattern ignorecase multiline", "search")
	regex("regex", "pattern ignorecase multiline match_type", "")
	t.Test("version version_compare", "version operator strict version_type", 0, versionTest)
	for name, schemes := range map[string]bool{"url": false, "uri": false, "urn": true} {
		t.Test(name, "schemes", 0, func(c *plugin.Call) (bool, error) { return isURL(c, name, schemes) })
	}
	return t
}

func isURL(c *plugin.Call, name string, urn bool) (bool, error) {
	s := c.Text()
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || scheme == "" {
		return false, nil
	}
	if urn {
		return strings.EqualFold(scheme, "urn"), nil
	}
	if name == "url" && !(strings.HasPrefix(rest, "//") && len(rest) > 2) {
		return false, nil
	}
	if v := c.Val(0, nil); v != nil {
		list, err := python.ForcedItems(v)
		if err != nil {
			return false, err
		}
		for _, v := range list {
			if v == scheme {
				return true, nil
			}
		}
		return false, nil
	}
	return true, nil
}

func (src Sources) matches(c *plugin.Call, how string) (bool, error) {
	if _, ok := value.Plain(c.In); !ok {
		c.In = c.Text()
	}
	re, err := src.regex(c, 0, 1, 2)
	if err != nil {
		return false, err
	}
	if how == "" {
		if how, err = c.Str(3, "search"); err != nil {
			return false, err
		}
	}
	m, err := re.Search(c.Text())
	if err != nil || m == nil {
		return false, err
	}
	switch how {
	case "search":
		return true, nil
	case "match", "fullmatch":
		pattern, _ := c.Str(0, "")
		anchored := `\A(?:` + pattern + ")"
		if how == "fullmatch" {
			anchored += `\Z`
		}
		if strings.HasPrefix(pattern, "(?") && !strings.HasPrefix(pattern, "(?:") && !strings.HasPrefix(pattern, "(?P") {
			if end := strings.IndexByte(pattern, ')'); end > 0 && !strings.ContainsAny(pattern[2:end], "=!<(") {
				anchored = pattern[:end+1] + `\A(?:` + pattern[end+1:] + ")"
			}
		}
		c.Arg[0] = anchored
		if re, err = src.regex(c, 0, 1, 2); err != nil {
			return false, err
		}
		m, err = re.Search(c.Text())
		return m != nil, err
	}
	return false, fmt.Errorf("unknown match_type %s", how)
}

// versionTest is value is version(other, operator, strict, version_type).
func versionTest(c *plugin.Call) (bool, error) {
	other, err := c.Need(0)
	if err != nil {
		return false, err
	}
	op, err := c.Str(1, "eq")
	if err != nil {
		return false, err
	}
	kind := "loose"
	if strict, err := c.Bool(2, false); err != nil {
		return false, err
	} else if strict {
		kind = "strict"
	}
	if v, ok := value.Plain(c.Val(3, nil)); ok {
		kind = v
	}
	a, b := c.Text(), python.Str(other)
	return python.CompareVersions(a, op, b, kind)
}
