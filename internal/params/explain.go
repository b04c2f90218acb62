package params

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// Find finds a parameter, or a field inside one by its path: pg_users.roles.admin.
func Find(path string) (*Param, error) {
	names := strings.Split(path, ".")
	p := Lookup(names[0])
	if p == nil {
		return nil, diag.Errorf(diag.Pos{}, "unknown parameter %q", names[0]).WithHint("%s", diag.DidYouMean(names[0], Load().Names()))
	}
	for i, name := range names[1:] {
		within := strings.Join(names[:i+1], ".")
		if p.Type.Object == nil {
			return nil, diag.Errorf(diag.Pos{}, "%s has no fields: its type is %s", within, p.Type.words())
		}
		field := p.Type.Object.Field(name)
		if field == nil {
			return nil, diag.Errorf(diag.Pos{}, "unknown field %q of %s", name, within).WithHint("%s", diag.DidYouMean(name, p.Type.Object.names()))
		}
		p = field
	}
	return p, nil
}

// names are the names of the fields.
func (o *ObjectType) names() []string {
	names := make([]string, len(o.Fields))
	for i, f := range o.Fields {
		names[i] = f.Name
	}
	return names
}

// words are a type as people say it.
func (t Type) words() string {
	one := called(t.Kind)
	if t.Object != nil {
		one = "a mapping with fields"
	}
	switch {
	case t.List:
		return "a list of which each item is " + one
	case t.Map:
		return "a mapping to values of which each is " + one
	}
	return one
}

// Fact is one thing to know about a parameter.
type Fact struct{ Name, Text string }

// Facts are what is known of a parameter besides its description.
func (p *Param) Facts() (all []Fact) {
	add := func(name, text string) {
		if text != "" {
			all = append(all, Fact{name, text})
		}
	}
	add("type", p.Type.words())
	add("values", strings.Join(asInventory(p.Values), ", "))
	switch {
	case p.Min != nil && p.Max != nil:
		add("range", fmt.Sprintf("%d to %d", *p.Min, *p.Max))
	case p.Min != nil:
		add("range", fmt.Sprintf("at least %d", *p.Min))
	case p.Max != nil:
		add("range", fmt.Sprintf("at most %d", *p.Max))
	}
	if p.Generated == "" && !p.Secret && p.Default != nil {
		add("default", asInventory([]value.Value{p.Default})[0])
	}
	switch {
	case p.Generated == PerEnvironment:
		add("default", "a password that pig generates, one for the environment")
	case p.Generated != "":
		add("default", "a password that pig generates, one for each "+p.Generated)
	}
	if p.Required {
		add("needed", "yes")
	}
	add("set in", places(p.Levels))
	if len(p.Placeholders) > 0 {
		add("takes", "${"+strings.Join(p.Placeholders, "}, ${")+"}")
	}
	add("was", strings.Join(p.Was, ", "))
	add("no effect", p.Unused)
	if p.Section != "" {
		add("section", p.Section+" of "+p.Module)
	}
	return all
}

// asInventory are values as an inventory writes them.
func asInventory(values []value.Value) (all []string) {
	for _, v := range values {
		if s, ok := v.(string); ok && s != "" {
			all = append(all, s)
			continue
		}
		all = append(all, string(value.PlainJSON(v)))
	}
	return all
}

// places are where a parameter is meant to be set.
func places(levels string) string {
	var all []string
	for _, l := range []struct{ letter, place string }{{"G", "all.vars"}, {"C", "the vars of a group"}, {"I", "a host"}, {"A", "-e"}} {
		if strings.Contains(levels, l.letter) {
			all = append(all, l.place)
		}
	}
	return strings.Join(all, ", ")
}

// Sections are those of the catalog, in its order.
func (c *Catalog) Sections() (names []string) {
	for _, p := range c.Params {
		if p.Section != "" && !slices.Contains(names, p.Section) {
			names = append(names, p.Section)
		}
	}
	return names
}

// Of are the parameters of a module or a section, nil if there is none of that name.
func (c *Catalog) Of(name string) (all []*Param) {
	for _, p := range c.Params {
		if strings.EqualFold(p.Module, name) || strings.EqualFold(p.Section, name) {
			all = append(all, p)
		}
	}
	return all
}
