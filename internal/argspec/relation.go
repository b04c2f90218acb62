package argspec

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/value"
)

// missing tells required arguments that are not given.
func missing(spec, given *value.Dict) string {
	var names []string
	for name, option := range spec.All() {
		if option.(*value.Dict).At("required") == true && !given.Has(name) {
			names = append(names, value.KeyText(name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return "missing required arguments: " + strings.Join(names, ", ")
}

// groups are lists of names below a rule.
func groups(rules *value.Dict, rule string) (all [][]string) {
	if l, ok := rules.At(rule).(*value.List); ok {
		for _, group := range l.Items {
			all = append(all, texts(group))
		}
	}
	return all
}

// of counts those of names that are given.
func of(given *value.Dict, names []string) (n int) {
	for _, name := range names {
		if given.Has(name) {
			n++
		}
	}
	return n
}

func exclusive(rules, given *value.Dict) string {
	var hurt []string
	for _, group := range groups(rules, "mutually_exclusive") {
		if of(given, group) > 1 {
			hurt = append(hurt, strings.Join(group, "|"))
		}
	}
	if hurt == nil {
		return ""
	}
	return "parameters are mutually exclusive: " + strings.Join(hurt, ", ")
}

func together(rules, given *value.Dict) string {
	for _, group := range groups(rules, "required_together") {
		if n := of(given, group); n > 0 && n < len(group) {
			return "parameters are required together: " + strings.Join(group, ", ")
		}
	}
	return ""
}

func oneOf(rules, given *value.Dict) string {
	for _, group := range groups(rules, "required_one_of") {
		if of(given, group) == 0 {
			return "one of the following is required: " + strings.Join(group, ", ")
		}
	}
	return ""
}

// requiredIf checks lists of a name, its value, the names that it requires then, and whether any of them will do.
func requiredIf(rules, given *value.Dict) string {
	l, _ := rules.At("required_if").(*value.List)
	if l == nil {
		return ""
	}
	for _, item := range l.Items {
		rule, _ := item.(*value.List)
		if rule == nil || len(rule.Items) < 3 {
			continue
		}
		name, names, few, words := value.Str(rule.Items[0]), texts(rule.Items[2]), 1, "all"
		if len(rule.Items) > 3 && value.Truthy(rule.Items[3]) {
			few, words = len(names), "any"
		}
		is, ok := given.Get(name)
		if !ok || !value.Equal(is, rule.Items[1]) {
			continue
		}
		absent := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return given.Has(n) })
		if len(absent) > 0 && len(absent) >= few {
			return fmt.Sprintf("%s is %s but %s of the following are missing: %s", name, value.Str(rule.Items[1]), words, strings.Join(absent, ", "))
		}
	}
	return ""
}

func requiredBy(rules, given *value.Dict) string {
	d, _ := rules.At("required_by").(*value.Dict)
	if d == nil {
		return ""
	}
	for key, names := range d.All() {
		name := value.KeyText(key)
		if given.At(name) == nil {
			continue
		}
		if absent := slices.DeleteFunc(texts(names), func(n string) bool { return given.At(n) != nil }); len(absent) > 0 {
			return fmt.Sprintf("missing parameter(s) required by '%s': %s", name, strings.Join(absent, ", "))
		}
	}
	return ""
}
