package argspec

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"pig/internal/value"
)

// convert makes an argument of the type that its option wants.
func (c *check) convert(name string, option, given *value.Dict, in []string) {
	v, ok := given.Get(name)
	if !ok || v == nil && option.At("required") != true && option.At("default") == nil {
		return
	}
	kind := value.Str(option.At("type"))
	if option.At("type") == nil {
		kind = "str"
	}
	typed, err := typed(v, kind)
	if err != nil {
		text := fmt.Sprintf("argument '%s' is of type %s", name, value.TypeName(v))
		if len(in) > 0 {
			text += " found in '" + strings.Join(in, " -> ") + "'."
		}
		c.errors = append(c.errors, text+fmt.Sprintf(" and we were unable to convert to %s: %s", kind, err))
		return
	}
	given.Set(name, typed)
	if elements := option.At("elements"); elements != nil {
		if l, ok := typed.(*value.List); ok {
			given.Set(name, c.elements(name, value.Str(elements), l, in))
		}
	}
}

// elements makes the items of a list of the type that is wanted, and leaves out those that cannot be.
func (c *check) elements(name, kind string, l *value.List, in []string) *value.List {
	out := value.NewList()
	for _, item := range l.Items {
		v, err := typed(item, kind)
		if err != nil {
			text := "Elements value for option '" + name + "'"
			if len(in) > 0 {
				text += " found in '" + strings.Join(in, " -> ") + "'"
			}
			c.errors = append(c.errors, text+fmt.Sprintf(" is of type %s and we were unable to convert to %s: %s", value.TypeName(item), kind, err))
			continue
		}
		out.Append(v)
	}
	return out
}

// choices holds an argument to the values that its option takes.
func (c *check) choices(name string, option, given *value.Dict, in []string) {
	l, ok := option.At("choices").(*value.List)
	v, has := given.Get(name)
	if !ok || !has {
		return
	}
	taken := func(v value.Value) bool {
		return slices.ContainsFunc(l.Items, func(choice value.Value) bool { return value.Equal(choice, v) })
	}
	all := strings.Join(texts(l), ", ")
	if items, ok := v.(*value.List); ok {
		var odd []string
		for _, item := range items.Items {
			if !taken(item) {
				odd = append(odd, value.Str(item))
			}
		}
		if odd != nil {
			c.failed(in, fmt.Sprintf("value of %s must be one or more of: %s. Got no match for: %s", name, all, strings.Join(odd, ", ")))
		}
		return
	}
	if !taken(v) && !taken(spoken(v, l)) {
		c.failed(in, fmt.Sprintf("value of %s must be one of: %s, got: %s", name, all, value.Str(v)))
	}
}

var truths, untruths = []string{"y", "yes", "on", "1", "true", "t"}, []string{"n", "no", "off", "0", "false", "f"}

// spoken is the choice that a text True or False stands for, where YAML has made a boolean of a word such as yes and one choice is such a word.
func spoken(v value.Value, choices *value.List) value.Value {
	words := map[string][]string{"True": truths, "False": untruths}[value.Str(v)]
	var meant []value.Value
	for _, choice := range choices.Items {
		if slices.Contains(words, value.Str(choice)) {
			meant = append(meant, choice)
		}
	}
	if len(meant) == 1 {
		return meant[0]
	}
	return v
}

// typed is a value as a type, of which the error tells why it cannot be.
func typed(v value.Value, kind string) (value.Value, error) {
	switch kind {
	case "raw", "json", "jsonarg", "bytes", "bits":
		return v, nil
	case "list":
		return toList(v)
	case "dict":
		return toDict(v)
	case "bool":
		return toBool(v)
	case "int":
		return toInt(v)
	case "float":
		return toFloat(v)
	}
	if v == nil {
		return "", nil
	}
	return value.Str(v), nil
}

