package jinja

import (
	"fmt"
	"math/big"
	"strings"

	"pig/internal/value"
)

func typeTests() table {
	t := table{}
	const any = structural | keepsSecrets
	const special = any | takesUndefined | takesUnknown
	t.test("defined", "", special, func(c *call) (bool, error) { return isDefined(c.in), nil })
	t.test("undefined", "", special, func(c *call) (bool, error) { return !isDefined(c.in), nil })
	is := func(spec string, fn func(v value.Value) bool) {
		t.test(spec, "", any, func(c *call) (bool, error) { return fn(c.in), nil })
	}
	is("none", func(v value.Value) bool { return v == nil })
	is("boolean", func(v value.Value) bool { _, ok := v.(bool); return ok })
	is("true", func(v value.Value) bool { return v == true })
	is("false", func(v value.Value) bool { return v == false })
	is("string", func(v value.Value) bool { _, ok := value.Plain(v); return ok })
	is("number", func(v value.Value) bool { _, _, ok := numeric(v); return ok })
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
		case *value.Dict, Mapping:
			return true
		}
		return false
	})
	is("sequence", func(v value.Value) bool { _, err := length(v); return err == nil && !isView(v) })
	is("iterable", func(v value.Value) bool { _, err := items(v); return err == nil })
	is("callable", func(v value.Value) bool { x, ok := v.(internal); return ok && x.Callable() })
	is("escaped", func(value.Value) bool { return false })
	t.test("filter", "", any, func(c *call) (bool, error) { return c.env.Filter(c.text()) != nil, nil })
	t.test("test", "", any, func(c *call) (bool, error) { return c.env.Test(c.text()) != nil, nil })
	t.test("vault_encrypted", "", any, func(c *call) (bool, error) {
		text, _ := value.Plain(c.in)
		return strings.HasPrefix(text, "$ANSIBLE_VAULT;"), nil
	})
	t.test("vaulted_file", "", any, func(*call) (bool, error) { return false, nil })
	t.test("sameas", "other", any, func(c *call) (bool, error) {
		other, err := c.need(0)
		if err != nil {
			return false, err
		}
		switch c.in.(type) {
		case *value.List, *value.Dict:
			return c.in == other, nil
		}
		return typeName(c.in) == typeName(other) && value.Equal(c.in, other), nil
	})
	return t
}

func isView(v value.Value) bool {
	_, ok := v.(view)
	return ok
}

func isDefined(v value.Value) bool {
	switch v.(type) {
	case value.Undefined, implicitElse:
		return false
	}
	return true
}

func compareTests() table {
	t := table{}
	for spec, op := range map[string]string{
		"eq equalto == same": "==", "ne != not_equal": "!=", "lt lessthan <": "<", "le <=": "<=", "gt greaterthan >": ">",
		"ge >=": ">=",
	} {
		t.add(spec, "other", structural|isTest, func(c *call) (value.Value, error) {
			other, err := c.need(0)
			if err != nil {
				return nil, err
			}
			return compareBy(op, c.in, other)
		})
	}
	t.add("in", "seq", structural|isTest, func(c *call) (value.Value, error) {
		seq, err := c.need(0)
		if err != nil {
			return nil, err
		}
		return contains(seq, c.in)
	})
	t.add("contains", "value", structural|isTest, func(c *call) (value.Value, error) {
		item, err := c.need(0)
		if err != nil {
			return nil, err
		}
		return contains(c.in, item)
	})
	t.merge(numberTests())
	t.merge(setTests())
	return t
}

func numberTests() table {
	t := table{}
	number := func(name string, fn func(i *big.Int) bool) {
		t.test(name, "", 0, func(c *call) (bool, error) {
			i, ok := integer(c.in)
			if !ok {
				return false, fmt.Errorf("%s needs an integer, not %s", name, typeName(c.in))
			}
			return fn(i), nil
		})
	}
	number("odd", func(i *big.Int) bool { return i.Bit(0) == 1 })
	number("even", func(i *big.Int) bool { return i.Bit(0) == 0 })
	t.test("divisibleby", "num", 0, func(c *call) (bool, error) {
		num, err := c.need(0)
		if err != nil {
			return false, err
		}
		v, err := arithmetic("%", c.in, num)
		return err == nil && value.Equal(v, int64(0)), err
	})
	t.test("nan isnan", "", 0, func(c *call) (bool, error) { return isNaN(c.in), nil })
	return t
}

