package filters

import (
	"fmt"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
	"pig/internal/yaml"
)

func yamlFilters() plugin.Table {
	t := plugin.Table{}
	const params = "*args **kwargs"
	t.Add("to_yaml", params, 0, func(c *plugin.Call) (value.Value, error) {
		return toYAML(c, yaml.DumpOptions{SortKeys: true})
	})
	t.Add("to_nice_yaml", params, 0, func(c *plugin.Call) (value.Value, error) {
		return toYAML(c, yaml.DumpOptions{SortKeys: true, Indent: 4, Flow: yaml.FlowNever})
	})
	parse := func(name string, all bool) {
		t.Add(name, "", 0, func(c *plugin.Call) (value.Value, error) {
			text, ok := value.Plain(c.In)
			if !ok {
				if c.In == nil {
					return nil, nil
				}
				return nil, fmt.Errorf("the YAML to read must be a string, not %s", python.TypeName(c.In))
			}
			if all {
				docs, _, err := yaml.ParseAll([]byte(text), "", yaml.Options{})
				return value.NewList(docs...), textError(err)
			}
			v, _, err := yaml.Parse([]byte(text), "", yaml.Options{})
			return v, textError(err)
		})
	}
	parse("from_yaml", false)
	parse("from_yaml_all", true)
	return t
}

// textError hides from the callers that the error has a position: it is one in a text that is no file.
func textError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s", err.Error())
}

func toYAML(c *plugin.Call, o yaml.DumpOptions) (value.Value, error) {
	if len(c.Rest) > 0 {
		n, ok := c.Rest[0].(int64)
		if !ok {
			return nil, fmt.Errorf("indent must be an integer, not %s", python.TypeName(c.Rest[0]))
		}
		o.Indent = int(n)
	}
	if c.KW != nil {
		for k, v := range c.KW.All() {
			if err := yamlOption(&o, value.KeyText(k), v); err != nil {
				return nil, err
			}
		}
	}
	v, err := python.Finalize(c.In)
	if err != nil {
		return nil, err
	}
	if r, ok := v.(python.Range); ok {
		list, _ := r.Iterate()
		v = value.NewList(list...)
	}
	return yaml.Dump(v, o), nil
}

func yamlOption(o *yaml.DumpOptions, name string, v value.Value) error {
	switch name {
	case "indent", "width":
		n, ok := v.(int64)
		if f, isFloat := v.(float64); isFloat {
			n, ok = int64(min(f, 1<<30)), true
		}
		if !ok && v != nil {
			return fmt.Errorf("%s must be an integer, not %s", name, python.TypeName(v))
		}
		if name == "indent" {
			o.Indent = int(min(n, 9))
		} else {
			o.Width = int(min(n, 1<<30))
		}
	case "sort_keys":
		o.SortKeys = value.Truthy(v)
	case "allow_unicode":
		o.ASCII = !value.Truthy(v)
	case "explicit_start":
		o.ExplicitStart = value.Truthy(v)
	case "explicit_end":
		o.ExplicitEnd = value.Truthy(v)
	case "default_style":
		o.Style, _ = value.Plain(v)
	case "default_flow_style":
		switch v {
		case nil:
			o.Flow = yaml.FlowLeaves
		case false:
			o.Flow = yaml.FlowNever
		default:
			o.Flow = yaml.FlowAlways
		}
	case "canonical", "line_break", "encoding", "version", "tags", "vault_behavior", "dump_vault_tags":
	default:
		return fmt.Errorf("got an unexpected keyword argument '%s'", name)
	}
	return nil
}
