package jinja

import (
	"fmt"
	"strings"

	"pig/internal/value"
)

func jsonFilters() table {
	t := table{}
	const params = "*args **kwargs"
	t.add("to_json", params, 0, func(c *call) (value.Value, error) { return toJSON(c, newJSONWriter()) })
	t.add("to_nice_json", params, 0, func(c *call) (value.Value, error) {
		w := newJSONWriter()
		w.indent, w.item, w.sortKeys = 4, ",", true
		return toJSON(c, w)
	})
	t.add("tojson", "indent", 0, func(c *call) (value.Value, error) {
		w := newJSONWriter()
		w.sortKeys = true
		if c.val(0, nil) != nil {
			n, err := c.size(0, 0)
			if err != nil {
				return nil, err
			}
			w.indent, w.item = min(n, 100), ","
		}
		v, err := toJSON(c, w)
		if s, ok := v.(string); ok {
			v = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`).Replace(s)
		}
		return v, err
	})
	t.add("from_json", "**kwargs", 0, func(c *call) (value.Value, error) {
		text, ok := value.Plain(c.in)
		if b, isBytes := c.in.(value.Bytes); isBytes {
			text, ok = string(b), true
		}
		if !ok {
			return nil, fmt.Errorf("the JSON object must be str, bytes or bytearray, not %s", typeName(c.in))
		}
		return readJSON(text)
	})
	return t
}

// toJSON writes the input, with the keywords that json.dumps knows.
func toJSON(c *call, w *jsonWriter) (value.Value, error) {
	if c.kw != nil {
		for k, v := range c.kw.All() {
			if err := jsonOption(w, value.KeyText(k), v); err != nil {
				return nil, err
			}
		}
	}
	if len(c.rest) > 0 { // to_nice_json(2)
		if err := jsonOption(w, "indent", c.rest[0]); err != nil {
			return nil, err
		}
	}
	v, err := finalize(c.in)
	if r, ok := v.(rangeOf); ok {
		list, _ := r.iterate()
		v = value.NewList(list...)
	}
	if err == nil {
		err = w.write(v)
	}
	return w.b.String(), err
}

// jsonOption sets a keyword of json.dumps.
func jsonOption(w *jsonWriter, name string, v value.Value) error {
	switch name {
	case "indent":
		switch n := v.(type) {
		case nil:
			w.indent, w.item = -1, ", "
		case int64:
			w.indent, w.item = int(max(0, min(n, 100))), ","
		default:
			return fmt.Errorf("indent must be an integer, not %s", typeName(v))
		}
	case "sort_keys":
		w.sortKeys = value.Truthy(v)
	case "ensure_ascii":
		w.ascii = value.Truthy(v)
	case "separators":
		list, err := forcedItems(v)
		if err != nil || len(list) != 2 {
			return fmt.Errorf("separators must be a pair")
		}
		w.item, w.key = str(list[0]), str(list[1])
	case "vault_to_text", "preprocess_unsafe", "skipkeys", "allow_nan", "check_circular", "default", "cls":
	default:
		return fmt.Errorf("got an unexpected keyword argument '%s'", name)
	}
	return nil
}