// setTests ask about the elements of a list.
func setTests() table {
	t := table{}
	t.add("all", "", structural|isTest, func(c *call) (value.Value, error) { return quantify(c.in, false) })
	t.add("any", "", structural|isTest, func(c *call) (value.Value, error) { return quantify(c.in, true) })
	subset := func(spec string, swap bool) {
		t.test(spec, "b", 0, func(c *call) (bool, error) {
			other, err := c.need(0)
			if err != nil {
				return false, err
			}
			part, whole := c.in, other
			if swap {
				part, whole = whole, part
			}
			return isSubset(part, whole)
		})
	}
	subset("subset issubset", false)
	subset("superset issuperset", true)
	for spec, want := range map[string]bool{"truthy": true, "falsy": false} {
		t.test(spec, "convert_bool", 0, func(c *call) (bool, error) {
			convert, err := c.bool(0, false)
			if err != nil {
				return false, err
			}
			v := c.in
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
			t, err := truth(v)
			return t == want, err
		})
	}
	return t
}

// quantify is any (decisive true) or all (decisive false) of the truths of v's items.
func quantify(v value.Value, decisive bool) (value.Value, error) {
	list, err := forcedItems(v)
	if err != nil {
		return nil, err
	}
	var unknown value.Value
	for _, item := range list {
		t, err := truth(item)
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
	list, err := forcedItems(part)
	if err != nil {
		return false, err
	}
	all, err := forcedItems(whole)
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

func textTests(src sources) table {
	t := table{}
	t.test("lower", "", 0, func(c *call) (bool, error) {
		s := c.text()
		return strings.ToLower(s) == s && strings.ToUpper(s) != s, nil
	})
	t.test("upper", "", 0, func(c *call) (bool, error) {
		s := c.text()
		return strings.ToUpper(s) == s && strings.ToLower(s) != s, nil
	})
	regex := func(name, params, how string) {
		t.test(name, params, 0, func(c *call) (bool, error) { return src.matches(c, how) })
	}
	regex("match", "pattern ignorecase multiline", "match")
	regex("search", "pattern ignorecase multiline", "search")
	regex("regex", "pattern ignorecase multiline match_type", "")
	t.test("version version_compare", "version operator strict version_type", 0, versionTest)
	for name, schemes := range map[string]bool{"url": false, "uri": false, "urn": true} {
		t.test(name, "schemes", 0, func(c *call) (bool, error) { return isURL(c, name, schemes) })
	}
	return t
}

func isURL(c *call, name string, urn bool) (bool, error) {
	s := c.text()
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
	if v := c.val(0, nil); v != nil {
		list, err := forcedItems(v)
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

func (src sources) matches(c *call, how string) (bool, error) {
	if _, ok := value.Plain(c.in); !ok {
		c.in = c.text()
	}
	re, err := src.regex(c, 0, 1, 2)
	if err != nil {
		return false, err
	}
	if how == "" {
		if how, err = c.str(3, "search"); err != nil {
			return false, err
		}
	}
	m, err := re.Search(c.text())
	if err != nil || m == nil {
		return false, err
	}
	switch how {
	case "search":
		return true, nil
	case "match", "fullmatch":
		pattern, _ := c.str(0, "")
		anchored := `\A(?:` + pattern + ")"
		if how == "fullmatch" {
			anchored += `\Z`
		}
		if strings.HasPrefix(pattern, "(?") && !strings.HasPrefix(pattern, "(?:") && !strings.HasPrefix(pattern, "(?P") {
			if end := strings.IndexByte(pattern, ')'); end > 0 && !strings.ContainsAny(pattern[2:end], "=!<(") {
				anchored = pattern[:end+1] + `\A(?:` + pattern[end+1:] + ")"
			}
		}
		c.arg[0] = anchored
		if re, err = src.regex(c, 0, 1, 2); err != nil {
			return false, err
		}
		m, err = re.Search(c.text())
		return m != nil, err
	}
	return false, fmt.Errorf("unknown match_type %s", how)
}

// versionTest is value is version(other, operator, strict, version_type).
func versionTest(c *call) (bool, error) {
	other, err := c.need(0)
	if err != nil {
		return false, err
	}
	op, err := c.str(1, "eq")
	if err != nil {
		return false, err
	}
	kind := "loose"
	if strict, err := c.bool(2, false); err != nil {
		return false, err
	} else if strict {
		kind = "strict"
	}
	if v, ok := value.Plain(c.val(3, nil)); ok {
		kind = v
	}
	a, b := c.text(), str(other)
	return compareVersions(a, op, b, kind)
}
