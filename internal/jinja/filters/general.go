package filters

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// generalFilters are those of community.general, by their full names only: some short ones, like dict, mean something else to Jinja.
func generalFilters() plugin.Table {
	t := plugin.Table{}
	add := func(name, params string, run func(c *plugin.Call) (value.Value, error)) {
		t.Add("community.general."+name, params, 0, run)
	}
	add("accumulate", "", accumulate)
	add("counter", "", counter)
	add("dict", "", dictOfPairs)
	add("dict_kv", "key", func(c *plugin.Call) (value.Value, error) {
		key, err := c.Need(0)
		if err != nil {
			return nil, err
		}
		if _, ok := value.Hash(key); !ok {
			return nil, fmt.Errorf("unhashable type: '%s'", python.TypeName(key))
		}
		return value.DictOf(key, c.In), nil
	})
	add("groupby_as_dict", "attribute", groupedAsDict)
	add("keep_keys", "target matching_parameter", func(c *plugin.Call) (value.Value, error) { return chosenKeys(c, true) })
	add("remove_keys", "target matching_parameter", func(c *plugin.Call) (value.Value, error) { return chosenKeys(c, false) })
	add("version_sort", "reverse", versionSort)
	return t
}

// sequence is the input as a list: a text is one of its characters, and a mapping is none.
func sequence(c *plugin.Call) ([]value.Value, error) {
	if _, err := mappingOf(c.In); err == nil {
		return nil, fmt.Errorf("the input must be a sequence, and it is a %s", python.TypeName(c.In))
	}
	return python.Items(c.In)
}

func accumulate(c *plugin.Call) (value.Value, error) {
	list, err := sequence(c)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	for i, v := range list {
		if i > 0 {
			if v, err = python.Arithmetic("+", out.Items[i-1], v); err != nil {
				return nil, err
			}
		}
		out.Append(v)
	}
	return out, nil
}

func counter(c *plugin.Call) (value.Value, error) {
	list, err := sequence(c)
	if err != nil {
		return nil, err
	}
	out := value.NewDict()
	for _, v := range list {
		if _, ok := value.Hash(v); !ok {
			return nil, fmt.Errorf("community.general.counter needs a sequence with hashable elements (int, float or str) - unhashable type: '%s'", python.TypeName(v))
		}
		n := int64(1)
		if old, ok := out.Get(v); ok {
			n += old.(int64)
		}
		out.Set(v, n)
	}
	return out, nil
}

func dictOfPairs(c *plugin.Call) (value.Value, error) {
	list, err := sequence(c)
	if err != nil {
		return nil, err
	}
	out := value.NewDict()
	for i, v := range list {
		pair, err := python.Items(v)
		if err != nil {
			return nil, err
		}
		if len(pair) != 2 {
			return nil, fmt.Errorf("dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		out.Set(pair[0], pair[1])
	}
	return out, nil
}

func groupedAsDict(c *plugin.Call) (value.Value, error) {
	attribute, err := c.NeedStr(0)
	if err != nil {
		return nil, err
	}
	list, err := sequence(c)
	if err != nil {
		return nil, errors.New("Input is not a sequence") //nolint:staticcheck // Ansible's words, here and below
	}
	out := value.NewDict()
	for i, v := range list {
		d, err := mappingOf(v)
		if err != nil {
			return nil, fmt.Errorf("Sequence element #%d is not a mapping", i) //nolint:staticcheck // as above
		}
		key, ok := d.Get(attribute)
		if !ok {
			return nil, fmt.Errorf("Attribute not contained in element #%d of sequence", i) //nolint:staticcheck // as above
		}
		if out.Has(key) {
			return nil, fmt.Errorf("Multiple sequence entries have attribute value %s", value.Repr(key)) //nolint:staticcheck // as above
		}
		out.Set(key, d)
	}
	return out, nil
}

func versionSort(c *plugin.Call) (value.Value, error) {
	reverse, err := c.Bool(0, false)
	if err != nil {
		return nil, err
	}
	list, err := sequence(c)
	if err != nil {
		return nil, err
	}
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b value.Value) int {
		x, y := python.Str(a), python.Str(b)
		if reverse {
			x, y = y, x
		}
		for op, n := range map[string]int{"<": -1, ">": 1} {
			is, bad := python.CompareVersions(x, op, y, "loose")
			if bad != nil && err == nil {
				err = bad
			}
			if is {
				return n
			}
		}
		return 0
	})
	return value.NewList(sorted...), err
}

// chosenKeys keeps the keys of mappings that fit target, or those that do not.
func chosenKeys(c *plugin.Call, keep bool) (value.Value, error) {
	target, err := c.Need(0)
	if err != nil {
		return nil, err
	}
	how, err := c.Str(1, "equal")
	if err != nil {
		return nil, err
	}
	fits, err := keyFits(target, how)
	if err != nil {
		return nil, err
	}
	list, err := sequence(c)
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, v := range list {
		d, err := mappingOf(v)
		if err != nil {
			return nil, fmt.Errorf("the elements of the list must be dictionaries, and one is a %s", python.TypeName(v))
		}
		kept := value.NewDict()
		for k, v := range d.All() {
			if fits(value.KeyText(k)) == keep {
				kept.Set(k, v)
			}
		}
		out.Append(kept)
	}
	return out, nil
}

func keyFits(target value.Value, how string) (func(string) bool, error) {
	var texts []string
	switch v := target.(type) {
	case *value.List:
		for _, item := range v.Items {
			texts = append(texts, python.Str(item))
		}
	default:
		texts = []string{python.Str(v)}
	}
	by := map[string]func(key, text string) bool{
		"equal": func(key, text string) bool { return key == text }, "starts_with": strings.HasPrefix, "ends_with": strings.HasSuffix,
	}[how]
	if by == nil {
		return nil, fmt.Errorf("invalid matching_parameter %q: want equal, starts_with or ends_with", how)
	}
	return func(key string) bool { return slices.ContainsFunc(texts, func(t string) bool { return by(key, t) }) }, nil
}
