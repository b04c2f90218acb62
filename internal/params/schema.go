package params

import "pig/internal/value"

// Schema is a JSON Schema (draft-07, which the language servers of editors read) of inventories, for editors: all parameters with their descriptions, in variables
// of groups and hosts. It takes what Validate takes, and templates everywhere.
func Schema() *value.Dict {
	c := Load()
	defs := value.NewDict()
	defs.Set("template", value.DictOf("type", "string", "pattern", `\{[{%]`, "description", "a template, known only in a run"))
	for _, o := range sortedObjects(c) {
		defs.Set(o.Name, objectSchema(o))
	}
	vars := value.NewDict()
	for _, p := range c.Params {
		vars.Set(p.Name, paramSchema(p))
	}
	defs.Set("vars", value.DictOf("type", list("object", "null"), "properties", vars))
	group := func(of value.Value) *value.Dict {
		return value.DictOf("type", list("object", "null"), "additionalProperties", of)
	}
	defs.Set("group", value.DictOf("type", list("object", "null"), "additionalProperties", false, "properties", value.DictOf(
		"hosts", group(ref("vars")), "vars", ref("vars"), "children", group(ref("group")))))
	return value.DictOf(
		"$schema", "http://json-schema.org/draft-07/schema#",
		"$id", "urn:pig:inventory",
		"title", "pigsty.yml",
		"description", "The inventory of an environment: groups of hosts and their parameters.",
		"type", "object",
		"additionalProperties", ref("group"),
		"definitions", defs,
	)
}

func list(items ...value.Value) *value.List { return value.NewList(items...) }

func ref(name string) *value.Dict { return value.DictOf("$ref", "#/definitions/"+name) }

// sortedObjects are the objects in the order in which parameters name them.
func sortedObjects(c *Catalog) []*ObjectType {
	var all []*ObjectType
	seen := map[*ObjectType]bool{}
	var add func(t Type)
	add = func(t Type) {
		if t.Object == nil || seen[t.Object] {
			return
		}
		seen[t.Object] = true
		all = append(all, t.Object)
		for _, f := range t.Object.Fields {
			add(f.Type)
		}
	}
	for _, p := range c.Params {
		add(p.Type)
	}
	return all
}

func objectSchema(o *ObjectType) *value.Dict {
	fields, required := value.NewDict(), list()
	for _, f := range o.Fields {
		fields.Set(f.Name, paramSchema(f))
		for _, old := range f.Was {
			s := paramSchema(f)
			s.Set("deprecated", true)
			fields.Set(old, s)
		}
		if f.Required && len(f.Was) == 0 {
			required.Append(f.Name)
		}
	}
	s := value.DictOf("type", "object", "properties", fields, "additionalProperties", o.Open)
	if required.Len() > 0 {
		s.Set("required", required)
	}
	if o.Short != "" {
		return value.DictOf("anyOf", list(value.DictOf("type", "string"), s))
	}
	return s
}

func paramSchema(p *Param) *value.Dict {
	s := value.NewDict()
	if p.Doc != "" {
		s.Set("description", p.Doc)
	}
	if p.Default != nil && !p.Secret {
		s.Set("default", value.Clone(p.Default))
	}
	item := itemSchema(p)
	switch {
	case p.Type.List:
		item = value.DictOf("type", "array", "items", item)
	case p.Type.Map:
		item = value.DictOf("type", "object", "additionalProperties", value.DictOf("anyOf", list(item, value.DictOf("type", "null"))))
	}
	s.Set("anyOf", list(item, value.DictOf("type", "null"), ref("template")))
	return s
}

func itemSchema(p *Param) *value.Dict {
	if p.Type.Object != nil {
		return ref(p.Type.Object.Name)
	}
	switch p.Type.Kind {
	case "bool":
		return value.DictOf("enum", list(true, false, "yes", "no", "true", "false", "on", "off"))
	case "int", "size", "auto_int":
		return value.DictOf("type", list("integer", "string"))
	case "float":
		return value.DictOf("type", list("number", "string"))
	case "port":
		return value.DictOf("type", list("integer", "string"), "minimum", int64(1), "maximum", int64(65535), "pattern", "^[0-9]{1,5}$")
	case "dest":
		return value.DictOf("anyOf", list(value.DictOf("type", "integer"), value.DictOf("enum", list("default", "postgres", "pgbouncer"))))
	case "enum":
		values := value.NewList(append([]value.Value{}, p.Values...)...)
		for _, v := range p.Values {
			switch v.(type) {
			case int64:
				values.Append(value.Str(v))
			default:
				if v == "off" {
					values.Append(false)
				}
			}
		}
		return value.DictOf("enum", values)
	case "dict":
		return value.DictOf("type", "object")
	}
	return value.DictOf("type", list("string", "number"))
}
