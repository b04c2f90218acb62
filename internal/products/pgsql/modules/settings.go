package modules

import (
	"strings"

	"pig/internal/module"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// settings reads a mapping of configuration parameters; null ones are left out.
func settings(f module.Fields, name string) []pgsql.Setting {
	d, ok := f.Get(name, module.Dict).(*value.Dict)
	if !ok {
		return nil
	}
	var list []pgsql.Setting
	for k, v := range d.All() {
		if v != nil {
			list = append(list, pgsql.Setting{Name: value.KeyText(k), Value: settingText(v)})
		}
	}
	return list
}

// settingText is a value as PostgreSQL writes it.
func settingText(v value.Value) string {
	switch v := v.(type) {
	case bool:
		if v {
			return "on"
		}
		return "off"
	case *value.List:
		var parts []string
		for _, item := range v.Items {
			parts = append(parts, value.Str(item))
		}
		return strings.Join(parts, ", ")
	}
	return value.Str(v)
}