// tagged is the name of a value's class in Ansible, which knows where texts, mappings, lists and numbers come from.
func tagged(v value.Value) string {
	switch name := value.TypeName(v); name {
	case "str", "dict", "list", "int", "float":
		return "_AnsibleTagged" + strings.ToUpper(name[:1]) + name[1:]
	default:
		return name
	}
}

func class(v value.Value) string {
	name := tagged(v)
	if strings.HasPrefix(name, "_") {
		name = "ansible.module_utils._internal._datatag." + name
	}
	return "<class '" + name + "'>"
}

func toList(v value.Value) (value.Value, error) {
	switch v := v.(type) {
	case *value.List:
		return v, nil
	case int64, float64, bool:
		return value.NewList(value.Str(v)), nil
	}
	if s, ok := value.Plain(v); ok {
		return value.Strings(strings.Split(s, ",")), nil
	}
	return nil, fmt.Errorf("%s cannot be converted to a list", class(v))
}

func toDict(v value.Value) (value.Value, error) {
	if d, ok := v.(*value.Dict); ok {
		return d, nil
	}
	s, ok := value.Plain(v)
	if !ok || value.TypeName(v) != "str" {
		return nil, fmt.Errorf("%s cannot be converted to a dict", class(v))
	}
	switch {
	case strings.HasPrefix(s, "{"):
		if d, err := value.ParseJSON([]byte(s)); err == nil {
			return d, nil
		}
		return nil, fmt.Errorf("unable to evaluate string as dictionary")
	case strings.Contains(s, "="):
		d := value.NewDict()
		for _, field := range fields(s) {
			k, val, ok := strings.Cut(field, "=")
			if !ok {
				return nil, fmt.Errorf(`unable to evaluate string in the "key=value" format as dictionary`)
			}
			d.Set(k, val)
		}
		return d, nil
	}
	return nil, fmt.Errorf("dictionary requested, could not parse JSON or key=value")
}

// fields are what blanks and commas part, but not those in quotes or after a backslash.
func fields(s string) (all []string) {
	var field strings.Builder
	var quote rune
	escaped := false
	end := func() {
		if field.Len() > 0 {
			all = append(all, field.String())
		}
		field.Reset()
	}
	for _, r := range strings.TrimSpace(s) {
		switch {
		case escaped:
			field.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == ',' || r == ' '):
			end()
		default:
			field.WriteRune(r)
		}
	}
	end()
	return all
}

func toBool(v value.Value) (value.Value, error) {
	switch v.(type) {
	case bool:
		return v, nil
	case int64, float64, *big.Int:
	default:
		if value.TypeName(v) != "str" {
			return nil, fmt.Errorf("%s cannot be converted to a bool", class(v))
		}
	}
	word := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(value.Str(v))), ".0")
	switch {
	case slices.Contains(truths, word):
		return true, nil
	case slices.Contains(untruths, word):
		return false, nil
	}
	return nil, fmt.Errorf("The value '%s' is not a valid boolean. Valid booleans include: 0, 1, 'no', 'off', 'f', 'n', '1', 'on', 'y', 'true', 't', 'false', 'yes', '0'", value.Str(v)) //nolint:staticcheck // Ansible's words
}

func toInt(v value.Value) (value.Value, error) {
	switch n := v.(type) {
	case int64, *big.Int, bool:
		return v, nil
	case float64:
		if n == math.Trunc(n) {
			return int64(n), nil
		}
	default:
		if s, ok := value.Plain(v); ok {
			if f, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(s), "_", ""), 64); err == nil && f == math.Trunc(f) {
				return int64(f), nil
			}
		}
	}
	return nil, fmt.Errorf("\"%s\" cannot be converted to an int", value.Repr(v))
}

func toFloat(v value.Value) (value.Value, error) {
	switch n := v.(type) {
	case float64:
		return n, nil
	case int64:
		return float64(n), nil
	case bool:
		if n {
			return 1.0, nil
		}
		return 0.0, nil
	}
	if s, ok := value.Plain(v); ok {
		if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
			return f, nil
		}
	}
	return nil, fmt.Errorf("%s cannot be converted to a float", class(v))
}
