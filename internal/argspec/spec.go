// Package argspec checks what is given to a role against its argument specification, and answers in the words of ansible-core 2.19
// (the plugin validate_argument_spec), which people search for.
package argspec

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/value"
)

// Validate checks arguments against a specification: a mapping from names to type, required, default, choices, elements, aliases and
// options, as in meta/argument_specs.yml. It gives all that is wrong, in Ansible's order; nil if nothing is. The error is of a specification
// that is none.
func Validate(spec, given *value.Dict) ([]string, error) {
	if err := wellFormed(spec); err != nil {
		return nil, err
	}
	c := &check{}
	given = given.Clone()
	if err := mappings(spec, given); err != nil {
		c.errors = append(c.errors, err.Error())
	}
	c.level(spec, given, value.NewDict(), nil)
	c.below(spec, given, nil)
	if len(c.unsupported) > 0 {
		slices.Sort(c.unsupported)
		c.errors = append(c.errors, strings.Join(c.unsupported, ", ")+". Supported parameters include: "+c.supported+".")
	}
	return c.errors, nil
}

// wellFormed holds that all options of a specification are mappings.
func wellFormed(spec *value.Dict) error {
	for name, v := range spec.All() {
		option, ok := v.(*value.Dict)
		if !ok {
			return fmt.Errorf("option %s of the argument specification must be a mapping, not %s", value.KeyText(name), value.TypeName(v))
		}
		if options := inner(option); options != nil {
			if err := wellFormed(options); err != nil {
				return err
			}
		}
	}
	return nil
}

// check gathers what is wrong.
type check struct {
	errors      []string
	unsupported []string // names, with those of the options that they are in
	supported   string   // what could have been given instead of the last of them
}

// level checks the arguments of one mapping; rules are the relations between its options, in is where it is.
func (c *check) level(spec, given, rules *value.Dict, in []string) {
	aliases(spec, given)
	c.names(spec, given, in)
	c.failed(in, exclusive(rules, given))
	for name, option := range spec.All() {
		if d := option.(*value.Dict).At("default"); d != nil && !given.Has(name) {
			given.Set(name, value.Clone(d))
		}
	}
	c.failed(in, missing(spec, given))
	for name, option := range spec.All() {
		c.convert(value.KeyText(name), option.(*value.Dict), given, in)
	}
	for name, option := range spec.All() {
		c.choices(value.KeyText(name), option.(*value.Dict), given, in)
	}
	for _, rule := range []func(rules, given *value.Dict) string{together, oneOf, requiredIf, requiredBy} {
		c.failed(in, rule(rules, given))
	}
}

// below checks the options of options.
func (c *check) below(spec, given *value.Dict, in []string) {
	for key, v := range spec.All() {
		name, option := value.KeyText(key), v.(*value.Dict)
		if !nested(option) {
			continue
		}
		if given.At(name) == nil {
			if option.At("apply_defaults") != true {
				continue
			}
			given.Set(name, value.NewDict())
		}
		items := []value.Value{given.At(name)}
		if l, ok := items[0].(*value.List); ok {
			items = l.Items
		}
		at := append(slices.Clone(in), name)
		for _, item := range items {
			d, ok := item.(*value.Dict)
			if !ok {
				c.errors = append(c.errors, "value of '"+name+"' must be of type dict or list of dicts")
				continue
			}
			c.level(inner(option), d, option, at)
			c.below(inner(option), d, at)
		}
	}
}

// mappings holds that what is given for options with options is a mapping, or many, or a text that can be one. Ansible looks for secrets in
// it before anything else, and fails at the first that is none.
func mappings(spec, given *value.Dict) error {
	for key, v := range spec.All() {
		name, option := value.KeyText(key), v.(*value.Dict)
		at, kind := given.At(name), value.Str(option.At("type"))
		if at == nil || !nested(option) {
			continue
		}
		items := []value.Value{at}
		if l, ok := at.(*value.List); ok {
			items = l.Items
		}
		for _, item := range items {
			if _, ok := value.Plain(item); ok && value.TypeName(item) == "str" {
				d, err := toDict(item)
				if err != nil {
					return err
				}
				item = d
			}
			d, ok := item.(*value.Dict)
			if !ok {
				return fmt.Errorf("Value '%s' in the sub parameter field '%s' must be a %s, not '%s'", value.Str(item), name, kind, tagged(item)) //nolint:staticcheck // Ansible's words
			}
			if err := mappings(inner(option), d); err != nil {
				return err
			}
		}
	}
	return nil
}

// nested says that an option is a mapping, or a list of them, with options of its own.
func nested(option *value.Dict) bool {
	kind := value.Str(option.At("type"))
	return inner(option) != nil && (kind == "dict" || kind == "list" && value.Str(option.At("elements")) == "dict")
}

// failed notes an error, and where it is.
func (c *check) failed(in []string, text string) {
	if text != "" {
		c.errors = append(c.errors, text+found(in))
	}
}

func found(in []string) string {
	if len(in) == 0 {
		return ""
	}
	return " found in " + strings.Join(in, " -> ")
}

// names notes arguments that the specification does not have.
func (c *check) names(spec, given *value.Dict, in []string) {
	legal := map[string]bool{}
	var own []string
	for key, option := range spec.All() {
		legal[value.KeyText(key)] = true
		own = append(own, value.KeyText(key))
		for _, a := range texts(option.(*value.Dict).At("aliases")) {
			legal[a] = true
		}
	}
	slices.Sort(own)
	for _, name := range given.StringKeys() {
		if !legal[name] {
			c.unsupported = append(c.unsupported, strings.Join(append(slices.Clone(in), name), "."))
			c.supported = strings.Join(own, ", ")
		}
	}
}

// aliases gives what was given by another name its own one.
func aliases(spec, given *value.Dict) {
	for name, option := range spec.All() {
		for _, a := range texts(option.(*value.Dict).At("aliases")) {
			if v, ok := given.Get(a); ok {
				given.Set(name, v)
			}
		}
	}
}

// inner is the specification of what is in an option, nil if it has none.
func inner(option *value.Dict) *value.Dict {
	d, _ := option.At("options").(*value.Dict)
	return d
}

// texts are the items of a list as text, and one text as a list.
func texts(v value.Value) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case *value.List:
		all := make([]string, len(v.Items))
		for i, item := range v.Items {
			all[i] = value.Str(item)
		}
		return all
	}
	return []string{value.Str(v)}
}
