package filters

import (
	"fmt"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func jsonFilters() plugin.Table {
	t := plugin.Table{}
	const params = "*args **kwargs"
	t.Add("to_json", params, 0, func(c *plugin.Call) (value.Value, error) { return toJSON(c, python.NewJSONWriter()) })
	t.Add("to_nice_json", params, 0, func(c *plugin.Call) (value.Value, error) {
		w := python.NewJSONWriter()
		w.Indent, w.Item, w.SortKeys = 4, ",", true
		return toJSON(c, w)
	})
	t.Add("tojson", "indent", 0, func(c *plugin.Call) (value.Value, error) {
		w := python.NewJSONWriter()
		w.SortKeys = true
		if c.Val(0, nil) != nil {
			n, err := c.Size(0, 0)
			if err != nil {
				return nil, err
			}
			w.Indent, w.Item = min(n, 100), ","
		}
		v, err := toJSON(c, w)
		if s, ok := v.(string); ok {
			v = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`).Replace(s)
		}
		return v, err
	})
	t.Add("from_json", "**kwargs", 0, func(c *plugin.Call) (value.Value, error) {
		text, ok := value.Plain(c.In)
		if b, isBytes := c.In.(value.Bytes); isBytes {
			text, ok = string(b), true
		}
		if !ok {
			return nil, fmt.Errorf("the JSON object must be str, bytes or bytearray, not %s", python.TypeName(c.In))
		}
		return python.ReadJSON(text)
	})
	return t
}

// toJSON writes the input, with the keywords that json.dumps knows.
func toJSON(c *plugin.Call, w *python.JSONWriter) (value.Value, error) {
	if c.KW != nil {
		for k, v := range c.KW.All() {
			if err := jsonOption(w, value.KeyText(k), v); err != nil {
				return nil, err
			}
		}
	}
	if len(c.Rest) > 0 { // to_nice_json(2)
		if err := jsonOption(w, "indent", c.Rest[0]); err != nil {
			return nil, err
		}
	}
	v, err := python.Finalize(c.In)
	if r, ok := v.(python.Range); ok {
		list, _ := r.Iterate()
		v = value.NewList(list...)
	}
	if err == nil {
		err = w.Write(v)
	}
	return w.String(), err
}

// jsonOption sets a keyword of json.dumps.
func jsonOption(w *python.JSONWriter, name string, v value.Value) error {
	switch name {
	case "indent":
		switch n := v.(type) {
		case nil:
			w.Indent, w.Item = -1, ", "
		case int64:
			w.Indent, w.Item = int(max(0, min(n, 100))), ","
		default:
			return fmt.Errorf("indent must be an integer, not %s", python.TypeName(v))
		}
	case "sort_keys":
		w.SortKeys = value.Truthy(v)
	case "ensure_ascii":
		w.ASCII = value.Truthy(v)
	case "separators":
		list, err := python.ForcedItems(v)
		if err != nil || len(list) != 2 {
			return fmt.Errorf("separators must be a pair")
		}
		w.Item, w.Key = python.Str(list[0]), python.Str(list[1])
	case "vault_to_text", "preprocess_unsafe", "skipkeys", "allow_nan", "check_circular", "default", "cls":
	default:
		return fmt.Errorf("got an unexpected keyword argument '%s'", name)
	}
	return nil
}
